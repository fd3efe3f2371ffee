const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
const IV_BYTES = 12

/** Encryption keys by id, newest first; the first encrypts, all decrypt, so that a key rotates without downtime. */
export interface KeyRing {
  currentId: string
  /** 32 bytes each, base64. */
  keys: Readonly<Record<string, string>>
}

const toBase64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
const fromBase64 = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))

function importAesKey(base64: string, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', fromBase64(base64), 'AES-GCM', false, [usage])
}

/**
 * Encrypts with AES-256-GCM. The row's identity (for example `integrations/int_…`) is additional data: a ciphertext
 * moved to another row does not open.
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
 * Opens what {@link sealSecret} sealed.
 * @throws Error when the key is gone, the row is another one, or a bit has changed
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

/** Whether a ciphertext should be sealed anew because the current key is another one. */
export const isSealedWithOldKey = (ring: KeyRing, sealed: string) => sealed.split('.')[1] !== ring.currentId
