/**
 * The keys that sign what the plugin is told about its releases. They stay with whoever deploys and never reach Cloudflare:
 * docs/adr/0021-plugin-updates.md. All keys of the file sign, and the plugin is served with the public halves of all.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as z from 'zod'

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 and in SPKI (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')
const KEY_BYTES = 32
const OWNER_ALONE = 0o600

const Key = z.object({
  /** When it was made: `2026-11-29`. */
  made: z.iso.date(),
  /** The 32 bytes of the secret key. */
  secret: z.base64().refine((text) => Buffer.from(text, 'base64').length === KEY_BYTES, 'must be 32 bytes'),
})
const KeyFile = z.object({ keys: z.array(Key).min(1).max(5) })

/** One key; `id` is the beginning of the hash of its public half. */
export interface SigningKey {
  id: string
  made: string
  secret: string
  /** Base64 of 32 bytes. */
  publicKey: string
}

/** Names a public key: the first 16 hex digits of its SHA-256. */
export const idOfKey = (publicKey: string): string =>
  createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, 16)

const privateKey = (secret: string): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([PRIVATE_PREFIX, Buffer.from(secret, 'base64')]),
    format: 'der',
    type: 'pkcs8',
  })

function complete({ made, secret }: z.infer<typeof Key>): SigningKey {
  const der = createPublicKey(privateKey(secret)).export({ format: 'der', type: 'spki' })
  const publicKey = der.subarray(-KEY_BYTES).toString('base64')
  return { id: idOfKey(publicKey), made, secret, publicKey }
}

/** A new key. */
export function makeKey(now: Date = new Date()): SigningKey {
  const der = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' })
  return complete({ made: now.toISOString().slice(0, 10), secret: der.subarray(-KEY_BYTES).toString('base64') })
}

/**
 * Keys from the text of a key file.
 * @throws Error that names what is wrong, and no secret
 */
export function parseKeys(text: string): SigningKey[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new Error('no JSON')
  }
  const parsed = KeyFile.safeParse(json)
  if (parsed.success) return parsed.data.keys.map(complete)
  throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
}

/** The text of a key file. */
export const renderKeys = (keys: SigningKey[]): string =>
  `${JSON.stringify({ keys: keys.map(({ made, secret }) => ({ made, secret })) }, null, 2)}\n`

/** Keys of a file; null if there is no such file. @throws Error as {@link parseKeys} */
export const readKeys = (path: string): SigningKey[] | null =>
  existsSync(path) ? parseKeys(readFileSync(path, 'utf8')) : null

/** Writes a key file that only its owner can read, whole or not at all. */
export function writeKeys(path: string, keys: SigningKey[]): void {
  mkdirSync(dirname(path), { recursive: true })
  const fresh = `${path}.${process.pid}`
  const file = openSync(fresh, 'w', OWNER_ALONE)
  writeFileSync(file, renderKeys(keys))
  closeSync(file)
  renameSync(fresh, path)
}

/** The public halves, base64. */
export const publicKeysOf = (keys: SigningKey[]): string[] => keys.map(({ publicKey }) => publicKey)

/** Ed25519 signature of a text, base64. */
export const signText = ({ secret }: SigningKey, text: string): string =>
  sign(null, Buffer.from(text), privateKey(secret)).toString('base64')

/** Whether a signature of a text is by the key with this public half. */
export function verifyText(publicKey: string, text: string, signature: string): boolean {
  const key = createPublicKey({
    key: Buffer.concat([PUBLIC_PREFIX, Buffer.from(publicKey, 'base64')]),
    format: 'der',
    type: 'spki',
  })
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
}
