import type { WebhookAccepted } from '../../contract/webhooks.ts'
import type { ApiKeyActor, ServiceContext } from '../context.ts'
import { toCallingKey, unwrap } from '../site-calls.ts'
import { SIGNED_HEADERS } from '../../lib/signature.ts'
import type { SignedAnswer } from '../../site/rpc.ts'

/** The headers that the object needs to verify the signature. No other header reaches it. */
const signedHeaders = (headers: Headers) =>
  Object.fromEntries(SIGNED_HEADERS.map((name) => [name, headers.get(name) ?? '']))

/**
 * Passes a webhook to its site's object, which has stored it when this returns. The API key names the site, so D1 is
 * not read.
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
  const headers = signedHeaders(input.headers)
  const received = await ctx.site(siteId).receiveWebhook(toCallingKey(ctx), { headers, body: input.body })
  return { accepted: true, duplicate: unwrap(received).isRepeat }
}

/**
 * Passes a site's poll to its object. The object has stored the results in it when this returns, and answers with the
 * next commands.
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
  const headers = signedHeaders(input.headers)
  const message = { headers, body: input.body }
  return unwrap(await ctx.site(ctx.actor.siteId).poll(toCallingKey(ctx), input.id, message))
}
