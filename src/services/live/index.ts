import { and, asc, eq, gte } from 'drizzle-orm'
import type { LiveState } from '../../contract/live.ts'
import type { Db } from '../../db/client.ts'
import { readAll } from '../../db/events/read-all.ts'
import { syncEvents } from '../../db/events/schema.ts'
import type { EventShards } from '../../db/events/shards.ts'
import { integrations } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
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

interface LiveDatabases {
  db: Db
  events: EventShards
}

/** Events since a time. None while their database is away: the rest of the state is shown all the same. */
async function readEvents({ events }: LiveDatabases, accountId: string, integrationId: string, since: number) {
  const recent = and(
    eq(syncEvents.integrationId, integrationId),
    eq(syncEvents.accountId, accountId),
    gte(syncEvents.id, firstEventIdAt(since)),
  )
  try {
    return await readAll(
      await events.of(accountId),
      (shard) => shard.select().from(syncEvents).where(recent).orderBy(asc(syncEvents.id)).limit(MAX_EVENTS),
      { key: ({ id }) => id, descending: false, limit: MAX_EVENTS },
    )
  } catch (cause) {
    log.warn('events not readable', { integration_id: integrationId, cause })
    return []
  }
}

/**
 * The live state of an integration, in one round trip.
 * @param since reads events from this time on, in milliseconds since 1970
 * @returns null if the integration was deleted
 */
export async function readLiveState(
  databases: LiveDatabases,
  { accountId, integrationId }: { accountId: string; integrationId: string },
  since: number,
): Promise<LiveState | null> {
  const [[row], events] = await Promise.all([
    databases.db
      .select(presentedColumns)
      .from(integrations)
      .where(and(eq(integrations.id, integrationId), eq(integrations.accountId, accountId)))
      .limit(1),
    readEvents(databases, accountId, integrationId, since),
  ])
  if (!row) return null
  return {
    contentTypes: describeContentTypes(row),
    integration: presentIntegration(row),
    events: events.map((event) => presentEvent(event)),
  }
}

/** Lifetime of a connection. Access is checked when it opens, so it must be reopened regularly. */
export const WATCH_MS = 10 * 60_000
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
