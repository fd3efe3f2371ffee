import type { WebhookAccepted } from '../../contract/webhooks.ts'
import type { ApiKeyActor, ServiceContext } from '../context.ts'
import { toCallingKey, unwrap } from '../site-calls.ts'
import type { SignedAnswer } from '../../site/rpc.ts'

/** What a signature is made of; nothing else of a request reaches the object. */
const SIGNED_HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const

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
  ctx: ServiceContext<ApiKeyActor>
  input: { headers: Headers; body: string }
}): Promise<WebhookAccepted> {
  const { siteId } = ctx.actor
  const headers = Object.fromEntries(SIGNED_HEADERS.map((name) => [name, input.headers.get(name) ?? '']))
  const received = await ctx.site(siteId).receiveWebhook(toCallingKey(ctx), { headers, body: input.body })
  return { accepted: true, duplicate: unwrap(received).isRepeat }
}

/**
 * Hands a call of a site to its object: its results are stored when this returns, and the answer says what it is to do.
 * @param input `body`: the bytes that were signed, as text
 * @throws ServiceError `signature_missing`, `timestamp_out_of_range`, `signature_invalid`, `integration_not_found`,
 *   `api_key_revoked`
 */
export async function receivePoll({
  ctx,
  input,
}: {
  ctx: ServiceContext<ApiKeyActor>
  input: { id: string; headers: Headers; body: string }
}): Promise<SignedAnswer> {
  const headers = Object.fromEntries(SIGNED_HEADERS.map((name) => [name, input.headers.get(name) ?? '']))
  const message = { headers, body: input.body }
  return unwrap(await ctx.site(ctx.actor.siteId).poll(toCallingKey(ctx), input.id, message))
}
