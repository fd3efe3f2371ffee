import { and, asc, eq, gte } from 'drizzle-orm'
import type { LiveState } from '../../contract/live.ts'
import type { Db } from '../../db/client.ts'
import { integrations, syncEvents } from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { firstEventIdAt, presentEvent } from '../events/index.ts'
import { describeContentTypes, presentedColumns, presentIntegration } from '../integrations/index.ts'
import { assertOriginAllowed } from '../people/index.ts'
import { assertKeyMayWrite } from '../site-calls.ts'
import { loadIntegration } from '../tenant.ts'
import { type Watcher, WATCHER_HEADER } from '../../site/rpc.ts'

/** Most events that are told of at once; whoever missed some finds them in the list. */
const MAX_EVENTS = 50

/**
 * What watchers of an integration are shown, in one round trip.
 * @param since milliseconds since 1970 from which on events are read
 * @returns null when the integration is gone
 */
export async function readLiveState(
  db: Db,
  { accountId, integrationId }: { accountId: string; integrationId: string },
  since: number,
): Promise<LiveState | null> {
  const [[row], events] = await db.batch([
    db
      .select(presentedColumns)
      .from(integrations)
      .where(and(eq(integrations.id, integrationId), eq(integrations.accountId, accountId)))
      .limit(1),
    db
      .select()
      .from(syncEvents)
      .where(
        and(
          eq(syncEvents.integrationId, integrationId),
          eq(syncEvents.accountId, accountId),
          gte(syncEvents.id, firstEventIdAt(since)),
        ),
      )
      .orderBy(asc(syncEvents.id))
      .limit(MAX_EVENTS),
  ])
  if (!row) return null
  return {
    contentTypes: describeContentTypes(row),
    integration: presentIntegration(row),
    events: events.map(presentEvent),
  }
}

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
  ctx: ServiceContext
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
