const FIRST_MS = 1_000
const LONGEST_MS = 30_000

/**
 * Milliseconds to wait before attempt `attempt` (0 is the first retry). The pause doubles up to 30 s. Jitter over its upper half
 * keeps pages that lost the same server from reconnecting at the same moment.
 */
export function backoff(attempt: number, random: number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt)
  return Math.round(whole / 2 + (whole / 2) * random)
}
