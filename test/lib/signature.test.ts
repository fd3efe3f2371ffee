import { describe, expect, test } from 'vitest'
import {
  createSigningSecret,
  type MessageLabel,
  parseSigningSecret,
  signMessage,
  verifyMessage,
} from '../../src/lib/signature.ts'
import vectors from '../fixtures/signature-vectors.json' with { type: 'json' }
import { OTHER_SECRET, SECRET, sign } from '../support/odd-hosts.ts'

const NOW_S = 1_763_750_000
const MESSAGE = { id: 'msg_1', timestamp: NOW_S, body: '{"a":"ü🎉"}' }

function headersOf(id: string, timestamp: string | number, signature: string): Headers {
  const headers = new Headers()
  if (id) headers.set('webhook-id', id)
  if (timestamp !== '') headers.set('webhook-timestamp', String(timestamp))
  if (signature) headers.set('webhook-signature', signature)
  return headers
}

/** What a vector's message is signed as. */
const labelOf = (vector: object) => ('label' in vector ? { label: vector.label as MessageLabel } : {})

async function signed(): Promise<Headers> {
  return headersOf(MESSAGE.id, MESSAGE.timestamp, await signMessage({ ...MESSAGE, secrets: [SECRET] }))
}

describe('the vectors shared with the plugin', () => {
  test.each(vectors.vectors)('T21 $name', async ({ id, timestamp, body, signature, now, valid, ...vector }) => {
    const secret = 'secret' in vector ? (vector.secret ?? vectors.secret) : vectors.secret
    const result = await verifyMessage({
      headers: headersOf(id, timestamp, signature),
      body,
      secrets: [secret],
      nowS: now,
      ...labelOf(vector),
    })
    expect(result.ok ? 'valid' : result.reason).toBe(valid ? 'valid' : 'reason' in vector ? vector.reason : undefined)
  })

  test('T21 we create the same signatures', async () => {
    const single = vectors.vectors.filter(({ valid, signature }) => valid && !signature.includes(' '))
    expect(single.length).toBeGreaterThan(5)
    for (const { id, timestamp, body, signature, ...vector } of single) {
      const secret = 'secret' in vector ? (vector.secret ?? vectors.secret) : vectors.secret
      expect(await signMessage({ id, timestamp: Number(timestamp), body, secrets: [secret], ...labelOf(vector) })).toBe(
        signature,
      )
    }
  })
})

describe('signing', () => {
  test('a message has one signature for each secret, in their order', async () => {
    const expected = [SECRET, OTHER_SECRET].map((secret) => sign(secret, MESSAGE.id, NOW_S, MESSAGE.body)).join(' ')
    expect(await signMessage({ ...MESSAGE, secrets: [SECRET, OTHER_SECRET] })).toBe(expected)
  })

  test('a text and its bytes have the same signature', async () => {
    const bytes = new TextEncoder().encode(MESSAGE.body)
    const secrets = [SECRET]
    expect(await signMessage({ ...MESSAGE, body: bytes, secrets })).toBe(await signMessage({ ...MESSAGE, secrets }))
  })

  test('no secret and a malformed secret are errors, never an unsigned message', async () => {
    await expect(signMessage({ ...MESSAGE, secrets: [] })).rejects.toThrow(TypeError)
    await expect(signMessage({ ...MESSAGE, secrets: ['whsec_short'] })).rejects.toThrow(TypeError)
  })
})

describe('secrets', () => {
  test('a new secret has 32 bytes and is never the same', () => {
    const secrets = Array.from({ length: 20 }, createSigningSecret)
    expect(new Set(secrets).size).toBe(20)
    for (const secret of secrets) expect(parseSigningSecret(secret)).toHaveLength(32)
  })

  test.each([24, 32, 63, 64])('%i bytes are a secret', (length) => {
    expect(parseSigningSecret(`whsec_${Buffer.alloc(length, 200).toString('base64')}`)).toHaveLength(length)
  })

  test.each([
    ['too short', `whsec_${Buffer.alloc(23).toString('base64')}`],
    ['too long', `whsec_${Buffer.alloc(65).toString('base64')}`],
    ['without its prefix', Buffer.alloc(32).toString('base64')],
    ['with another prefix', `whsk_${Buffer.alloc(32).toString('base64')}`],
    ['not base64', `whsec_${'!'.repeat(44)}`],
    ['without its padding', `whsec_${'A'.repeat(43)}`],
    ['with white space', `whsec_${'A'.repeat(40)} A==`],
    ['empty', ''],
  ])('a secret %s is refused', (_, secret) => {
    expect(parseSigningSecret(secret)).toBeNull()
  })
})

