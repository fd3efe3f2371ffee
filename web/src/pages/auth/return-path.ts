const START = '/sites'
const DOORS = new Set(['/sign-in', '/sign-up', '/forgot-password', '/reset-password', '/verify-email'])

/**
 * The page to open after signing in: the page the person came from, if it belongs to this app, else the start page. A link
 * from another site could contain any other address.
 */
export function returnPath(from: unknown, origin = window.location.origin): string {
  if (typeof from !== 'string' || !from.startsWith('/')) return START
  const url = URL.parse(from, origin)
  if (!url || url.origin !== origin || DOORS.has(url.pathname)) return START
  // the parsed URL is used, so that "//" and "/\" can't be read in two ways
  const path = url.pathname + url.search + url.hash
  return path.startsWith('//') ? START : path
}

export const isInvitation = (path: string): boolean => path.startsWith('/invitation')
