import { sql } from 'drizzle-orm'
import type { Activity, ActivityDay } from '../../contract/activity.ts'
import type { Context } from '../context.ts'
import { loadIntegration } from '../integrations/internal.ts'
import { firstEventIdAt } from './internal.ts'

const DAY_MS = 86_400_000

/** A day as the query counts it; `median` and `max` in milliseconds. */
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
 * One row a day. Of each run its last event counts: earlier ones tell of attempts that were repeated. Bounded by the key, whose
 * second part begins with the time.
 */
const activityQuery = (accountId: string, integrationId: string, since: number) => sql<DayRow>`
  WITH told AS (
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
    FROM told WHERE back = 1
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
 * What an integration did on each of the last days (UTC), oldest first, in one query.
 * @throws ServiceError `integration_not_found`
 */
export async function listActivity({
  ctx,
  input,
}: {
  ctx: Context
  input: { id: string; days: number }
}): Promise<Activity> {
  const { accountId, id } = await loadIntegration({ ctx, id: input.id })
  const today = Math.floor(ctx.now() / DAY_MS) * DAY_MS
  const dates = Array.from({ length: input.days }, (_, index) => today - (input.days - 1 - index) * DAY_MS)
  const rows = await ctx.db.all<DayRow>(activityQuery(accountId, id, dates[0] ?? today))
  const byDay = new Map(rows.map((row) => [row.day, row]))
  return { days: dates.map((ms) => presentDay(dayOf(ms), byDay.get(dayOf(ms)))) }
}
