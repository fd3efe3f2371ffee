/**
 * Standard Webhooks signatures (https://www.standardwebhooks.com), used in both directions as docs/protocol.md
 * describes.
 */
import { remember } from './remember.ts'

/** How far a sender's clock may differ from ours. */
const SIGNATURE_TOLERANCE_S = 300

/** The headers that carry a signature. */
export const SIGNED_HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const

const SECRET_PREFIX = 'whsec_'
const SECRET_MIN_BYTES = 24
const SECRET_MAX_BYTES = 64
const NEW_SECRET_BYTES = 32
/** A rotation needs two. The limit keeps a hostile header from causing more HMAC computations. */
const MAX_SIGNATURES = 10
const HMAC = { name: 'HMAC', hash: 'SHA-256' }

/** What a `webhook-id` may be. It is stored to recognise repeats, so it is bounded. */
const MESSAGE_ID = /^[\x21-\x7e]{1,100}$/

type SignatureProblem = 'signature_missing' | 'webhook_id_invalid' | 'timestamp_out_of_range' | 'signature_invalid'

/** `skewS` is the sender's clock minus ours, in seconds; null where no time was stated. */
export type Verification =
  | { ok: true; id: string; timestampS: number; skewS: number }
  | { ok: false; reason: SignatureProblem; skewS: number | null }

/**
 * What a message of the link is: part of what is signed, so that none passes for one of another kind. Both sides hold the
 * same secret, and without it an answer could be sent back as a request. A message without a label is one that the site
 * sends to the API by itself, or a notification: plain Standard Webhooks.
 */
export type MessageLabel = 'commands' | 'commands-answer' | 'poll-answer'

type Bytes = Uint8Array<ArrayBuffer>

/** Decodes canonical base64 only. Each byte sequence has one text, so any changed bit of a header is noticed. */
function decodeBase64(text: string): Bytes | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return null
  const binary = atob(text)
  if (btoa(binary) !== text) return null
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index)
  return bytes
}

function encodeBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

/** The key bytes of a `whsec_` secret (base64 of 24 to 64 bytes), or null if the text is not one. */
export function parseSigningSecret(secret: string): Bytes | null {
  if (!secret.startsWith(SECRET_PREFIX) || secret.length > 100) return null
  const bytes = decodeBase64(secret.slice(SECRET_PREFIX.length))
  return bytes && bytes.length >= SECRET_MIN_BYTES && bytes.length <= SECRET_MAX_BYTES ? bytes : null
}

/** A new random secret of 32 bytes, `whsec_…`. */
export function createSigningSecret(): string {
  return SECRET_PREFIX + encodeBase64(crypto.getRandomValues(new Uint8Array(NEW_SECRET_BYTES)))
}

/** Imported keys by secret, since an import costs more than a signature. */
const keys = new Map<string, CryptoKey>()
const MAX_KEYS = 1000

async function importSecret(secret: string): Promise<CryptoKey> {
  const known = keys.get(secret)
  if (known) return known
  const bytes = parseSigningSecret(secret)
  if (!bytes) throw new TypeError('A signing secret is not whsec_ + base64 of 24 to 64 bytes')
  const key = await crypto.subtle.importKey('raw', bytes, HMAC, false, ['sign', 'verify'])
  remember(keys, secret, key, MAX_KEYS)
  return key
}

function signedContent(
  label: MessageLabel | undefined,
  id: string,
  timestamp: string,
  body: string | Uint8Array,
): Bytes {
  const encoder = new TextEncoder()
  const head = encoder.encode(`${label === undefined ? '' : `${label}.`}${id}.${timestamp}.`)
  const tail = typeof body === 'string' ? encoder.encode(body) : body
  const content = new Uint8Array(head.length + tail.length)
  content.set(head)
  content.set(tail, head.length)
  return content
}

/**
 * The value of the `webhook-signature` header: one `v1,…` for each secret, separated by spaces. `timestamp` is Unix
 * seconds.
 * @throws TypeError for a malformed secret, and without secrets: a message is never sent unsigned
 */
export async function signMessage(message: {
  id: string
  timestamp: number
  body: string | Uint8Array
  secrets: readonly string[]
  label?: MessageLabel
}): Promise<string> {
  if (message.secrets.length === 0) throw new TypeError('A message needs at least one signing secret')
  const content = signedContent(message.label, message.id, String(message.timestamp), message.body)
  const signatures = message.secrets.map(async (secret) => {
    const mac = await crypto.subtle.sign('HMAC', await importSecret(secret), content)
    return `v1,${encodeBase64(new Uint8Array(mac))}`
  })
  return (await Promise.all(signatures)).join(' ')
}

function parseSignatures(header: string): Bytes[] {
  return header
    .split(' ', MAX_SIGNATURES)
    .flatMap((part) => (part.startsWith('v1,') ? [decodeBase64(part.slice('v1,'.length))] : []))
    .filter((bytes) => bytes !== null)
}

/** Compares with `crypto.subtle.verify`, whose time does not depend on where the bytes differ. */
async function matchesAny(secrets: readonly string[], signatures: Bytes[], content: Bytes): Promise<boolean> {
  for (const secret of secrets) {
    const key = await importSecret(secret)
    for (const signature of signatures) {
      if (await crypto.subtle.verify('HMAC', key, signature, content)) return true
    }
  }
  return false
}

/**
 * Verifies the three `webhook-*` headers against the raw body. One signature by one of the secrets is enough. `nowS` is
 * Unix seconds. With `toleranceS: null` any time is accepted and the skew is returned: the clock of a site may be wrong
 * (docs/protocol.md). The time is part of what is signed in any case.
 * @throws TypeError for a malformed secret
 */
export async function verifyMessage(input: {
  headers: Pick<Headers, 'get'>
  body: string | Uint8Array
  secrets: readonly string[]
  nowS: number
  toleranceS?: number | null
  /** What the message has to be. */
  label?: MessageLabel
}): Promise<Verification> {
  const { headers, body, secrets, nowS, toleranceS = SIGNATURE_TOLERANCE_S, label } = input
  const id = headers.get('webhook-id')?.trim()
  const timestamp = headers.get('webhook-timestamp')?.trim()
  const signature = headers.get('webhook-signature')?.trim()
  if (!id || !timestamp || !signature) return { ok: false, reason: 'signature_missing', skewS: null }

  if (!MESSAGE_ID.test(id)) return { ok: false, reason: 'webhook_id_invalid', skewS: null }
  if (!/^[0-9]{1,12}$/.test(timestamp)) return { ok: false, reason: 'timestamp_out_of_range', skewS: null }
  const timestampS = Number(timestamp)
  const skewS = timestampS - nowS
  if (toleranceS !== null && Math.abs(skewS) > toleranceS) return { ok: false, reason: 'timestamp_out_of_range', skewS }

  const matches = await matchesAny(secrets, parseSignatures(signature), signedContent(label, id, timestamp, body))
  return matches ? { ok: true, id, timestampS, skewS } : { ok: false, reason: 'signature_invalid', skewS }
}
