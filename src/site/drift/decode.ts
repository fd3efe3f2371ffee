import { joaat14 } from './checksum.ts'
import { WORDS, type Element, type Sketch } from './sketch.ts'

const TWO_32 = 4_294_967_296
const hex = (word = 0) => word.toString(16).padStart(8, '0')

/** What a difference of two sketches says. */
export interface Difference {
  /** Everything was found; else `added` and `removed` are a part of it. */
  isComplete: boolean
  /** What only the first set has. */
  added: Element[]
  /** What only the second set has. */
  removed: Element[]
}

/**
 * Takes the elements out of a difference of sketches one by one: a symbol with a single element shows it, and gives others
 * away. The sketch is used up. What is found is to be looked at, not to be believed: about one in four billion symbols with more
 * elements passes for one.
 */
export function decode(difference: Sketch): Difference {
  const found: Difference = { isComplete: false, added: [], removed: [] }
  const { sums, counts, size } = difference
  const queue = Array.from({ length: size }, (_, index) => index)
  // damaged symbols could go on for ever
  let left = 4 * size + 16
  while (left > 0) {
    const index = queue.pop()
    if (index === undefined) break
    const sign = counts[index] ?? 0
    if (sign !== 1 && sign !== -1) continue
    const words = sums.slice(index * WORDS, (index + 1) * WORDS)
    if (joaat14(words) !== words[4]) continue
    const [idHigh = 0, idLow = 0, tagHigh, tagLow] = words
    const element = { id: idHigh * TWO_32 + idLow, tag: hex(tagHigh) + hex(tagLow) }
    if (sign === 1) found.added.push(element)
    else found.removed.push(element)
    difference.toggle(words, -sign, (touched) => queue.push(touched))
    left--
  }
  found.isComplete = sums.every((word) => word === 0) && counts.every((count) => count === 0)
  return found
}

/**
 * How many elements two sets differ in, from a difference of sketches that has too few symbols to tell which: each symbol's count
 * scatters round its share of the whole by as much as elements fell into it by chance. Within a fifth at 64 symbols.
 */
export function estimateDifference({ counts, size }: Sketch): number {
  const all = counts[0] ?? 0
  let sum = 0
  for (let index = 1; index < size; index++) {
    const share = 1 / (1 + index / 2)
    sum += ((counts[index] ?? 0) - share * all) ** 2 / (share * (1 - share))
  }
  return Math.max(Math.abs(all), size > 1 ? sum / (size - 1) : 0)
}
