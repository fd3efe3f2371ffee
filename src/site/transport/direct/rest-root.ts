import { COMMANDS_ROUTE } from '../../../lib/site-address.ts'
import { checkOutboundUrl } from '../../../lib/url-guard.ts'
import { isSameSite } from './redirects.ts'

const REST_REL = 'https://api.w.org/'

/** The target of `Link: <…>; rel="https://api.w.org/"`, or null. */
function findInLinkHeader(header: string | null): string | null {
  for (const [, target, parameters] of (header ?? '').slice(0, 16_384).matchAll(/<([^<>]*)>([^<]*)/g)) {
    if (parameters?.includes(REST_REL)) return target ?? null
  }
  return null
}

/** The target of `<link rel="https://api.w.org/" href="…">`, or null. */
function findInHtml(html: string): string | null {
  for (const [tag] of html.matchAll(/<link\b[^<>]{0,2000}>/gi)) {
    if (!tag.includes(REST_REL) || !/\brel\s*=/i.test(tag)) continue
    const href = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(tag)
    const text = href?.[1] ?? href?.[2] ?? href?.[3]
    if (text) return text.replace(/&(amp|#0*38|#x26);/gi, '&')
  }
  return null
}

/**
 * Parses a REST root that the site or a caller named; null unless it is on the same site and passes the SSRF guard. An
 * http root of an https site becomes https: behind a proxy WordPress often takes itself for an http site.
 */
export function readRoot(text: string, base: URL, { allowLoopback }: { allowLoopback: boolean }): URL | null {
  const url = URL.parse(text, base)
  if (!url) return null
  if (base.protocol === 'https:' && url.protocol === 'http:') url.protocol = 'https:'
  url.hash = ''
  const checked = checkOutboundUrl(url.href, { allowLoopback })
  return checked.ok && isSameSite(base, url) ? checked.url : null
}

/** The directory of a page's path, with a slash at its end. */
function directory(url: URL): string {
  const { pathname } = url
  const end = pathname.lastIndexOf('/') + 1
  const isFile = pathname.includes('.', end)
  return isFile || pathname.endsWith('/') ? pathname.slice(0, end) : `${pathname}/`
}

/** A place in a folder of a page's site. A folder may begin with `//`, which as a relative URL would name a host. */
const below = ({ origin }: URL, folder: string, place: string): URL => {
  const [path = '', query = ''] = place.split('?')
  const url = new URL(origin)
  url.pathname = folder + path
  url.search = query
  return url
}

/**
 * Possible REST roots, the likeliest first: from the front page's Link header, from its HTML, then the two usual places
 * below the page that answered and below the URL that was entered.
 */
export function listRoots(
  page: { url: URL; link: string | null; html: string },
  entered: URL,
  options: { allowLoopback: boolean },
): URL[] {
  const named = [findInLinkHeader(page.link), findInHtml(page.html)].flatMap((text) => {
    const root = text === null ? null : readRoot(text, page.url, options)
    return root ? [root] : []
  })
  const folders = [directory(page.url), directory(entered)]
  const usual = ['wp-json/', '?rest_route=/'].flatMap((place) =>
    folders.map((folder) => below(page.url, folder, place)),
  )
  return [...new Map([...named, ...usual].map((url) => [url.href, url])).values()]
}

/** The command endpoint at the two usual places of a site, for pretty and for plain permalinks; nothing was asked. */
export function usualEndpoints(siteUrl: string): string[] {
  const url = new URL(siteUrl)
  return listRoots({ url, link: null, html: '' }, url, { allowLoopback: true }).map((root) => commandsUrlOf(root).href)
}

/** Adds a route (`''` is the index) and a query to a REST root, for pretty and for plain permalinks. */
export function routeUrl(root: URL, route: string, query: Record<string, string> = {}): URL {
  const url = new URL(root)
  const kept = new URLSearchParams(url.search)
  const isPlain = kept.has('rest_route')
  kept.delete('rest_route')
  for (const [name, value] of Object.entries(query)) kept.set(name, value)
  // Slashes stay unescaped, as WordPress writes them: some firewalls refuse %2F.
  const parts = [isPlain ? `rest_route=/${route}` : '', kept.toString()].filter(Boolean)
  if (!isPlain) url.pathname = `${url.pathname.replace(/\/$/, '')}/${route}`
  url.search = parts.join('&')
  return url
}

export const commandsUrlOf = (root: URL): URL => routeUrl(root, COMMANDS_ROUTE)
