import { expect, test } from 'vitest'
import { maskApiKey, parseApiKey } from '../../src/lib/api-key.ts'
import vectors from '../fixtures/api-key-vectors.json' with { type: 'json' }

test.each(vectors.well_formed)('$key is an API key, as for the plugin', ({ key, masked }) => {
  expect(parseApiKey(key)).toEqual({ keyId: `key_${key.slice(6, 16)}`, plaintext: key })
  expect(maskApiKey(key)).toBe(masked)
})

test.each(vectors.malformed)('$name: not an API key, as for the plugin', ({ key }) => {
  expect(parseApiKey(key)).toBeNull()
})
