import type { SignedAnswer } from '../../site/rpc.ts'
import { toCallingKey } from '../calling-key.ts'
import type { Actor, Context } from '../context.ts'
import { unwrap } from '../integrations/unwrap.ts'
import { SIGNED_HEADERS } from '../webhooks/receive.ts'

type ApiKeyActor = Extract<Actor, { kind: 'api_key' }>

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
  ctx: Context<ApiKeyActor>
  input: { id: string; headers: Headers; body: string }
}): Promise<SignedAnswer> {
  const headers = Object.fromEntries(SIGNED_HEADERS.map((name) => [name, input.headers.get(name) ?? '']))
  const message = { headers, body: input.body }
  return unwrap(await ctx.site(ctx.actor.siteId).poll(toCallingKey(ctx), input.id, message))
}
