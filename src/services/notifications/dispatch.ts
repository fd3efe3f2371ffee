import { and, eq, lte, type SQL, sql } from 'drizzle-orm'
import { type Connection, describeReason } from '../../contract/health.ts'
import { type ConnectionChange, MOST_CHANGES } from '../../contract/notifications.ts'
import type { Config } from '../../config.ts'
import type { Db } from '../../db/client.ts'
import { accounts, connectionWatch } from '../../db/schema/index.ts'
import type { IdPrefix } from '../../lib/ids.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import { type NewMessage, postOne, summarize } from './message.ts'
import { type DueChange, loadPendingChanges, type PendingChanges, recentTimes } from './pending-changes.ts'

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
  /** When the account was told before, as its row says; another dispatch changes it. */
  before: string | null
  /** When the rest is due again; null if there is none, or if it stays due now. */
  deferredTo: number | null
}

/**
 * When an account may get its next message: n² minutes after the last one, if there were n within the hour. So the
 * first message after a quiet hour goes out at once, and there are at most six an hour.
 * @returns milliseconds since 1970
 */
function nextSlot({ notifiedAt }: PendingChanges, now: number): number {
  const times = recentTimes(notifiedAt, now)
  const last = times.at(-1)
  return last === undefined ? 0 : last + times.length ** 2 * MINUTE_MS
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
  const { accountId, endpointIds, userIds } = pending
  const changes = reported.map(presentChange)
  return {
    accountId,
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
  const { accountId, due, dueCount, notifiedAt: before } = pending
  const none = { accountId, before, reported: [], quiet: due, message: null, deferredTo: null }
  // all due changes belong to deleted integrations; deferred, or every tick would find them again
  if (due.length === 0) return { ...none, deferredTo: isCut ? null : now + ORPHANS_AFTER_MS }
  if (pending.endpointIds.length === 0 && !(hasEmail && pending.userIds.length > 0)) return none
  const [reportable, quiet] = [due.filter(isReportable), due.filter((row) => !isReportable(row))]
  if (reportable.length === 0) return none
  const slot = nextSlot(pending, now)
  if (slot > now) return { ...none, quiet, deferredTo: slot }
  const reported = fitting(reportable)
  const more = dueCount - quiet.length - reported.length
  return { ...none, reported, quiet, message: messageOf(pending, reported, more, hasEmail, now) }
}

/** Holds while no other dispatch has told the account. */
const isFirst = (accountId: SQL, before: SQL) =>
  sql`EXISTS (SELECT 1 FROM accounts WHERE accounts.id = ${accountId} AND accounts.notified_at IS ${before})`

/** Marks changes as dispatched. One that changed again after it was read stays due. */
function markDispatched({ db }: DispatchContext, plans: readonly Plan[], sentAt: number | null) {
  const dispatched = plans.flatMap(({ before, quiet, reported }) =>
    (sentAt === null ? quiet : reported).map((row) => ({
      before,
      account: row.accountId,
      id: row.integrationId,
      changes: row.changes,
      told: TRANSITIONAL.has(row.connection) ? row.told : row.connection,
    })),
  )
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
        value ->> 'told' AS told, value ->> 'before' AS before FROM json_each(${JSON.stringify(dispatched)})) AS dispatched`,
    )
    .where(
      and(
        eq(connectionWatch.integrationId, sql`dispatched.id`),
        eq(connectionWatch.accountId, sql`dispatched.account`),
        sentAt === null ? undefined : isFirst(sql`dispatched.account`, sql`dispatched.before`),
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

/** The statements that post an account's message, unless another dispatch has told it. */
function post(ctx: DispatchContext, { accountId, before, message }: Plan, now: number) {
  if (!message) return []
  return [postOne({ ...ctx, now }, message, isFirst(sql`${accountId}`, sql`${before}`))]
}

/** Notes on the accounts that they have been told. */
function noteTold({ db }: DispatchContext, plans: readonly Plan[], now: number) {
  const told = plans
    .filter(({ message }) => message !== null)
    .map(({ accountId, before }) => ({
      account: accountId,
      before,
      after: JSON.stringify([...recentTimes(before, now), now]),
    }))
  return db
    .update(accounts)
    .set({ notifiedAt: sql`told.after` })
    .from(
      sql`(SELECT value ->> 'account' AS account, value ->> 'before' AS before, value ->> 'after' AS after
        FROM json_each(${JSON.stringify(told)})) AS told`,
    )
    .where(and(eq(accounts.id, sql`told.account`), sql`${accounts.notifiedAt} IS told.before`))
    .returning({ id: accounts.id })
}

/**
 * Posts one message per account with all its due changes, or defers them to the account's next slot. Messages and marks
 * commit in one transaction; of two concurrent ticks one wins.
 * @returns how many accounts got a message and how many were deferred; null if another tick was first
 */
export async function dispatchChanges({
  ctx,
  input: { accountIds, now },
}: {
  ctx: DispatchContext
  input: { accountIds: readonly string[]; now: number }
}): Promise<{ notified: number; deferred: number } | null> {
  const pending = await loadPendingChanges({ db: ctx.db, accountIds, now })
  const plans = pending.accounts.map((account) => plan(account, ctx.config.email !== null, pending.isCut, now))
  const waiting = plans.filter(({ deferredTo }) => deferredTo !== null)
  const messages = plans.flatMap((each) => post(ctx, each, now))
  const results = await ctx.db.batch([
    markDispatched(ctx, plans, null),
    markDispatched(ctx, plans, now),
    defer(ctx, waiting, now),
    ...messages,
    // last: the others hold while the accounts' rows are as they were read
    noteTold(ctx, plans, now),
  ])
  const told = results.at(-1) as { id: string }[]
  if (messages.length > 0 && told.length === 0) return null
  return { notified: told.length, deferred: waiting.length }
}
