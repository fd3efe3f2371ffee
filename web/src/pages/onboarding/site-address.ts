/** Completes a typed address: `example.com` becomes `https://example.com`. */
export function completeAddress(typed: string): string {
  const text = typed.trim()
  return text === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
}

/** Whether it is an http(s) URL with a host. The API decides which URLs it calls. */
export function isSiteAddress(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '' && !/\s/.test(address)
}

export const hostOf = (address: string): string => URL.parse(address)?.hostname.replace(/^www\./, '') ?? ''

/** A page of the site's wp-admin. */
export const adminUrl = (siteUrl: string, page: string): string => `${siteUrl.replace(/\/+$/, '')}/wp-admin/${page}`
