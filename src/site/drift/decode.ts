import { joaat14 } from './checksum.ts'
import { WORDS, type Element, type Sketch } from './sketch.ts'

const TWO_32 = 4_294_967_296
const hex = (word = 0) => word.toString(16).padStart(8, '0')

/** The elements found in the difference of two sketches. */
export interface Difference {
  /** Whether all elements were found; otherwise `added` and `removed` are a part of them. */
  isComplete: boolean
  /** Elements that only the first set has. */
  added: Element[]
  /** Elements that only the second set has. */
  removed: Element[]
}

/**
 * Decodes a difference of sketches by peeling: a symbol with a single element shows that element, and removing it from
 * its other symbols leaves more of them with a single element. Consumes the sketch. The result is a hint and no fact:
 * about one in four billion symbols with several elements passes for one with a single element.
 */
export function decode(difference: Sketch): Difference {
  const found: Difference = { isComplete: false, added: [], removed: [] }
  const { sums, counts, size } = difference
  const queue = Array.from({ length: size }, (_, index) => index)
  // without a limit, damaged symbols could go on for ever
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
 * Estimates in how many elements two sets differ, from a difference that has too few symbols to decode. The variance of
 * the symbols' counts around their expected share grows with the number of elements. Within a fifth at 64 symbols.
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
