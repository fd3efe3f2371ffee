/** From this share on a limit is worth a word. */
const NEARLY_FULL = 0.9

export const isNearlyFull = (used: number, most: number): boolean => used >= most * NEARLY_FULL

/** Percent of a limit, at most 100: a limit that was lowered can be below what is used. */
export const percentOf = (used: number, most: number): number => Math.min(100, Math.round((100 * used) / most))
