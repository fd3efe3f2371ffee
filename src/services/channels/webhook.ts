import { allowsLoopback } from '../../config.ts'
import { log } from '../../lib/log.ts'
import { postJson } from '../../lib/outbound-http.ts'
import { type KeyRing, openSecret, sealSecret } from '../../lib/secrets.ts'
import { signMessage } from '../../lib/signature.ts'
import { failure, type Outcome, webhookOutcome } from './outcome.ts'
import type { ServiceContext } from '../context.ts'

const rowOf = (endpointId: string) => `notification_endpoints/${endpointId}`

/** The columns of an endpoint's signing secrets, sealed so that they open only in its own row. */
export async function sealSecrets(ring: KeyRing, endpointId: string, secrets: string[]) {
  const sealed = await sealSecret(ring, JSON.stringify(secrets), rowOf(endpointId))
  return { secrets: sealed, sealedWith: ring.currentId }
}

/** All stored secrets, newest first. @throws Error as {@link openSecret} */
export async function openSecrets(ring: KeyRing, row: { id: string; secrets: string }): Promise<string[]> {
  return JSON.parse(await openSecret(ring, row.secrets, rowOf(row.id))) as string[]
}

interface Rotating {
  id: string
  secrets: string
  previousSecretUntil: Date | null
}

/** The secrets that sign a message now: the newest, and the previous one during its grace period. */
async function activeSecrets(ring: KeyRing, row: Rotating, now: number): Promise<string[]> {
  const secrets = await openSecrets(ring, row)
  return (row.previousSecretUntil?.getTime() ?? 0) > now ? secrets : secrets.slice(0, 1)
}

const TIMEOUT_MS = 10_000

interface Target {
  id: string
  url: string
  secrets: string
  previousSecretUntil: Date | null
}

/**
 * Sends one message to an endpoint, signed by every active secret (Standard Webhooks).
 * @param input.id the `webhook-id`, the same for every attempt
 */
export async function sendWebhook({
  ctx,
  input: { endpoint, id, body },
}: {
  ctx: Pick<ServiceContext, 'config' | 'now'>
  input: { endpoint: Target; id: string; body: string }
}): Promise<Outcome> {
  const now = ctx.now()
  const timestamp = Math.floor(now / 1000)
  let secrets: string[]
  try {
    secrets = await activeSecrets(ctx.config.keyRing, endpoint, now)
  } catch (cause) {
    log.error('signing secret not readable', { endpoint: endpoint.id, cause })
    return failure('secret_unreadable', 'The secret was sealed with a key that this server no longer has.')
  }
  const result = await postJson({
    url: endpoint.url,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': await signMessage({ id, timestamp, body, secrets }),
    },
    body,
    timeoutMs: TIMEOUT_MS,
    allowLoopback: allowsLoopback(ctx.config),
    now,
  })
  return webhookOutcome(result, URL.parse(endpoint.url)?.host ?? 'The host')
}
