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
import { type Subscriber, SUBSCRIBER_HEADER } from '../../site/rpc.ts'

/** Most events in one message. Older ones are in the list of events. */
const MAX_EVENTS = 50

/**
 * The live state of an integration, in one round trip.
 * @param since reads events from this time on, in milliseconds since 1970
 * @returns null if the integration was deleted
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
    events: events.map((event) => presentEvent(event)),
  }
}

/** Lifetime of a connection. Access is checked when it opens, so it must be reopened regularly. */
const WATCH_MS = 10 * 60_000
const RETRY_AFTER_S = 60
const SWITCHING = 101

/**
 * Opens a live connection to the site's object. A revoked key is refused at once, even if KV still has it as active.
 * @returns the answer 101, with the WebSocket
 * @throws ServiceError `integration_not_found`, `origin_not_allowed`, `upgrade_required`, `api_key_revoked`,
 *   `too_many_requests` if the site has the maximum of connections
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
  const watcher: Subscriber = { accountId, siteId, integrationId: id, keyId, until: ctx.now() + WATCH_MS }
  const opening = { upgrade: 'websocket', [SUBSCRIBER_HEADER]: JSON.stringify(watcher) }
  const answer = await ctx.site(siteId).fetch(new Request('https://site/live', { headers: opening }))
  if (answer.status !== SWITCHING) {
    throw new ServiceError('too_many_requests', 'The site has reached its limit of live connections.', {
      retryAfterS: RETRY_AFTER_S,
    })
  }
  // a new response: middleware adds headers, and the object's response is immutable
  return new Response(null, { status: SWITCHING, webSocket: answer.webSocket })
}
