/**
 * Redirects of a site. A GET without credentials follows up to three of them while they stay on the same site: http to
 * https, the apex to `www.`, a page in another language. A signed POST follows none, because a redirect would turn it
 * into a GET or carry the signature elsewhere. Each target passes the SSRF guard.
 */
import { isSameHost } from '../../../lib/site-address.ts'
import { checkOutboundUrl } from '../../../lib/url-guard.ts'
import { LinkError, type LinkProblem } from './errors.ts'
import { describeUrl, note } from './evidence.ts'
import { request, type LinkAnswer, type LinkRequest, type Wire } from './http.ts'

/** http → https and apex → `www.` are two hops; the third is the site's own. */
const MAX_HOPS = 3

/**
 * Whether two URLs have the same host and port. `www.` and the scheme make no difference; the loopback names are one
 * host.
 */
export function isSameSite(left: URL, right: URL): boolean {
  return isSameHost(left, right) && left.port === right.port
}

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)

/**
 * Resolves the target of a redirect and checks that it may be followed: it passes the SSRF guard and is on the same
 * site. Otherwise returns the problem; its detail names the target, so that the owner sees which address to enter.
 */
export function readRedirect(
  from: URL,
  location: string | null,
  { allowLoopback }: { allowLoopback: boolean },
): { ok: true; url: URL } | { ok: false; problem: LinkProblem } {
  const refuse = (code: LinkProblem['code'], detail: string) => ({ ok: false, problem: { code, detail } }) as const
  const target = location ? URL.parse(location, from) : null
  if (!target) return refuse('redirect_broken', `${describeUrl(from)} redirects without saying where to.`)

  const sentence = `${describeUrl(from)} redirects to ${describeUrl(target)}`
  const checked = checkOutboundUrl(target.href, { allowLoopback })
  if (!checked.ok && checked.code === 'private_address')
    return refuse('private_address', `${sentence}. ${checked.detail}`)
  if (!isSameSite(from, target)) return refuse('redirected_elsewhere', `${sentence}.`)
  if (!checked.ok) return refuse(checked.code, `${sentence}. ${checked.detail}`)
  if (/\/wp-login\.php$/i.test(target.pathname)) return refuse('login_wall', `${sentence}, the login page.`)
  return { ok: true, url: checked.url }
}

/**
 * Sends a GET and follows redirects within the same site. Never send credentials this way.
 * @throws LinkError if a redirect leads to another site, a private network, the login page, nowhere or in circles
 */
export async function getFollowing(wire: Wire, call: Omit<LinkRequest, 'method' | 'body'>): Promise<LinkAnswer> {
  let url = call.url
  for (let hop = 0; hop <= MAX_HOPS; hop++) {
    const answer = await request(wire, { ...call, method: 'GET', url })
    if (!isRedirect(answer.status)) return answer
    const redirect = readRedirect(url, answer.headers.get('location'), wire)
    if (!redirect.ok) {
      note(wire.evidence, redirect.problem.code)
      throw new LinkError(redirect.problem, wire.evidence)
    }
    url = redirect.url
  }
  const detail = `The site redirects more than ${MAX_HOPS} times in a row.`
  throw new LinkError({ code: 'too_many_redirects', detail }, wire.evidence)
}
