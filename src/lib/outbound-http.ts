/**
 * What every request that leaves us shares, to WordPress sites and to webhook receivers: a user agent, a time-out, a
 * name for what went wrong on the network, and the reading of `Retry-After`. `postJson` is a whole request for callers
 * that need only the status of the answer; the link to a site reads answers itself (site/transport/direct/http.ts).
 */
import { checkOutboundUrl } from './url-guard.ts'

export const USER_AGENT = 'IGNY8-Bridge/1.0 (+https://igny8.com)'

/**
 * A time-out for one request. Call `stop` when the request ends: a pending timer keeps a Durable Object in memory and
 * billed.
 */
export function startTimer(timeoutMs: number): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController()
  const handle = setTimeout(() => controller.abort(new DOMException('timed out', 'TimeoutError')), timeoutMs)
  return { signal: controller.signal, stop: () => clearTimeout(handle) }
}

export type NetworkFault = 'timed_out' | 'name_not_found' | 'tls' | 'lost' | 'no_connection'

function errorText(error: unknown): string {
  const texts: string[] = []
  for (let current = error; current instanceof Error && texts.length < 5; current = current.cause) {
    texts.push(current.name, current.message, 'code' in current ? String(current.code) : '')
  }
  return texts.join(' ')
}

/** Classifies the error of a rejected `fetch`. Node names the cause in `cause.code`, workerd only in the message. */
export function networkFault(error: unknown): NetworkFault {
  const text = errorText(error)
  if (/TimeoutError|AbortError|ETIMEDOUT|_TIMEOUT\b|timed? ?out/i.test(text)) return 'timed_out'
  if (/ENOTFOUND|EAI_|\bDNS\b|getaddrinfo/i.test(text)) return 'name_not_found'
  if (/CERT|\bTLS\b|\bSSL\b|SELF_SIGNED|ALTNAME/i.test(text)) return 'tls'
  if (/ECONNRESET|EPIPE|UND_ERR_SOCKET|connection lost|other side closed|disconnected/i.test(text)) return 'lost'
  return 'no_connection'
}

const MAX_RETRY_AFTER_S = 86_400

/**
 * Seconds to wait according to a `Retry-After` header (RFC 9110: seconds or an HTTP date), rounded up, at most a day.
 * Null if the header is absent or unreadable. `nowMs` is Unix milliseconds.
 */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? ''
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text), MAX_RETRY_AFTER_S)
  // Date.parse accepts bare numbers and other non-dates; an HTTP date starts with the name of a day.
  if (!/^(mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return null
  const atMs = Date.parse(text)
  if (Number.isNaN(atMs)) return null
  return Math.min(Math.max(Math.ceil((atMs - nowMs) / 1000), 0), MAX_RETRY_AFTER_S)
}

/** How a POST ended: with an answer of any status, or without one and why. */
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
 * Posts JSON once. Refuses addresses that are not public, limits the time, follows no redirect, and reads only the
 * status and headers of the answer.
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
    // the status is known: a body that can't be discarded doesn't change the result
    await response.body?.cancel().catch(() => undefined)
    const retryAfterS = parseRetryAfter(response.headers.get('retry-after'), now)
    return { kind: 'answered', status: response.status, retryAfterS }
  } catch (cause) {
    return { kind: networkFault(cause), cause }
  } finally {
    timer.stop()
  }
}
