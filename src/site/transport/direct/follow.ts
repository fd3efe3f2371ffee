import { LinkError } from './errors.ts'
import { note } from './evidence.ts'
import { request, type LinkAnswer, type LinkRequest, type Wire } from './http.ts'
import { isRedirect, readRedirect } from './redirect.ts'

/** http → https and apex → www. are two; one is left for the site's own. */
const MAX_HOPS = 3

/**
 * GET, going along with redirects inside the same site, each hop guarded. Nothing secret is ever sent this way.
 * Throws LinkError where a redirect leads elsewhere, into a private network, to the login page, nowhere or in circles.
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
