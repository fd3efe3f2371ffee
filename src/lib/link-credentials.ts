import * as z from 'zod'
import { isSealedWithOldKey, openSecret, sealSecret, type KeyRing } from './secrets.ts'

/** How long the secret before the newest one is accepted: the plugin, too, signs with both for an hour. */
const GRACE_MS = 3_600_000

/** Signing secrets of the link, newest first; the older one is accepted until `older_until`, in milliseconds since 1970. */
const Credentials = z.lazy(() =>
  z.object({ signing_secrets: z.array(z.string()).max(2), older_until: z.number().default(Infinity) }),
)

/** A row of an integration, as far as its credentials go. */
interface Sealed {
  id: string
  credentials: string | null
}

type Credentials = z.infer<typeof Credentials>

/** Enough for every site that one isolate serves; what has been opened is forgotten when there are more. */
const MAX_OPENED = 1000
/** Credentials that were opened before, by row and ciphertext: each key ring has its own, as it decides what opens. */
const openedBy = new WeakMap<KeyRing, Map<string, Credentials>>()

const rowOf = (integrationId: string) => `integrations/${integrationId}`

/**
 * Seals the link's secrets for this integration's row alone.
 * @param signingSecrets newest first; of those behind the first, one is kept for its grace period
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
  if (opened.size >= MAX_OPENED) opened.clear()
  opened.set(`${row} ${sealed}`, credentials)
  return credentials
}

/** The link's signing secrets that are valid now, newest first; empty before the plugin has connected. */
export async function openSigningSecrets(ring: KeyRing, integration: Sealed, now: number): Promise<string[]> {
  if (integration.credentials === null) return []
  const { signing_secrets: secrets, older_until: olderUntil } = await openCredentials(
    ring,
    integration.credentials,
    rowOf(integration.id),
  )
  return now < olderUntil ? secrets : secrets.slice(0, 1)
}

/** The same credentials under the current encryption key, or null when they already are. */
export async function resealCredentials(ring: KeyRing, integration: Sealed): Promise<string | null> {
  if (integration.credentials === null || !isSealedWithOldKey(ring, integration.credentials)) return null
  const row = rowOf(integration.id)
  return sealSecret(ring, await openSecret(ring, integration.credentials, row), row)
}
