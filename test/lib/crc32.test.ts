import { crc32 as nodeCrc32 } from 'node:zlib'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from '../../src/lib/crc32.ts'

test('has the check value of CRC-32/ISO-HDLC', () => {
  expect(crc32('123456789')).toBe(0xcbf43926)
  expect(crc32('')).toBe(0)
})

test('agrees with zlib, and so with PHP', () => {
  const ascii = fc.string({ unit: 'binary-ascii', maxLength: 200 })
  fc.assert(fc.property(ascii, (text) => crc32(text) === nodeCrc32(text)))
})
