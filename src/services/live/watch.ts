import { WATCHER_HEADER, type Watcher } from '../../site/rpc.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { assertKeyMayWrite } from '../integrations/assert-key.ts'
import { loadIntegration } from '../integrations/internal.ts'
import { assertOriginAllowed } from '../people/origin.ts'

/** Access is checked when a connection opens; after this it has to be opened anew. */
const WATCH_MS = 10 * 60_000
const RETRY_AFTER_S = 60
const SWITCHING = 101

/**
 * Opens a live connection to the site's object. A revoked key is refused at once, whatever the edge still believes of it.
 * @returns the answer 101, with the WebSocket
 * @throws ServiceError `integration_not_found`, `origin_not_allowed`, `upgrade_required`, `api_key_revoked`,
 *   `too_many_requests` when the site has all the watchers it may have
 */
export async function watchIntegration({
  ctx,
  input,
}: {
  ctx: Context
  input: { id: string; headers: Headers }
}): Promise<Response> {
  const { id, headers } = input
  assertOriginAllowed(ctx.config, headers)
  const { accountId, siteId } = await loadIntegration({ ctx, id })
  await assertKeyMayWrite(ctx)
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') throw new ServiceError('upgrade_required')
  const keyId = ctx.actor.kind === 'api_key' ? ctx.actor.keyId : null
  const watcher: Watcher = { accountId, siteId, integrationId: id, keyId, until: ctx.now() + WATCH_MS }
  const opening = { upgrade: 'websocket', [WATCHER_HEADER]: JSON.stringify(watcher) }
  const answer = await ctx.site(siteId).fetch(new Request('https://site/live', { headers: opening }))
  if (answer.status !== SWITCHING) {
    throw new ServiceError('too_many_requests', 'The site has all the live connections that it may have.', {
      retryAfterS: RETRY_AFTER_S,
    })
  }
  // its own answer, since middleware adds headers
  return new Response(null, { status: SWITCHING, webSocket: answer.webSocket })
}
