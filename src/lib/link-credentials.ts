import * as z from 'zod'
import { isSealedWithOldKey, openSecret, sealSecret, type KeyRing } from './secrets.ts'

/** Signing secrets of the link, newest first; the older one is kept while the plugin may still sign with it. */
const Credentials = z.lazy(() => z.object({ signing_secrets: z.array(z.string()).max(2) }))

const rowOf = (integrationId: string) => `integrations/${integrationId}`

/** Seals the link's secrets for this integration's row alone. */
export const sealCredentials = (ring: KeyRing, integrationId: string, signingSecrets: string[]) =>
  sealSecret(ring, JSON.stringify({ signing_secrets: signingSecrets.slice(0, 2) }), rowOf(integrationId))

/** The link's signing secrets, newest first; empty before the plugin has connected. */
export async function openSigningSecrets(
  ring: KeyRing,
  integration: { id: string; credentials: string | null },
): Promise<string[]> {
  if (integration.credentials === null) return []
  const opened = await openSecret(ring, integration.credentials, rowOf(integration.id))
  return Credentials.parse(JSON.parse(opened)).signing_secrets
}

/** The same credentials under the current encryption key, or null when they already are. */
export async function resealCredentials(
  ring: KeyRing,
  integration: { id: string; credentials: string | null },
): Promise<string | null> {
  if (integration.credentials === null || !isSealedWithOldKey(ring, integration.credentials)) return null
  return sealCredentials(ring, integration.id, await openSigningSecrets(ring, integration))
}
