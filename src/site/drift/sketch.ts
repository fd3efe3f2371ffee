import { fromBase64, toBase64 } from '../../lib/base64.ts'
import { joaat14 } from './checksum.ts'

/** 32-bit words of an element: id (16 and 32 bits), first half of the etag, check. */
export const WORDS = 5
/** Bytes of a symbol on the wire: 18 of its sum and four of its count. */
const SYMBOL_BYTES = 22

/** A post in a sketch. */
export interface Element {
  id: number
  /** First 16 hex digits of its etag. */
  tag: string
}

const TWO_32 = 4_294_967_296

/** The words of an element. The first 16 hex digits of the etag are used. */
export function wordsOf(id: number, etag: string, words: Uint32Array = new Uint32Array(WORDS)): Uint32Array {
  words[0] = Math.floor(id / TWO_32)
  words[1] = id
  words[2] = Number.parseInt(etag.slice(0, 8), 16)
  words[3] = Number.parseInt(etag.slice(8, 16), 16)
  words[4] = joaat14(words)
  return words
}

/**
 * The next symbol that an element is in. An element is in symbol `index` with the probability 1 / (1 + index / 2).
 * @param random 32 bits
 */
export const nextIndex = (index: number, random: number): number =>
  index + Math.max(1, Math.ceil((index + 1.5) * (65_536 / Math.sqrt(random + 1) - 1)))

/** The next number of an element's random sequence, which starts with the last word of its tag. */
export const nextRandom = (random: number): number => (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0

/**
 * Coded symbols of a set of (post id, etag): the rateless invertible Bloom lookup table of Yang, Gilad and Alizadeh
 * (“Practical Rateless Set Reconciliation”, SIGCOMM 2024). Sketches are linear: the sum of the sketches of two
 * disjoint sets is the sketch of their union, and the difference of two sketches is a sketch of what only one of the
 * sets has. The plugin's Sketch.php computes the same.
 */
export class Sketch {
  readonly size: number
  /** {@link WORDS} words per symbol: the exclusive or of its elements. */
  readonly sums: Uint32Array
  readonly counts: Int32Array

  constructor(size: number) {
    this.size = size
    this.sums = new Uint32Array(size * WORDS)
    this.counts = new Int32Array(size)
  }

  add(id: number, etag: string): void {
    this.toggle(wordsOf(id, etag), 1)
  }

  /** Adds (1) or removes (-1) an element. @param onTouch receives the index of every symbol that changed */
  toggle(words: Uint32Array, sign: number, onTouch?: (index: number) => void): void {
    const { sums, counts, size } = this
    let random = words[3] ?? 0
    for (let index = 0; index < size; index = nextIndex(index, (random = nextRandom(random)))) {
      const at = index * WORDS
      for (let word = 0; word < WORDS; word++) sums[at + word] = (sums[at + word] ?? 0) ^ (words[word] ?? 0)
      counts[index] = (counts[index] ?? 0) + sign
      onTouch?.(index)
    }
  }

  /** The sum or difference of two sketches; as long as the shorter one. */
  combine(other: Sketch, sign: 1 | -1): Sketch {
    const combined = new Sketch(Math.min(this.size, other.size))
    for (let at = 0; at < combined.sums.length; at++) combined.sums[at] = (this.sums[at] ?? 0) ^ (other.sums[at] ?? 0)
    for (let at = 0; at < combined.size; at++)
      combined.counts[at] = (this.counts[at] ?? 0) + sign * (other.counts[at] ?? 0)
    return combined
  }

  /** The number of elements, and a checksum of them as 36 hex digits: equal for equal sets, different for others. */
  root(): { count: number; sum: string } {
    const [idHigh = 0, ...words] = this.sums.subarray(0, WORDS)
    const [idLow = 0, ...hashes] = words.map((word) => word.toString(16).padStart(8, '0'))
    return { count: this.counts[0] ?? 0, sum: `${hashes.join('')}${idHigh.toString(16).padStart(4, '0')}${idLow}` }
  }

  /** Base64 of all symbols: 18 bytes of the sum and four of the count each, most significant first. */
  toBase64(): string {
    const view = new DataView(new ArrayBuffer(this.size * SYMBOL_BYTES))
    for (let index = 0; index < this.size; index++) {
      const at = index * SYMBOL_BYTES
      view.setUint16(at, this.sums[index * WORDS] ?? 0)
      for (let word = 1; word < WORDS; word++) view.setUint32(at + 4 * word - 2, this.sums[index * WORDS + word] ?? 0)
      view.setInt32(at + 18, this.counts[index] ?? 0)
    }
    return toBase64(new Uint8Array(view.buffer))
  }

  /** @throws RangeError if the text is empty or no whole number of symbols */
  static fromBase64(text: string): Sketch {
    const bytes = fromBase64(text)
    if (bytes.length === 0 || bytes.length % SYMBOL_BYTES !== 0) throw new RangeError('not a whole number of symbols')
    const view = new DataView(bytes.buffer)
    const sketch = new Sketch(bytes.length / SYMBOL_BYTES)
    for (let index = 0; index < sketch.size; index++) {
      const at = index * SYMBOL_BYTES
      sketch.sums[index * WORDS] = view.getUint16(at)
      for (let word = 1; word < WORDS; word++) sketch.sums[index * WORDS + word] = view.getUint32(at + 4 * word - 2)
      sketch.counts[index] = view.getInt32(at + 18)
    }
    return sketch
  }
}
