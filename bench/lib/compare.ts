/** Figures of one comparison. A ratio is ours to the bare Worker's, formed round by round. */
export interface Comparison {
  ratio: number
  /** The lower and the upper quartile of the rounds' ratios. */
  spread: [number, number]
  ours: number
  bare: number
  rounds: number
}

/** The value below which a share of the values lies, 0.5 being the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  const at = (sorted.length - 1) * share
  const [low, high] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN]
  return low + (high - low) * (at - Math.floor(at))
}

export const median = (values: readonly number[]) => quantile(values, 0.5)

/**
 * Measures two things in turn, so that whatever else the machine does falls on both: ours, bare, bare, ours, ours, …
 * The first round of each warms up and is not counted.
 */
export async function compare(
  rounds: number,
  measureOurs: () => Promise<number>,
  measureBare: () => Promise<number>,
): Promise<Comparison> {
  const pairs: { ours: number; bare: number }[] = []
  for (let round = 0; round <= rounds; round++) {
    const first = round % 2 === 0 ? await measureOurs() : await measureBare()
    const second = round % 2 === 0 ? await measureBare() : await measureOurs()
    if (round > 0) pairs.push(round % 2 === 0 ? { ours: first, bare: second } : { ours: second, bare: first })
  }
  const ratios = pairs.map(({ ours, bare }) => ours / bare)
  return {
    ratio: median(ratios),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    ours: median(pairs.map(({ ours }) => ours)),
    bare: median(pairs.map(({ bare }) => bare)),
    rounds,
  }
}
