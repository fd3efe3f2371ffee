import { createRandom } from '../../test/sim/random.ts'

/** FNV-1a: spreads names over the seeds. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return value >>> 0
}

/** Repeatable chance of one part of the load. Each part has its own, so that none depends on how often another is asked. */
export class Chance {
  readonly #random: () => number

  constructor(seed: number, name: string) {
    this.#random = createRandom(seed ^ hash(name))
  }

  /** In [0, 1). */
  next = (): number => this.#random()

  /** Whether something of this probability happens. */
  happens = (probability: number): boolean => this.#random() < probability

  /** A whole number from `low` to `high`, both included. */
  between = (low: number, high: number): number => low + Math.floor(this.#random() * (high - low + 1))

  /** One of a list; undefined of an empty one. */
  pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(this.#random() * list.length)]

  shuffle = <T>(list: readonly T[]): T[] =>
    list
      .map((value) => ({ value, at: this.#random() }))
      .sort((left, right) => left.at - right.at)
      .map(({ value }) => value)
}
