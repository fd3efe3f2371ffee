import { randomBase62, toBase62 } from './base62.ts'
import { hmacSha256Hex } from './hmac.ts'

const PREFIX = 'igny8_'
const KEY_ID_LENGTH = 10
const SECRET_LENGTH = 32
const CHECKSUM_LENGTH = 6
const PATTERN = /^igny8_[0-9A-Za-z]{48}$/

export interface ParsedApiKey {
  /** Id of the key's row: `key_` and the key's public part. */
  keyId: string
  /** The whole key, as sent. */
  plaintext: string
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** CRC-32 (IEEE 802.3) of an ASCII string; equals PHP's `crc32`. */
export function crc32(ascii: string): number {
  let crc = 0xffffffff
  for (let index = 0; index < ascii.length; index++) {
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ ascii.charCodeAt(index)) & 0xff] ?? 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

const withChecksum = (body: string) => body + toBase62(crc32(body), CHECKSUM_LENGTH)

/** A new key: `igny8_`, then in base62 10 characters of key id, 32 of secret (190 bits) and 6 of checksum. */
export function createApiKey(): ParsedApiKey {
  const body = PREFIX + randomBase62(KEY_ID_LENGTH) + randomBase62(SECRET_LENGTH)
  return { keyId: keyIdOf(body), plaintext: withChecksum(body) }
}

/** The parts of a key; null if its form or checksum is wrong. No I/O. */
export function parseApiKey(text: string): ParsedApiKey | null {
  if (!PATTERN.test(text)) return null
  if (withChecksum(text.slice(0, -CHECKSUM_LENGTH)) !== text) return null
  return { keyId: keyIdOf(text), plaintext: text }
}

/** Whether a Bearer token has the prefix of an API key; other tokens are sessions. */
export const looksLikeApiKey = (token: string) => token.startsWith(PREFIX)

/** A key as people may see it: its first ten characters and its last four. */
export const maskApiKey = (plaintext: string) => `${plaintext.slice(0, 10)}…${plaintext.slice(-4)}`

/** The form in which a key is stored: HMAC-SHA-256 under the pepper, as hex. */
export const hashApiKey = (pepper: string, plaintext: string) => hmacSha256Hex(pepper, plaintext)

function keyIdOf(key: string): string {
  return `key_${key.slice(PREFIX.length, PREFIX.length + KEY_ID_LENGTH)}`
}
