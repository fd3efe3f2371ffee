import { randomBase62, toBase62 } from './base62.ts'
import { crc32 } from './crc32.ts'
import { hmacSha256Hex } from './hmac.ts'

const PREFIX = 'igny8_'
const KEY_ID_LENGTH = 10
const SECRET_LENGTH = 32
const CHECKSUM_LENGTH = 6
const PATTERN = /^igny8_[0-9A-Za-z]{48}$/

export interface ParsedApiKey {
  /** Public part; the row's id is `key_` and this. */
  keyId: string
  /** The whole key, as sent. */
  plaintext: string
}

const withChecksum = (body: string) => body + toBase62(crc32(body), CHECKSUM_LENGTH)

/** A new machine key: `igny8_` + 10 characters key id + 32 secret (190 bits) + 6 checksum, base62. */
export function createApiKey(): ParsedApiKey {
  const body = PREFIX + randomBase62(KEY_ID_LENGTH) + randomBase62(SECRET_LENGTH)
  return { keyId: keyIdOf(body), plaintext: withChecksum(body) }
}

/** The key's parts, or null when it is malformed or mistyped. No I/O. */
export function parseApiKey(text: string): ParsedApiKey | null {
  if (!PATTERN.test(text)) return null
  if (withChecksum(text.slice(0, -CHECKSUM_LENGTH)) !== text) return null
  return { keyId: keyIdOf(text), plaintext: text }
}

/** Whether a Bearer token claims to be a machine key rather than a session. */
export const looksLikeApiKey = (token: string) => token.startsWith(PREFIX)

/** What may be shown of a key: its first ten characters and its last four. */
export const maskApiKey = (plaintext: string) => `${plaintext.slice(0, 10)}…${plaintext.slice(-4)}`

/** The only form in which a key is stored: HMAC-SHA-256 under the pepper, hex. */
export const hashApiKey = (pepper: string, plaintext: string) => hmacSha256Hex(pepper, plaintext)

function keyIdOf(key: string): string {
  return `key_${key.slice(PREFIX.length, PREFIX.length + KEY_ID_LENGTH)}`
}
