/** A text without the slashes at its end. In linear time, unlike a pattern, which tries again at each slash. */
export function trimSlashes(text: string): string {
  let end = text.length
  while (text[end - 1] === '/') end--
  return text.slice(0, end)
}

/** Three names of one host. Other addresses of 127.0.0.0/8 are hosts of their own, as for the plugin. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

function hostsOf({ hostname }: URL): string[] {
  if (LOOPBACK.includes(hostname)) return LOOPBACK
  const bare = hostname.replace(/^www\./, '')
  return [bare, `www.${bare}`]
}

/** Whether two URLs have one host: `www.` makes no difference, and the loopback names are one. */
export const isSameHost = (left: URL, right: URL): boolean => hostsOf(left).includes(right.hostname)

/**
 * All spellings of one site's address. Scheme, `www.`, case, default port and a trailing slash make no difference, and
 * the loopback names are one host. The plugin compares addresses by the same rules (docs/protocol.md).
 * @returns absolute URLs without a trailing slash; empty if `raw` is not a URL
 */
export function addressForms(raw: string): string[] {
  const url = URL.parse(raw)
  if (!url) return []
  const place = `${url.port && `:${url.port}`}${trimSlashes(url.pathname)}`
  return hostsOf(url).flatMap((host) => [`https://${host}${place}`, `http://${host}${place}`])
}

/** Whether a URL is a site's address or below it, as the front page in another language is. */
export function isWithin(url: string, site: string): boolean {
  const own = addressForms(url)
  return addressForms(site).some((form) => own.some((at) => at === form || at.startsWith(`${form}/`)))
}

/** The plugin's command endpoint, as a route below a site's REST root. */
export const COMMANDS_ROUTE = 'igny8/v1/commands'

/** The REST root of a command endpoint; null if the URL is not one. */
export function rootOfCommands(commandsUrl: string | null): string | null {
  return commandsUrl?.includes(COMMANDS_ROUTE) ? commandsUrl.replace(COMMANDS_ROUTE, '') : null
}
