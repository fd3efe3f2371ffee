import { and, eq, lte, sql } from 'drizzle-orm'
import { type Connection, describeReason } from '../../contract/health.ts'
import { type ConnectionChange, MOST_CHANGES } from '../../contract/notifications.ts'
import type { Config } from '../../config.ts'
import type { Db } from '../../db/client.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { connectionWatch } from '../../db/schema/index.ts'
import type { IdPrefix } from '../../lib/ids.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import { type NewMessage, postMessages, summarize } from './message.ts'
import { type DueChange, loadPendingChanges, type PendingChanges } from './pending-changes.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const ORPHANS_AFTER_MS = 24 * HOUR_MS
/** A row may have two megabytes. */
const MOST_BYTES = 900_000

/** Transitional states, which are not reported; the state they lead to is. */
const TRANSITIONAL: ReadonlySet<Connection> = new Set(['not_connected', 'authenticating', 'structure_syncing'])

interface DispatchContext {
  db: Db
  config: Pick<Config, 'email'>
  newId: (prefix: IdPrefix) => string
}

/** What to do with an account's changes. */
interface Plan {
  accountId: string
  /** In the message. */
  reported: DueChange[]
  /** Not worth a message. */
  quiet: DueChange[]
  message: NewMessage | null
  /** When the rest is due again; null if there is none, or if it stays due now. */
  deferredTo: number | null
}

/**
 * When an account may get its next message: n² minutes after the last one, if there were n within the hour. So the
 * first message after a quiet hour goes out at once, and there are at most six an hour.
 * @returns milliseconds since 1970
 */
function nextSlot({ messagesOfHour, lastMessageAt }: PendingChanges): number {
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
    since: toTimestamp(row.since),
    times: row.changes,
  }
}

/** The first changes that fit into one message. */
function fitting(rows: readonly DueChange[]): DueChange[] {
  let bytes = 0
  // non-Latin characters take up to three bytes each
  const isShort = (row: DueChange) => (bytes += 600 + 3 * (row.siteUrl.length + row.siteName.length)) <= MOST_BYTES
  return rows.slice(0, MOST_CHANGES).filter(isShort)
}

function messageOf(
  pending: PendingChanges,
  reported: readonly DueChange[],
  more: number,
  email: boolean,
  now: number,
): NewMessage {
  const { accountId, seq, endpointIds, userIds } = pending
  const changes = reported.map(presentChange)
  return {
    accountId,
    seq: seq + 1,
    message: {
      type: 'connection.changed',
      timestamp: new Date(now).toISOString(),
      data: { account_id: accountId, changes, more },
    },
    summary: summarize(changes, more),
    changes: changes.length,
    endpointIds,
    userIds: email ? userIds : [],
  }
}

const isReportable = ({ told, connection }: DueChange) => told !== connection && !TRANSITIONAL.has(connection)

/** Decides what to do with an account's changes. Writes nothing. */
function plan(pending: PendingChanges, hasEmail: boolean, isCut: boolean, now: number): Plan {
  const { accountId, due, dueCount } = pending
  const none = { accountId, reported: [], quiet: due, message: null, deferredTo: null }
  // all due changes belong to deleted integrations; deferred, or every tick would find them again
  if (due.length === 0) return { ...none, deferredTo: isCut ? null : now + ORPHANS_AFTER_MS }
  if (pending.endpointIds.length === 0 && !(hasEmail && pending.userIds.length > 0)) return none
  const [reportable, quiet] = [due.filter(isReportable), due.filter((row) => !isReportable(row))]
  if (reportable.length === 0) return none
  const slot = nextSlot(pending)
  if (slot > now) return { ...none, quiet, deferredTo: slot }
  const reported = fitting(reportable)
  const more = dueCount - quiet.length - reported.length
  return { ...none, reported, quiet, message: messageOf(pending, reported, more, hasEmail, now) }
}

/** Marks changes as dispatched. One that changed again after it was read stays due. */
function markDispatched({ db }: DispatchContext, rows: readonly DueChange[], sentAt: number | null) {
  const dispatched = rows.map((row) => ({
    account: row.accountId,
    id: row.integrationId,
    changes: row.changes,
    told: TRANSITIONAL.has(row.connection) ? row.told : row.connection,
  }))
  const isWindowOpen = sql`${connectionWatch.windowAt} > ${(sentAt ?? 0) - HOUR_MS}`
  const window = sentAt !== null && {
    windowCount: sql`CASE WHEN ${isWindowOpen} THEN ${connectionWatch.windowCount} + 1 ELSE 1 END`,
    windowAt: sql`CASE WHEN ${isWindowOpen} THEN ${connectionWatch.windowAt} ELSE ${sentAt} END`,
  }
  return db
    .update(connectionWatch)
    .set({
      told: sql`dispatched.told`,
      changes: sql`max(0, ${connectionWatch.changes} - dispatched.changes)`,
      dueAt: sql`CASE WHEN ${connectionWatch.changes} = dispatched.changes THEN NULL ELSE ${connectionWatch.dueAt} END`,
      ...window,
    })
    .from(
      // as JSON: D1 allows a hundred parameters
      sql`(SELECT value ->> 'account' AS account, value ->> 'id' AS id, value ->> 'changes' AS changes,
        value ->> 'told' AS told FROM json_each(${JSON.stringify(dispatched)})) AS dispatched`,
    )
    .where(
      and(
        eq(connectionWatch.integrationId, sql`dispatched.id`),
        eq(connectionWatch.accountId, sql`dispatched.account`),
      ),
    )
}

/** Moves the due changes of deferred accounts to their next slot. */
function defer({ db }: DispatchContext, plans: readonly Plan[], now: number) {
  const slots = plans.map(({ accountId, deferredTo }) => ({ account: accountId, until: deferredTo }))
  return db
    .update(connectionWatch)
    .set({ dueAt: sql`slots.until` })
    .from(
      sql`(SELECT value ->> 'account' AS account, value ->> 'until' AS until
        FROM json_each(${JSON.stringify(slots)})) AS slots`,
    )
    .where(and(eq(connectionWatch.accountId, sql`slots.account`), lte(connectionWatch.dueAt, new Date(now))))
}

/**
 * Stores one message per account with all its due changes, or defers them to the account's next slot. Messages,
 * deliveries and marks commit in one transaction; of two concurrent ticks one wins.
 * @returns how many accounts got a message and how many were deferred; null if another tick was first
 */
export async function dispatchChanges({
  ctx,
  input: { accountIds, now },
}: {
  ctx: DispatchContext
  input: { accountIds: readonly string[]; now: number }
}): Promise<{ notified: number; deferred: number } | null> {
  const { accounts, isCut } = await loadPendingChanges({ db: ctx.db, accountIds, now })
  const plans = accounts.map((pending) => plan(pending, ctx.config.email !== null, isCut, now))
  const messages = plans.flatMap(({ message }) => (message ? [message] : []))
  const waiting = plans.filter(({ deferredTo }) => deferredTo !== null)
  const quiet = markDispatched(
    ctx,
    plans.flatMap((each) => each.quiet),
    null,
  )
  const reported = markDispatched(
    ctx,
    plans.flatMap((each) => each.reported),
    now,
  )
  try {
    await ctx.db.batch([quiet, reported, defer(ctx, waiting, now), ...postMessages({ ...ctx, now }, messages)])
    return { notified: messages.length, deferred: waiting.length }
  } catch (error) {
    if (isUniqueViolation(error, 'notification_messages')) return null
    throw error
  }
}
