import { fromBase64, toBase64 } from './base64.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
const IV_BYTES = 12

/** Encryption keys by id. The current one encrypts, all of them decrypt, so a key can be rotated without downtime. */
export interface KeyRing {
  currentId: string
  /** 32 bytes each, base64. */
  keys: Readonly<Record<string, string>>
}

function importAesKey(base64: string, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', fromBase64(base64), 'AES-GCM', false, [usage])
}

/**
 * Encrypts with AES-256-GCM. `row` (for example `integrations/int_…`) is authenticated as additional data, so a
 * ciphertext copied to another row can't be decrypted.
 * @returns `v1.{key id}.{base64 of iv and ciphertext}`
 */
export async function sealSecret(ring: KeyRing, plaintext: string, row: string): Promise<string> {
  const key = ring.keys[ring.currentId]
  if (key === undefined) throw new Error(`no encryption key ${ring.currentId}`)
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: encoder.encode(row) },
    await importAesKey(key, 'encrypt'),
    encoder.encode(plaintext),
  )
  return `v1.${ring.currentId}.${toBase64(new Uint8Array([...iv, ...new Uint8Array(sealed)]))}`
}

/**
 * Decrypts a ciphertext of {@link sealSecret}.
 * @throws Error if the key is missing, the row is another one, or the ciphertext was changed
 */
export async function openSecret(ring: KeyRing, sealed: string, row: string): Promise<string> {
  const [version, keyId, payload] = sealed.split('.')
  const key = keyId === undefined ? undefined : ring.keys[keyId]
  if (version !== 'v1' || key === undefined || payload === undefined)
    throw new Error('unknown ciphertext format or key id')
  const bytes = fromBase64(payload)
  const plaintext = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: bytes.subarray(0, IV_BYTES), additionalData: encoder.encode(row) },
    await importAesKey(key, 'decrypt'),
    bytes.subarray(IV_BYTES),
  )
  return decoder.decode(plaintext)
}

/** Whether a ciphertext uses another key than the current one and should be encrypted again. */
export const isSealedWithOldKey = (ring: KeyRing, sealed: string) => sealed.split('.')[1] !== ring.currentId
