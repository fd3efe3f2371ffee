const hex = (lane: number) => (lane >>> 0).toString(16).padStart(8, '0')

const mix = (lane: number, other: number): number =>
  Math.imul(lane ^ (lane >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909)

/**
 * 32 hex digits that are equal for equal lists of texts. Not cryptographic: an etag is opaque to the API, and the model
 * must hash synchronously and a hundred thousand times.
 */
export function hash32(...texts: string[]): string {
  let first = 0xdeadbeef
  let second = 0x41c6ce57
  for (const text of texts) {
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index)
      first = Math.imul(first ^ unit, 2654435761)
      second = Math.imul(second ^ unit, 1597334677)
    }
    first ^= text.length
  }
  return hex(first) + hex(second) + hex(mix(first, second)) + hex(mix(second, first))
}
