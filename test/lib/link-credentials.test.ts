import { expect, test } from 'vitest'
import { openSigningSecrets, resealCredentials, sealCredentials } from '../../src/lib/link-credentials.ts'
import { createSigningSecret } from '../../src/lib/signature.ts'

const HOUR_MS = 3_600_000
const NOW = 1_800_000_000_000
const key = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))
const ring = { currentId: 'k1', keys: { k1: key() } }
const [older, newer] = [createSigningSecret(), createSigningSecret()]
const seal = () => sealCredentials(ring, 'int_1', [newer, older], NOW)

test('T24 the secret before the newest one is accepted for an hour, and not after it', async () => {
  const integration = { id: 'int_1', credentials: await seal() }
  expect(await openSigningSecrets(ring, integration, NOW)).toEqual([newer, older])
  expect(await openSigningSecrets(ring, integration, NOW + HOUR_MS - 1)).toEqual([newer, older])
  expect(await openSigningSecrets(ring, integration, NOW + HOUR_MS)).toEqual([newer])
})

test('T42 credentials copied to another integration can’t be decrypted', async () => {
  const credentials = await seal()
  await expect(openSigningSecrets(ring, { id: 'int_2', credentials }, NOW)).rejects.toThrow()
  expect(await openSigningSecrets(ring, { id: 'int_1', credentials }, NOW)).toEqual([newer, older])
  await expect(openSigningSecrets(ring, { id: 'int_2', credentials }, NOW)).rejects.toThrow()
})

test('T42 credentials that were decrypted before can’t be decrypted without their key', async () => {
  const integration = { id: 'int_1', credentials: await seal() }
  await openSigningSecrets(ring, integration, NOW)
  await expect(openSigningSecrets({ currentId: 'k2', keys: { k2: key() } }, integration, NOW)).rejects.toThrow()
})

test('T42 credentials are encrypted again with a new key and keep their grace period', async () => {
  const rotated = { currentId: 'k2', keys: { k2: key(), ...ring.keys } }
  const resealed = await resealCredentials(rotated, { id: 'int_1', credentials: await seal() })
  expect(resealed).toMatch(/^v1\.k2\./)
  const integration = { id: 'int_1', credentials: resealed }
  expect(await openSigningSecrets(rotated, integration, NOW + HOUR_MS)).toEqual([newer])
  expect(await resealCredentials(rotated, integration)).toBeNull()
})
