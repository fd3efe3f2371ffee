/** Attempts of a run before it is failed with its last reason. */
export const MAX_ATTEMPTS = 6

const BASE_MS = 2_000
const CAP_MS = 15 * 60_000
/**
 * A site may ask for patience, but not put a run off for longer than this. What seems to wait for longer was set by a
 * clock that was wrong, and is due.
 */
export const MAX_WAIT_MS = 60 * 60_000

/** Exponential from `baseMs` to `capMs`, with full jitter in its upper half. @param attempt the one that failed, from 1 */
export function jitteredMs(attempt: number, random: number, baseMs: number, capMs: number): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** (attempt - 1))
  return ceiling / 2 + (random * ceiling) / 2
}

/**
 * When a failed attempt is repeated: exponential from two seconds to fifteen minutes with full jitter in its upper
 * half, and never before the site's own `Retry-After` (an hour at most).
 * @param attempt the one that failed, from 1
 * @param random in [0, 1)
 * @returns delay in milliseconds
 */
export function backoffMs(attempt: number, random: number, retryAfterS = 0): number {
  const delay = jitteredMs(attempt, random, BASE_MS, CAP_MS)
  return Math.round(Math.max(delay, Math.min(retryAfterS * 1000, MAX_WAIT_MS)))
}
