const FIRST_MS = 60_000
const LONGEST_MS = 6 * 3_600_000

/**
 * How long until the next attempt: from a minute on, doubling up to six hours, spread a little; longer where the
 * recipient asks for it, and the longest at once where it says that it is gone.
 * @param attempts made so far
 * @returns milliseconds
 */
export function retryDelayMs(
  attempts: number,
  { retryAfterS, isGone }: { retryAfterS: number | null; isGone: boolean },
  random = Math.random(),
): number {
  const ceiling = isGone ? LONGEST_MS : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempts - 1))
  return Math.max((retryAfterS ?? 0) * 1000, Math.round(ceiling * (0.75 + random / 4)))
}
