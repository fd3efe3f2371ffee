import type { WebhookAccepted } from '../../contract/webhooks.ts'
import { toCallingKey } from '../calling-key.ts'
import type { Actor, Context } from '../context.ts'
import { unwrap } from '../integrations/unwrap.ts'

type ApiKeyActor = Extract<Actor, { kind: 'api_key' }>

/** What a signature is made of; nothing else of a request reaches the object. */
export const SIGNED_HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const

/**
 * Hands a webhook to its site's object, which has stored it when this returns. The key names the site, so that nobody
 * else is asked.
 * @param input `body`: the bytes that were signed, as text
 * @throws ServiceError `signature_missing`, `timestamp_out_of_range`, `signature_invalid`, `integration_not_found`,
 *   `api_key_revoked`
 */
export async function receiveWebhook({
  ctx,
  input,
}: {
  ctx: Context<ApiKeyActor>
  input: { headers: Headers; body: string }
}): Promise<WebhookAccepted> {
  const { siteId } = ctx.actor
  const headers = Object.fromEntries(SIGNED_HEADERS.map((name) => [name, input.headers.get(name) ?? '']))
  const received = await ctx.site(siteId).receiveWebhook(toCallingKey(ctx), { headers, body: input.body })
  return { accepted: true, duplicate: unwrap(received).isRepeat }
}
