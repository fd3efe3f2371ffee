import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSealedWithOldKey, openSecret, sealSecret, type KeyRing } from '../../src/lib/secrets.ts'

const createKey = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
const [oldKey, newKey] = [createKey(), createKey()]
const before: KeyRing = { currentId: 'k1', keys: { k1: oldKey } }
const during: KeyRing = { currentId: 'k2', keys: { k2: newKey, k1: oldKey } }
const after: KeyRing = { currentId: 'k2', keys: { k2: newKey } }
const ROW = 'integrations/int_1'

describe('a sealed secret', () => {
  test('is decrypted to the same text, whatever it contains', async () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 300 })
    await fc.assert(
      fc.asyncProperty(
        texts,
        async (text) => (await openSecret(before, await sealSecret(before, text, ROW), ROW)) === text,
      ),
    )
  })

  test('reveals nothing of its content and differs each time', async () => {
    const [first, second] = [await sealSecret(before, 'secret', ROW), await sealSecret(before, 'secret', ROW)]
    expect(first).toMatch(/^v1\.k1\.[A-Za-z0-9+/]+={0,2}$/)
    expect(first).not.toBe(second)
    expect(atob(first.split('.')[2] ?? '')).not.toContain('secret')
  })

  test('T42 does not open in another row', async () => {
    const sealed = await sealSecret(before, 'secret', ROW)
    for (const row of ['integrations/int_2', 'idempotency_keys/int_1', '']) {
      await expect(openSecret(before, sealed, row)).rejects.toThrow()
    }
  })

  test('T42 does not open after one bit of it has changed', async () => {
    const sealed = await sealSecret(before, 'secret', ROW)
    const [version, keyId, payload = ''] = sealed.split('.')
    const bytes = Buffer.from(payload, 'base64')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const text = [version, keyId, changed.toString('base64')].join('.')
      await expect(openSecret(before, text, ROW)).rejects.toThrow()
    }
  })

  test.each(['', 'v1', 'v1.k1', 'v2.k1.AAAA', 'v1.k9.AAAA', 'v1.k1.', 'v1.k1.!!', 'v1.__proto__.AAAA'])(
    'is not %j',
    async (text) => {
      await expect(openSecret(before, text, ROW)).rejects.toThrow()
    },
  )
})

describe('T42 a new encryption key', () => {
  test('takes over while old ciphertexts still open', async () => {
    const old = await sealSecret(before, 'secret', ROW)
    expect(await openSecret(during, old, ROW)).toBe('secret')
    expect(isSealedWithOldKey(during, old)).toBe(true)
    const resealed = await sealSecret(during, await openSecret(during, old, ROW), ROW)
    expect(isSealedWithOldKey(during, resealed)).toBe(false)
    expect(await openSecret(after, resealed, ROW)).toBe('secret')
  })

  test('can’t open ciphertexts of the old key once that is removed', async () => {
    const old = await sealSecret(before, 'secret', ROW)
    await expect(openSecret(after, old, ROW)).rejects.toThrow('key id')
  })

  test('under the old key’s id does not open its ciphertexts', async () => {
    const old = await sealSecret(before, 'secret', ROW)
    await expect(openSecret({ currentId: 'k1', keys: { k1: newKey } }, old, ROW)).rejects.toThrow()
  })

  test('that is missing encrypts nothing', async () => {
    await expect(sealSecret({ currentId: 'k3', keys: during.keys }, 'secret', ROW)).rejects.toThrow('no encryption key')
  })
})
