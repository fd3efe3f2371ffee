const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Random base62 characters; rejection sampling makes each of them equally likely. */
export function randomBase62(length: number): string {
  const limit = 256 - (256 % ALPHABET.length)
  let out = ''
  while (out.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length * 2))) {
      if (byte < limit && out.length < length) out += ALPHABET.charAt(byte % ALPHABET.length)
    }
  }
  return out
}

/** A non-negative integer in exactly `length` base62 digits, most significant first, padded with `0`. */
export function toBase62(value: number, length: number): string {
  let out = ''
  for (let rest = value; out.length < length; rest = Math.floor(rest / ALPHABET.length)) {
    out = ALPHABET.charAt(rest % ALPHABET.length) + out
  }
  return out
}
