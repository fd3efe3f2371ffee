import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { Activity, ActivityDay } from '../../contract/activity.ts'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { EventFilter, SyncEvent } from '../../contract/sync.ts'
import { readAll } from '../../db/events/read-all.ts'
import { syncEvents } from '../../db/events/schema.ts'
import type { Shard } from '../../db/events/shards.ts'
import { onEach } from '../retention/index.ts'
import { loadActorNames, type Names, presentActor } from '../actors.ts'
import type { ServiceContext } from '../context.ts'
import { loadIntegration, tenantFilter } from '../tenant.ts'
import { readCursor, toPage } from '../wire.ts'

const NOBODY: Names = new Map()

/** The wire's shape of a sync event. Live messages have no names: their recipients' rights may end meanwhile. */
export function presentEvent(row: typeof syncEvents.$inferSelect, names: Names = NOBODY): SyncEvent {
  return {
    id: row.id,
    integration_id: row.integrationId,
    run_id: row.runId,
    action: row.action,
    direction: row.direction,
    success: row.success,
    code: row.code,
    detail: row.detail,
    actor: row.actor === null ? null : presentActor(row.actor, names),
    item_ids: row.itemIds,
    counts: row.counts,
    started_at: row.startedAt.toISOString(),
    finished_at: row.finishedAt.toISOString(),
  }
}

/** Sorts before every event id of this moment (milliseconds since 1970): ids are UUIDv7, which begin with the time. */
export const firstEventIdAt = (ms: number) => `evt_${Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0')}`

type ListInput = ListQuery & EventFilter & { id: string }

/**
 * An integration's sync events, newest first.
 * @throws ServiceError `integration_not_found`, `invalid_cursor`
 */
export async function listEvents({ ctx, input }: { ctx: ServiceContext; input: ListInput }): Promise<Page<SyncEvent>> {
  const before = readCursor(input.cursor)
  const { accountId } = await loadIntegration({ ctx, id: input.id })
  const { action, success, run_id: runId, item_id: itemId, direction } = input
  const conditions = and(
    eq(syncEvents.integrationId, input.id),
    tenantFilter(ctx.actor, syncEvents),
    before === null ? undefined : lt(syncEvents.id, before),
    // a literal, so that the partial index of failures is used
    success === undefined ? undefined : sql`${syncEvents.success} = ${sql.raw(success ? '1' : '0')}`,
    action === undefined ? undefined : eq(syncEvents.action, action),
    runId === undefined ? undefined : eq(syncEvents.runId, runId),
    direction === undefined ? undefined : eq(syncEvents.direction, direction),
    // reads the integration's events, of which there are so many at most as are kept of one
    itemId === undefined
      ? undefined
      : sql`EXISTS (SELECT 1 FROM json_each(${syncEvents.itemIds}) WHERE value = ${itemId})`,
  )
  const limit = input.limit + 1
  const rows = await readAll(
    await ctx.events.of(accountId),
    (shard) => shard.select().from(syncEvents).where(conditions).orderBy(desc(syncEvents.id)).limit(limit),
    { key: ({ id }) => id, descending: true, limit },
  )
  const names = await loadActorNames(
    ctx,
    rows.map(({ actor }) => actor),
  )
  return toPage(rows, input.limit, (row) => presentEvent(row, names))
}

const DAY_MS = 86_400_000

