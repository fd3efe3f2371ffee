const FIRST_MS = 1_000
const LONGEST_MS = 30_000

/**
 * Milliseconds to wait before attempt `attempt` (0 is the first repeat): doubled each time up to 30 s, and spread over
 * its upper half, so that the pages that lost the same server don't come back in the same moment.
 */
export function backoff(attempt: number, random: number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt)
  return Math.round(whole / 2 + (whole / 2) * random)
}