describe('verifying', () => {
  test('T24 one right signature and one right secret are enough while a secret rotates', async () => {
    const headers = headersOf(MESSAGE.id, NOW_S, await signMessage({ ...MESSAGE, secrets: [OTHER_SECRET, SECRET] }))
    for (const secrets of [[SECRET], [OTHER_SECRET], [createSigningSecret(), SECRET]]) {
      expect(await verifyMessage({ headers, body: MESSAGE.body, secrets, nowS: NOW_S })).toMatchObject({ ok: true })
    }
    const strangers = [createSigningSecret()]
    const refused = await verifyMessage({ headers, body: MESSAGE.body, secrets: strangers, nowS: NOW_S })
    expect(refused).toEqual({ ok: false, reason: 'signature_invalid', skewS: 0 })
  })

  test.each(['1763750000abc', '+1763750000', '1763750000.0', '0x69204f70', '1e9', '-1763750000', 'now', '٣'])(
    'T21 the time %s is not one, even if it was signed',
    async (timestamp) => {
      // Header values are bytes; a non-ASCII one can't be set at all.
      if (timestamp === '٣') return expect(() => headersOf('msg_1', timestamp, 'v1,')).toThrow(TypeError)
      const signature = sign(SECRET, 'msg_1', timestamp as unknown as number, 'body')
      const headers = headersOf('msg_1', timestamp, signature)
      const result = await verifyMessage({ headers, body: 'body', secrets: [SECRET], nowS: NOW_S })
      return expect(result).toEqual({ ok: false, reason: 'timestamp_out_of_range', skewS: null })
    },
  )

  test('a time a day off is refused, or reported as skew if no tolerance is set', async () => {
    const input = { headers: await signed(), body: MESSAGE.body, secrets: [SECRET], nowS: NOW_S + 86_400 }
    expect(await verifyMessage(input)).toEqual({ ok: false, reason: 'timestamp_out_of_range', skewS: -86_400 })
    expect(await verifyMessage({ ...input, toleranceS: null })).toEqual({
      ok: true,
      id: 'msg_1',
      timestampS: NOW_S,
      skewS: -86_400,
    })
  })

  test('T44 only the first of thousands of signatures are checked', async () => {
    const right = sign(SECRET, MESSAGE.id, NOW_S, MESSAGE.body)
    const many = headersOf(MESSAGE.id, NOW_S, `${`${sign(SECRET, 'x', 1, '')} `.repeat(5000)}${right}`)
    expect(await verifyMessage({ headers: many, body: MESSAGE.body, secrets: [SECRET], nowS: NOW_S })).toMatchObject({
      ok: false,
    })
  })

  test('T23 any flipped bit of the body is noticed', async () => {
    const headers = await signed()
    const bytes = new TextEncoder().encode(MESSAGE.body)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = flipBit(bytes, bit)
      expect(await verifyMessage({ headers, body: flipped, secrets: [SECRET], nowS: NOW_S })).toMatchObject({
        ok: false,
      })
    }
    expect(await verifyMessage({ headers, body: bytes, secrets: [SECRET], nowS: NOW_S })).toMatchObject({ ok: true })
  })

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'T23 every bit flipped in %s is noticed',
    async (name) => {
      const headers = await signed()
      const value = new TextEncoder().encode(headers.get(name) ?? '')
      let sent = 0
      for (let bit = 0; bit < value.length * 8; bit++) {
        const changed = new Headers(headers)
        const text = String.fromCharCode(...flipBit(value, bit))
        try {
          changed.set(name, text)
        } catch {
          continue // no header can carry this character
        }
        sent++
        for (const toleranceS of [300, null]) {
          const result = await verifyMessage({
            headers: changed,
            body: MESSAGE.body,
            secrets: [SECRET],
            nowS: NOW_S,
            toleranceS,
          })
          expect(result.ok, `${name}: ${text}`).toBe(false)
        }
      }
      expect(sent).toBeGreaterThan(value.length * 6)
    },
  )
})

function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}
