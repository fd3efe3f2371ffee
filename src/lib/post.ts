import { networkFault, type NetworkFault } from './network-fault.ts'
import { parseRetryAfter } from './retry-after.ts'
import { startTimer } from './timer.ts'
import { checkOutboundUrl } from './url-guard.ts'

const USER_AGENT = 'IGNY8-Bridge/1.0 (+https://igny8.com)'

/** How a POST went: an answer of any status, or none and why. */
export type PostResult =
  | { kind: 'answered'; status: number; retryAfterS: number | null }
  | { kind: 'address_refused'; detail: string }
  | { kind: NetworkFault; cause: unknown }

interface Post {
  url: string
  headers: Record<string, string>
  body: string
  timeoutMs: number
  /** Development only, see `checkOutboundUrl`. */
  allowLoopback: boolean
  /** Unix milliseconds. */
  now: number
}

/**
 * Posts JSON once: guarded against addresses that are not public, bounded in time, following no redirect. Of the answer
 * the head alone is read.
 */
export async function postJson({ url, headers, body, timeoutMs, allowLoopback, now }: Post): Promise<PostResult> {
  const checked = checkOutboundUrl(url, { allowLoopback })
  if (!checked.ok) return { kind: 'address_refused', detail: checked.detail }
  const timer = startTimer(timeoutMs)
  try {
    const response = await fetch(checked.url.href, {
      method: 'POST',
      headers: { 'user-agent': USER_AGENT, 'content-type': 'application/json', ...headers },
      body,
      redirect: 'manual',
      signal: timer.signal,
    })
    // a body that can't be discarded changes nothing of the answer
    await response.body?.cancel().catch(() => undefined)
    const retryAfterS = parseRetryAfter(response.headers.get('retry-after'), now)
    return { kind: 'answered', status: response.status, retryAfterS }
  } catch (cause) {
    return { kind: networkFault(cause), cause }
  } finally {
    timer.stop()
  }
}
