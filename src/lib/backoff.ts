/** Attempts of a run before it fails with its last reason. */
export const MAX_ATTEMPTS = 6

/**
 * A site's `Retry-After` defers a run no longer than this. A time further ahead was set by a wrong clock, and counts as
 * due.
 */
export const MAX_WAIT_MS = 60 * 60_000

/** An exponential backoff: doubles from `firstMs` to `longestMs`; `jitter` is the random share of each delay, 0 to 1. */
export interface Backoff {
  firstMs: number
  longestMs: number
  jitter: number
}

/**
 * Delay before an attempt is repeated, in milliseconds.
 * @param attempt the one that failed, from 1
 * @param random in [0, 1)
 */
export function backoffMs({ firstMs, longestMs, jitter }: Backoff, attempt: number, random: number): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.max(0, attempt - 1))
  return Math.round(ceiling * (1 - jitter + random * jitter))
}

const RUN_BACKOFF: Backoff = { firstMs: 2_000, longestMs: 15 * 60_000, jitter: 0.5 }

/** Delay before a run's failed attempt is repeated; never shorter than the site's `Retry-After`, at most an hour of it. */
export function runBackoffMs(attempt: number, random: number, retryAfterS = 0): number {
  return Math.max(backoffMs(RUN_BACKOFF, attempt, random), Math.min(retryAfterS * 1000, MAX_WAIT_MS))
}
