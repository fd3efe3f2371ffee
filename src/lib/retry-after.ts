const MAX_RETRY_AFTER_S = 86_400

/**
 * Seconds to wait by a `Retry-After` header (RFC 9110: seconds or an HTTP date), rounded up and at most a day; null
 * where there is none or it can't be read. `nowMs` is Unix milliseconds.
 */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? ''
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text), MAX_RETRY_AFTER_S)
  // Date.parse reads bare numbers and other inventions as dates; an HTTP date starts with the name of a day.
  if (!/^(mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return null
  const atMs = Date.parse(text)
  if (Number.isNaN(atMs)) return null
  return Math.min(Math.max(Math.ceil((atMs - nowMs) / 1000), 0), MAX_RETRY_AFTER_S)
}
