import { crc32 as nodeCrc32 } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32, createApiKey, hashApiKey, looksLikeApiKey, maskApiKey, parseApiKey } from '../../src/lib/api-key.ts'

/** Made with Python's zlib and hmac. */
const VECTOR = 'igny8_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef1RDCfM'
const VECTOR_HASH = '56166e466a8a6411dcc91a2ef1d0ce06b168277833a45589419f23e18d416dd1'
const CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_'

describe('an API key', () => {
  test('has the form that the protocol defines', () => {
    const { keyId, plaintext } = createApiKey()
    expect(plaintext).toMatch(/^igny8_[0-9A-Za-z]{48}$/)
    expect(keyId).toBe(`key_${plaintext.slice(6, 16)}`)
    expect(parseApiKey(plaintext)).toEqual({ keyId, plaintext })
    expect(looksLikeApiKey(plaintext)).toBe(true)
  })

  test('has the same checksum as another implementation', () => {
    expect(parseApiKey(VECTOR)).toEqual({ keyId: 'key_0123456789', plaintext: VECTOR })
  })

  test('is never the same twice', () => {
    const keys = Array.from({ length: 1000 }, createApiKey)
    expect(new Set(keys.map(({ plaintext }) => plaintext)).size).toBe(1000)
    expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(1000)
  })

  test('is invalid with any character changed', () => {
    for (let at = 0; at < VECTOR.length; at++) {
      for (const character of CHARACTERS) {
        if (character === VECTOR[at]) continue
        expect(parseApiKey(VECTOR.slice(0, at) + character + VECTOR.slice(at + 1))).toBeNull()
      }
    }
  })

  test('is invalid with two neighbours swapped', () => {
    for (let at = 0; at < VECTOR.length - 1; at++) {
      const [left = '', right = ''] = VECTOR.slice(at, at + 2)
      if (left === right) continue
      expect(parseApiKey(VECTOR.slice(0, at) + right + left + VECTOR.slice(at + 2))).toBeNull()
    }
  })

  test('is no other text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => parseApiKey(text) === null))
    const similar = fc.string({ unit: fc.constantFrom(...CHARACTERS.split('')), minLength: 48, maxLength: 48 })
    fc.assert(fc.property(similar, (text) => parseApiKey(`igny8_${text}`) === null))
    for (const text of [` ${VECTOR}`, `${VECTOR}\n`, VECTOR.slice(0, -1), VECTOR.toUpperCase()]) {
      expect(parseApiKey(text)).toBeNull()
    }
  })

  test('is shown by its first ten characters and its last four', () => {
    expect(maskApiKey(VECTOR)).toBe(`igny8_0123…${VECTOR.slice(-4)}`)
  })

  test('is stored as an HMAC under the pepper', async () => {
    expect(await hashApiKey('pepper', VECTOR)).toBe(VECTOR_HASH)
    expect(await hashApiKey('another pepper', VECTOR)).not.toBe(VECTOR_HASH)
  })
})

describe('the checksum of an API key', () => {
  test('has the check value of CRC-32/ISO-HDLC', () => {
    expect(crc32('123456789')).toBe(0xcbf43926)
    expect(crc32('')).toBe(0)
  })

  test('agrees with zlib, and so with PHP', () => {
    const ascii = fc.string({ unit: 'binary-ascii', maxLength: 200 })
    fc.assert(fc.property(ascii, (text) => crc32(text) === nodeCrc32(text)))
  })
})
