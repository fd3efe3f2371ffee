import * as z from 'zod'
import { remember } from './remember.ts'
import { isSealedWithOldKey, openSecret, sealSecret, type KeyRing } from './secrets.ts'

/** How long the previous secret stays valid after a rotation. The plugin, too, signs with both for an hour. */
const GRACE_MS = 3_600_000

/**
 * An integration's signing secrets, newest first. The older one is valid until `older_until`, in milliseconds since
 * 1970.
 */
const Credentials = z.lazy(() =>
  z.object({ signing_secrets: z.array(z.string()).max(2), older_until: z.number().default(Infinity) }),
)

/** The columns of an integration that are needed to open its credentials. */
interface Sealed {
  id: string
  credentials: string | null
}

type Credentials = z.infer<typeof Credentials>

/** Size of the cache. It is emptied when it is full. */
const MAX_OPENED = 1000
/**
 * Decrypted credentials by row and ciphertext. Each key ring has its own cache, because it decides what can be
 * decrypted.
 */
const openedBy = new WeakMap<KeyRing, Map<string, Credentials>>()

const rowOf = (integrationId: string) => `integrations/${integrationId}`

/**
 * Encrypts an integration's signing secrets, bound to its row.
 * @param signingSecrets newest first; the second is kept for its grace period, others are dropped
 */
export function sealCredentials(ring: KeyRing, integrationId: string, signingSecrets: string[], now: number) {
  const credentials = { signing_secrets: signingSecrets.slice(0, 2), older_until: now + GRACE_MS }
  return sealSecret(ring, JSON.stringify(credentials), rowOf(integrationId))
}

async function openCredentials(ring: KeyRing, sealed: string, row: string): Promise<Credentials> {
  const opened = openedBy.get(ring) ?? new Map<string, Credentials>()
  openedBy.set(ring, opened)
  const known = opened.get(`${row} ${sealed}`)
  if (known) return known
  const credentials = Credentials.parse(JSON.parse(await openSecret(ring, sealed, row)))
  remember(opened, `${row} ${sealed}`, credentials, MAX_OPENED)
  return credentials
}

/** Decrypts the signing secrets that are valid now, newest first; empty before the plugin has connected. */
export async function openSigningSecrets(ring: KeyRing, integration: Sealed, now: number): Promise<string[]> {
  if (integration.credentials === null) return []
  const { signing_secrets: secrets, older_until: olderUntil } = await openCredentials(
    ring,
    integration.credentials,
    rowOf(integration.id),
  )
  return now < olderUntil ? secrets : secrets.slice(0, 1)
}

/** Encrypts credentials again with the current key; null if they already use it. */
export async function resealCredentials(ring: KeyRing, integration: Sealed): Promise<string | null> {
  if (integration.credentials === null || !isSealedWithOldKey(ring, integration.credentials)) return null
  const row = rowOf(integration.id)
  return sealSecret(ring, await openSecret(ring, integration.credentials, row), row)
}
