/**
 * Bob Jenkins' one-at-a-time hash of an element's 14 bytes (two of the first word, four of each of the next three, most
 * significant first), equal to PHP's `hash('joaat')`. It is not linear under exclusive or, so the sum of several
 * elements does not pass for one element.
 */
export function joaat14(words: Uint32Array): number {
  let hash = 0
  for (let at = 2; at < 16; at++) {
    hash = (hash + (((words[at >> 2] ?? 0) >>> (24 - 8 * (at & 3))) & 0xff)) | 0
    hash = (hash + (hash << 10)) | 0
    hash ^= hash >>> 6
  }
  hash = (hash + (hash << 3)) | 0
  hash ^= hash >>> 11
  return (hash + (hash << 15)) >>> 0
}
