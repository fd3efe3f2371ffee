const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

function hostsOf({ hostname }: URL): string[] {
  if (LOOPBACK.includes(hostname)) return LOOPBACK
  const bare = hostname.replace(/^www\./, '')
  return [bare, `www.${bare}`]
}

/**
 * The forms in which the address of one site may be written: scheme, `www.`, case, default port and a trailing slash make
 * no difference, and the loopback names are one host. As the plugin decides whether it is at home (docs/protocol.md).
 * @returns absolute URLs without a trailing slash; none for what is no URL
 */
export function addressForms(raw: string): string[] {
  const url = URL.parse(raw)
  if (!url) return []
  const place = `${url.port && `:${url.port}`}${url.pathname.replace(/\/+$/, '')}`
  return hostsOf(url).flatMap((host) => [`https://${host}${place}`, `http://${host}${place}`])
}

/** Whether a URL is the address of a site or lies below it, as the front page in another language does. */
export function isWithin(url: string, site: string): boolean {
  const own = addressForms(url)
  return addressForms(site).some((form) => own.some((at) => at === form || at.startsWith(`${form}/`)))
}