/** One row of {@link activityQuery}; `median` and `max` in milliseconds. */
interface DayRow {
  day: string
  runs: number
  succeeded: number
  failed: number
  cancelled: number
  median: number | null
  max: number | null
  changed: number
  webhooks: number
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

/**
 * One row per day. Of each run only the last event counts; earlier ones are of attempts that were retried. Reads a
 * range of the primary key, because event ids begin with their time.
 */
const activityQuery = (accountId: string, integrationId: string, since: number) => sql<DayRow>`
  WITH selected AS (
    SELECT id, run_id, action, success, code, counts, finished_at - started_at AS ms,
      date(finished_at / 1000, 'unixepoch') AS day,
      row_number() OVER (PARTITION BY ifnull(run_id, id) ORDER BY id DESC) AS back
    FROM sync_events
    WHERE integration_id = ${integrationId} AND account_id = ${accountId} AND id >= ${firstEventIdAt(since)}
      AND action IN ('sync', 'sync_item', 'webhook')
  ), counted AS (
    SELECT *, action = 'sync' AS is_run,
      row_number() OVER (PARTITION BY day, action ORDER BY ms) AS rank,
      count(*) OVER (PARTITION BY day, action) AS n
    FROM selected WHERE back = 1
  )
  SELECT day,
    sum(is_run) AS runs,
    sum(is_run AND success) AS succeeded,
    sum(is_run AND NOT success AND code <> 'cancelled') AS failed,
    sum(is_run AND NOT success AND code = 'cancelled') AS cancelled,
    avg(CASE WHEN is_run AND rank IN ((n + 1) / 2, (n + 2) / 2) THEN ms END) AS median,
    max(CASE WHEN is_run THEN ms END) AS max,
    sum(ifnull(counts ->> 'created', 0) + ifnull(counts ->> 'updated', 0) + ifnull(counts ->> 'deleted', 0)) AS changed,
    sum(CASE WHEN action = 'webhook' THEN ifnull(counts ->> 'webhooks', 1) ELSE 0 END) AS webhooks
  FROM counted GROUP BY day`

function presentDay(date: string, row: DayRow | undefined): ActivityDay {
  const whole = (ms: number | null | undefined) => (ms == null ? null : Math.max(0, Math.round(ms)))
  return {
    date,
    runs: row?.runs ?? 0,
    succeeded: row?.succeeded ?? 0,
    failed: row?.failed ?? 0,
    cancelled: row?.cancelled ?? 0,
    duration_ms_median: whole(row?.median),
    duration_ms_max: whole(row?.max),
    items_changed: row?.changed ?? 0,
    webhooks: row?.webhooks ?? 0,
  }
}

/**
 * A day of two databases, while the account is moved. Both count an event that is just being copied, and the median is
 * that of the part with more runs.
 */
function addDays(one: DayRow | undefined, other: DayRow): DayRow {
  if (!one) return other
  return {
    day: one.day,
    runs: one.runs + other.runs,
    succeeded: one.succeeded + other.succeeded,
    failed: one.failed + other.failed,
    cancelled: one.cancelled + other.cancelled,
    median: one.runs >= other.runs ? one.median : other.median,
    max: Math.max(one.max ?? 0, other.max ?? 0),
    changed: one.changed + other.changed,
    webhooks: one.webhooks + other.webhooks,
  }
}

/**
 * An integration's activity on each of the last days (UTC), oldest first, in one query.
 * @throws ServiceError `integration_not_found`
 */
export async function listActivity({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; days: number }
}): Promise<Activity> {
  const { accountId, id } = await loadIntegration({ ctx, id: input.id })
  const today = Math.floor(ctx.now() / DAY_MS) * DAY_MS
  const dates = Array.from({ length: input.days }, (_, index) => today - (input.days - 1 - index) * DAY_MS)
  const { read } = await ctx.events.of(accountId)
  const byDay = new Map<string, DayRow>()
  for (const shard of read) {
    for (const row of await shard.all<DayRow>(activityQuery(accountId, id, dates[0] ?? today)))
      byDay.set(row.day, addDays(byDay.get(row.day), row))
  }
  return { days: dates.map((ms) => presentDay(dayOf(ms), byDay.get(dayOf(ms)))) }
}

interface PruneInput {
  shards: readonly Shard[]
  /** Milliseconds since 1970. */
  now: number
  /** How long an event is kept, in milliseconds. */
  retentionMs: number
  /** Most rows to delete from each database. */
  limit: number
}

/** Deletes events older than the retention, oldest first. @returns how many */
export async function pruneEvents({ shards, now, retentionMs, limit }: PruneInput): Promise<number> {
  const expired = sql`SELECT ${syncEvents.integrationId}, ${syncEvents.id} FROM ${syncEvents}
    WHERE ${syncEvents.id} < ${firstEventIdAt(now - retentionMs)} ORDER BY ${syncEvents.id} LIMIT ${limit}`
  return onEach(shards, async ({ db }) => {
    const { meta } = await db
      .delete(syncEvents)
      .where(sql`(${syncEvents.integrationId}, ${syncEvents.id}) IN (${expired})`)
    return meta.changes
  })
}

/** Events of one integration; older ones are deleted even before their time. */
export const MOST_EVENTS = 10_000
/** Where the busiest integrations are looked for: among the newest events. */
const NEWEST = 60
/** Integrations that a tick looks at, in each database. */
const LOOKED_AT = 3

/**
 * Deletes the oldest events of integrations that have more than {@link MOST_EVENTS}. A tick looks at a few, chosen by
 * chance among those that wrote last: the more one writes, the sooner it is chosen.
 * @returns how many
 */
export async function trimEvents({ shards, limit }: Pick<PruneInput, 'shards' | 'limit'>): Promise<number> {
  const last = sql`SELECT integration_id FROM ${syncEvents} ORDER BY ${syncEvents.id} DESC LIMIT ${NEWEST}`
  const some = sql`SELECT integration_id FROM (${last}) GROUP BY 1 ORDER BY abs(random()) / count(*) LIMIT ${LOOKED_AT}`
  const beyond = sql`SELECT old.integration_id, old.id FROM (${some}) AS busy
    JOIN sync_events AS old ON old.integration_id = busy.integration_id AND old.id <= (
      SELECT id FROM sync_events AS kept WHERE kept.integration_id = busy.integration_id
      ORDER BY id DESC LIMIT 1 OFFSET ${MOST_EVENTS}) LIMIT ${limit}`
  return onEach(shards, async ({ db }) => {
    const { meta } = await db
      .delete(syncEvents)
      .where(sql`(${syncEvents.integrationId}, ${syncEvents.id}) IN (${beyond})`)
    return meta.changes
  })
}
