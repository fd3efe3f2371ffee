import { postJson } from '../../lib/post.ts'
import { log } from '../../lib/log.ts'
import { signMessage } from '../../lib/signature.ts'
import type { Context } from '../context.ts'
import { allowsLoopback } from '../endpoints/internal.ts'
import { activeSecrets } from '../endpoints/secrets.ts'
import { failure, webhookOutcome, type Outcome } from './outcome.ts'

const TIMEOUT_MS = 10_000

interface Target {
  id: string
  url: string
  secrets: string
  previousSecretUntil: Date | null
}

/**
 * Sends one message to an endpoint, signed as Standard Webhooks says, by every secret that is valid now.
 * @param input.id the `webhook-id`, the same for every attempt
 */
export async function sendWebhook({
  ctx,
  input: { endpoint, id, body },
}: {
  ctx: Pick<Context, 'config' | 'now'>
  input: { endpoint: Target; id: string; body: string }
}): Promise<Outcome> {
  const now = ctx.now()
  const timestamp = Math.floor(now / 1000)
  let secrets: string[]
  try {
    secrets = await activeSecrets(ctx.config.keyRing, endpoint, now)
  } catch (cause) {
    log.error('signing secret not readable', { endpoint: endpoint.id, cause })
    return failure('secret_unreadable', 'The secret was sealed with a key that this server does not have any more.')
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
    allowLoopback: allowsLoopback(ctx),
    now,
  })
  return webhookOutcome(result, URL.parse(endpoint.url)?.host ?? 'The host')
}
