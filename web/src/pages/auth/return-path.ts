const START = '/sites'
const DOORS = new Set(['/sign-in', '/sign-up'])

/**
 * Where to go after signing in: where the person came from, if that is a page of this app. Anything else could be
 * brought in by a link from elsewhere, so it leads to the start.
 */
export function returnPath(from: unknown, origin = window.location.origin): string {
  if (typeof from !== 'string' || !from.startsWith('/')) return START
  const url = URL.parse(from, origin)
  if (!url || url.origin !== origin || DOORS.has(url.pathname)) return START
  // what is parsed is what is gone to, so that "//" and "/\" can't be read in two ways
  const path = url.pathname + url.search + url.hash
  return path.startsWith('//') ? START : path
}

export const isInvitation = (path: string): boolean => path.startsWith('/invitation')
