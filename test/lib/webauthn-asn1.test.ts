import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import * as ours from '../../src/lib/webauthn-asn1.ts'

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))

/** As WebCrypto and IEEE P1363 have it: without the sign's byte, as long as the curve. */
const fixed = (number: ArrayBuffer) => Buffer.from(number).toString('hex').padStart(64, '0').slice(-64)

test('a signature of DER is the same one in numbers', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  for (let count = 0; count < 300; count++) {
    const data = Buffer.from(`message ${count}`)
    const { r, s } = ours.AsnParser.parse(sign('sha256', data, privateKey), ours.ECDSASigValue)
    const signature = Buffer.from(fixed(r) + fixed(s), 'hex')
    expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
  }
})

test.each([
  '',
  '30',
  '3000',
  '30030201',
  '3006020101020101ff',
  '3007020101020101',
  '310602010102010100',
  '30820006020101020101',
])('%s is no signature', (hex) =>
  expect(() => ours.AsnParser.parse(bytesOf(hex), ours.ECDSASigValue)).toThrow('not an ECDSA signature'),
)

test('nothing else is read', () => {
  expect(() => ours.AsnParser.parse(bytesOf('3006020101020101'), ours.Certificate)).toThrow('attestations are not read')
  expect(() => Reflect.construct(ours.X509Certificate, [])).toThrow('attestations are not read')
})
