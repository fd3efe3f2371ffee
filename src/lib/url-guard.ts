type UrlProblem = 'invalid_site_url' | 'https_required' | 'private_address'
export type UrlCheck = { ok: true; url: URL } | { ok: false; code: UrlProblem; detail: string }

const MAX_URL_LENGTH = 2048
const MAX_HOST_LENGTH = 253

/**
 * Top-level names that resolve only in private networks, or never: RFC 6761, 6762, 7686, 8375, 9476, ICANN's
 * `.internal`, and names that ICANN does not delegate because private networks use them. `.arpa` covers `home.arpa`.
 */
const RESERVED_SUFFIXES = new Set(
  'local localhost localdomain internal intranet private lan home corp mail arpa test invalid onion alt'.split(' '),
)

/** IPv4 ranges that are not on the public internet (IANA special-purpose registry), as [first address, prefix bits]. */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

const isIpv4 = (host: string) => /^\d+\.\d+\.\d+\.\d+$/.test(host)
const isIpLiteral = (host: string) => host.startsWith('[') || isIpv4(host)
const ipv4Number = (host: string) => host.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

/**
 * Whether an IP address is certainly private. All IP addresses are refused; this only decides the reason.
 * IPv6: everything but global unicast (2000::/3), and in it the Teredo, ORCHID and benchmarking (2001::/23),
 * documentation (2001:db8::/32, 3fff::/20) and 6to4 (2002::/16) ranges. Mapped and NAT64 forms lie outside 2000::/3.
 */
function isPrivateIp(host: string): boolean {
  if (!isIpv4(host))
    return !/^\[[23][0-9a-f]{3}:/.test(host) || /^\[(2001:(db8|1?[0-9a-f]{1,2}|):|2002:|3fff:)/.test(host)
  const address = ipv4Number(host)
  return SPECIAL_IPV4.some(([first, bits]) => {
    const size = 2 ** (32 - bits)
    return Math.floor(address / size) === ipv4Number(first) / size
  })
}

const isLoopbackHost = (host: string) =>
  host === 'localhost' || host === '[::1]' || (isIpv4(host) && host.startsWith('127.'))

function refuse(code: UrlProblem, detail: string): UrlCheck {
  return { ok: false, code, detail }
}

/**
 * Refuses what the WHATWG parser would silently repair, so that people never read another URL than the one we fetch.
 */
function rawProblem(raw: string): string | null {
  if (raw.length > MAX_URL_LENGTH) return `The address is longer than ${MAX_URL_LENGTH} characters.`
  // oxlint-disable-next-line no-control-regex -- this looks for control characters
  if (/[\u0000-\u0020\u007f-\u00a0\u2028\u2029\\]/.test(raw))
    return 'The address contains spaces, control characters or backslashes.'
  const authority = /^https?:\/\/([^/?#]+)/i.exec(raw)?.[1]
  if (!authority) return 'The address does not start with https:// and a host name.'
  if (authority.includes('@')) return 'The address contains a user name or password.'
  return null
}

function hostProblem(host: string): UrlCheck | null {
  if (isIpLiteral(host)) {
    return isPrivateIp(host)
      ? refuse('private_address', 'The address is an IP address that is not on the public internet.')
      : refuse('invalid_site_url', 'The address is an IP address; a site is reached by its domain name.')
  }
  if (host.endsWith('.')) return refuse('invalid_site_url', 'The host name ends with a dot.')
  const labels = host.split('.')
  const suffix = labels.at(-1) ?? ''
  if (RESERVED_SUFFIXES.has(suffix)) {
    return refuse('private_address', `Names ending in “.${suffix}” exist only inside private networks.`)
  }
  if (labels.length === 1)
    return refuse('private_address', 'A host name without a dot exists only inside private networks.')
  const wellFormed = host.length <= MAX_HOST_LENGTH && labels.every((label) => /^[a-z0-9_-]{1,63}$/.test(label))
  return wellFormed && /[a-z]/.test(suffix) ? null : refuse('invalid_site_url', 'The host name is not well-formed.')
}

/**
 * The SSRF guard: decides whether a URL may be fetched on behalf of a user. Call it before every request and for every
 * redirect target.
 *
 * Allowed: https, the default port, a public DNS name with a dot, no user name. Refused: IP addresses in any notation
 * (the WHATWG parser turns decimal, octal, hexadecimal, short, percent-encoded and full-width forms into the canonical
 * one), reserved and single-label names, other ports, and anything that the parser would repair. `allowLoopback`
 * (development only) also allows http and any port for 127.0.0.0/8, [::1] and `localhost`; other private addresses stay
 * refused.
 *
 * Names are not resolved here: a public name may resolve to a private address, and may change between the check and the
 * connection. In production the platform protects against that. Workers' `fetch` leaves from Cloudflare's edge, which
 * has no route to private addresses and refuses DNS records that point to them; `global_fetch_strictly_public`
 * (wrangler.toml) keeps it from bypassing Cloudflare to reach our own origin. A local workerd has no such protection:
 * use `allowLoopback` only if you trust every site owner.
 */
export function checkOutboundUrl(raw: string, { allowLoopback }: { allowLoopback: boolean }): UrlCheck {
  const problem = rawProblem(raw)
  if (problem) return refuse('invalid_site_url', problem)
  const url = URL.parse(raw)
  if (!url || url.username || url.password) return refuse('invalid_site_url', 'The address is not a valid URL.')
  if (allowLoopback && isLoopbackHost(url.hostname)) return { ok: true, url }

  const refusal = hostProblem(url.hostname)
  if (refusal) return refusal
  if (url.protocol !== 'https:') return refuse('https_required', 'The address starts with http:// instead of https://.')
  if (url.port)
    return refuse('invalid_site_url', `The address names port ${url.port}; only the default port is allowed.`)
  return { ok: true, url }
}
