/** How long things take, as counts per step. Counts of several hours and databases add up; sorted times would not. */

/** Upper bounds of the steps, in milliseconds. What takes longer than the last counts as the last. */
const STEPS_MS = [1, 2, 5, 10, 30, 60, 120, 300, 900, 3_600, 21_600, 86_400].map((seconds) => seconds * 1_000)

/** The step of a duration, as SQL. @param ms an expression in milliseconds */
export const stepOf = (ms: string): string =>
  `CASE ${STEPS_MS.slice(0, -1)
    .map((bound, step) => `WHEN ${ms} <= ${bound} THEN ${step}`)
    .join(' ')} ELSE ${STEPS_MS.length - 1} END`

export type Steps = Record<string, number>

export const addSteps = (left: Steps, right: Steps): Steps => {
  const sum = { ...left }
  for (const [step, count] of Object.entries(right)) sum[step] = (sum[step] ?? 0) + count
  return sum
}

/** The bound that this share of what was measured does not exceed; null if nothing was. */
function quantile(steps: Steps, share: number): number | null {
  const total = Object.values(steps).reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  let seen = 0
  for (const [step, bound] of STEPS_MS.entries()) {
    seen += steps[step] ?? 0
    if (seen >= share * total) return bound
  }
  return STEPS_MS.at(-1) ?? null
}

export const describeLag = (steps: Steps) => ({
  count: Object.values(steps).reduce((sum, count) => sum + count, 0),
  p50_ms: quantile(steps, 0.5),
  p95_ms: quantile(steps, 0.95),
})
