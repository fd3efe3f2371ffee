import { and, eq, lte, sql } from 'drizzle-orm'
import { describeReason, type Connection } from '../../contract/health.ts'
import type { ConnectionChange } from '../../contract/notifications.ts'
import type { Config } from '../../config.ts'
import type { Db } from '../../db/client.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { connectionWatch } from '../../db/schema/index.ts'
import type { IdPrefix } from '../../lib/ids.ts'
import { summarize } from './message.ts'
import { postMessage } from './post-message.ts'
import { readAccount, type AccountNews, type DueChange } from './read-account.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const ORPHANS_AFTER_MS = 24 * HOUR_MS
/** Of the two megabytes that a row may have. */
const MOST_BYTES = 900_000

/** On the way to a state: what it leads to is told, not that it is under way. */
const PASSING: ReadonlySet<Connection> = new Set(['not_connected', 'authenticating', 'structure_syncing'])

interface SettleContext {
  db: Db
  config: Pick<Config, 'email'>
  newId: (prefix: IdPrefix) => string
}

/** What became of an account's changes: told, put off until its next message, or nothing to tell. */
export type Settled = 'told' | 'postponed' | 'nothing' | 'elsewhere'

/**
 * When an account may get its next message: n² minutes after the last one if there were n within the hour. So one after
 * a while of quiet goes out at once, and there are six an hour at most.
 * @returns milliseconds since 1970
 */
function nextSlot({ messagesOfHour, lastMessageAt }: AccountNews): number {
  return lastMessageAt === null ? 0 : lastMessageAt + messagesOfHour ** 2 * MINUTE_MS
}

function presentChange(row: DueChange): ConnectionChange {
  return {
    integration_id: row.integrationId,
    site_id: row.siteId,
    site_name: row.siteName,
    site_url: row.siteUrl,
    from: row.told,
    to: row.connection,
    reason: row.reason === null ? null : { code: row.reason, ...describeReason(row.reason) },
    since: row.since?.toISOString() ?? null,
    times: row.changes,
  }
}

/** As many of the changes as one message takes. */
function fitting(rows: readonly DueChange[]): DueChange[] {
  let bytes = 0
  // names and addresses of other alphabets take up to three bytes a character
  return rows.filter((row) => (bytes += 600 + 3 * (row.siteUrl.length + row.siteName.length)) <= MOST_BYTES)
}

/** Takes note of what is settled; a change that came after it was read stays due. */
function settleRows({ db }: SettleContext, accountId: string, rows: readonly DueChange[], toldAt: number | null) {
  const settled = rows.map((row) => ({
    id: row.integrationId,
    changes: row.changes,
    told: PASSING.has(row.connection) ? row.told : row.connection,
  }))
  const isWindowOpen = sql`${connectionWatch.windowAt} > ${(toldAt ?? 0) - HOUR_MS}`
  const window = toldAt !== null && {
    windowCount: sql`CASE WHEN ${isWindowOpen} THEN ${connectionWatch.windowCount} + 1 ELSE 1 END`,
    windowAt: sql`CASE WHEN ${isWindowOpen} THEN ${connectionWatch.windowAt} ELSE ${toldAt} END`,
  }
  return db
    .update(connectionWatch)
    .set({
      told: sql`settled.told`,
      changes: sql`max(0, ${connectionWatch.changes} - settled.changes)`,
      dueAt: sql`CASE WHEN ${connectionWatch.changes} = settled.changes THEN NULL ELSE ${connectionWatch.dueAt} END`,
      ...window,
    })
    .from(
      // as JSON: a query has a hundred parameters
      sql`(SELECT value ->> 'id' AS id, value ->> 'changes' AS changes, value ->> 'told' AS told
        FROM json_each(${JSON.stringify(settled)})) AS settled`,
    )
    .where(and(eq(connectionWatch.integrationId, sql`settled.id`), eq(connectionWatch.accountId, accountId)))
}

const postpone = ({ db }: SettleContext, accountId: string, now: number, until: number) =>
  db
    .update(connectionWatch)
    .set({ dueAt: new Date(until) })
    .where(and(eq(connectionWatch.accountId, accountId), lte(connectionWatch.dueAt, new Date(now))))

async function tell(ctx: SettleContext, accountId: string, news: AccountNews, rows: DueChange[], now: number) {
  const shown = fitting(rows)
  const more = news.dueCount - news.due.length + (rows.length - shown.length)
  const changes = shown.map(presentChange)
  const message = {
    type: 'connection.changed',
    timestamp: new Date(now).toISOString(),
    data: { account_id: accountId, changes, more },
  } as const
  const input = {
    accountId,
    seq: news.seq + 1,
    message,
    summary: summarize(changes, more),
    changes: changes.length,
    endpointIds: news.endpointIds,
    userIds: ctx.config.email ? news.userIds : [],
  }
  try {
    await ctx.db.batch([...postMessage({ ...ctx, now }, input), settleRows(ctx, accountId, shown, now)])
    return 'told'
  } catch (error) {
    if (isUniqueViolation(error, 'notification_messages')) return 'elsewhere'
    throw error
  }
}

/**
 * Tells an account what has changed and lasted: one message with all its changes, or none before its next slot. The
 * message, its deliveries and the note that it was told are one transaction, and of two at once one wins.
 */
export async function settleAccount({
  ctx,
  input: { accountId, now },
}: {
  ctx: SettleContext
  input: { accountId: string; now: number }
}): Promise<Settled> {
  const news = await readAccount({ db: ctx.db, accountId, now })
  const hasRecipient = news.endpointIds.length > 0 || (ctx.config.email !== null && news.userIds.length > 0)
  const isNews = ({ told, connection }: DueChange) => told !== connection && !PASSING.has(connection)
  const toTell = hasRecipient ? news.due.filter(isNews) : []
  const quiet = hasRecipient ? news.due.filter((row) => !isNews(row)) : news.due
  // of integrations that are gone; they would be found again with every tick
  if (news.due.length === 0) await postpone(ctx, accountId, now, now + ORPHANS_AFTER_MS)
  if (quiet.length > 0) await settleRows(ctx, accountId, quiet, null)
  if (toTell.length === 0) return 'nothing'
  const slot = nextSlot(news)
  if (slot <= now) return tell(ctx, accountId, news, toTell, now)
  await postpone(ctx, accountId, now, slot)
  return 'postponed'
}
