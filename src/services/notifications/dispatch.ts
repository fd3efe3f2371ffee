import { and, eq, lte, sql } from 'drizzle-orm'
import { type Connection, describeReason } from '../../contract/health.ts'
import { type ConnectionChange, MOST_CHANGES } from '../../contract/notifications.ts'
import type { Config } from '../../config.ts'
import type { Db } from '../../db/client.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { connectionWatch } from '../../db/schema/index.ts'
import type { IdPrefix } from '../../lib/ids.ts'
import { type NewMessage, postMessages, summarize } from './message.ts'
import { type DueChange, loadPendingChanges, type PendingChanges } from './pending-changes.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const ORPHANS_AFTER_MS = 24 * HOUR_MS
/** Of the two megabytes that a row may have. */
const MOST_BYTES = 900_000

/** On the way to a state: what it leads to is told, not that it is under way. */
const PASSING: ReadonlySet<Connection> = new Set(['not_connected', 'authenticating', 'structure_syncing'])

interface DispatchContext {
  db: Db
  config: Pick<Config, 'email'>
  newId: (prefix: IdPrefix) => string
}

/** What becomes of an account's changes. */
interface Plan {
  accountId: string
  /** Goes into a message. */
  told: DueChange[]
  /** Is nothing to tell. */
  quiet: DueChange[]
  message: NewMessage | null
  /** When the others are looked at again; null where there are none, or at once. */
  deferredTo: number | null
}

/**
 * When an account may get its next message: n² minutes after the last one if there were n within the hour. So one after
 * a while of quiet goes out at once, and there are six an hour at most.
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
    since: row.since?.toISOString() ?? null,
    times: row.changes,
  }
}

/** As many of the changes as one message takes. */
function fitting(rows: readonly DueChange[]): DueChange[] {
  let bytes = 0
  // names and addresses of other alphabets take up to three bytes a character
  const isShort = (row: DueChange) => (bytes += 600 + 3 * (row.siteUrl.length + row.siteName.length)) <= MOST_BYTES
  return rows.slice(0, MOST_CHANGES).filter(isShort)
}

function messageOf(
  pending: PendingChanges,
  told: readonly DueChange[],
  more: number,
  email: boolean,
  now: number,
): NewMessage {
  const { accountId, seq, endpointIds, userIds } = pending
  const changes = told.map(presentChange)
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

const isReportable = ({ told, connection }: DueChange) => told !== connection && !PASSING.has(connection)

/** Decides; writes nothing. */
function plan(pending: PendingChanges, hasEmail: boolean, isCut: boolean, now: number): Plan {
  const { accountId, due, dueCount } = pending
  const none = { accountId, told: [], quiet: due, message: null, deferredTo: null }
  // of integrations that are gone; they would be found again with every tick
  if (due.length === 0) return { ...none, deferredTo: isCut ? null : now + ORPHANS_AFTER_MS }
  if (pending.endpointIds.length === 0 && !(hasEmail && pending.userIds.length > 0)) return none
  const [toTell, quiet] = [due.filter(isReportable), due.filter((row) => !isReportable(row))]
  if (toTell.length === 0) return none
  const slot = nextSlot(pending)
  if (slot > now) return { ...none, quiet, deferredTo: slot }
  const told = fitting(toTell)
  const more = dueCount - quiet.length - told.length
  return { ...none, told, quiet, message: messageOf(pending, told, more, hasEmail, now) }
}

/** Takes note of what is dispatched; a change that came after it was read stays due. */
function markDispatched({ db }: DispatchContext, rows: readonly DueChange[], toldAt: number | null) {
  const dispatched = rows.map((row) => ({
    account: row.accountId,
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
      told: sql`dispatched.told`,
      changes: sql`max(0, ${connectionWatch.changes} - dispatched.changes)`,
      dueAt: sql`CASE WHEN ${connectionWatch.changes} = dispatched.changes THEN NULL ELSE ${connectionWatch.dueAt} END`,
      ...window,
    })
    .from(
      // as JSON: a query has a hundred parameters
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
 * Tells accounts what has changed and lasted: one message each with all its changes, or none before its next slot.
 * Messages, deliveries and the note that they were told are one transaction, and of two ticks at once one wins.
 * @returns how many accounts were told and how many have to wait; null where another tick was first
 */
export async function dispatchChanges({
  ctx,
  input: { accountIds, now },
}: {
  ctx: DispatchContext
  input: { accountIds: readonly string[]; now: number }
}): Promise<{ told: number; deferred: number } | null> {
  const { accounts, isCut } = await loadPendingChanges({ db: ctx.db, accountIds, now })
  const plans = accounts.map((pending) => plan(pending, ctx.config.email !== null, isCut, now))
  const messages = plans.flatMap(({ message }) => (message ? [message] : []))
  const waiting = plans.filter(({ deferredTo }) => deferredTo !== null)
  const quiet = markDispatched(
    ctx,
    plans.flatMap((each) => each.quiet),
    null,
  )
  const told = markDispatched(
    ctx,
    plans.flatMap((each) => each.told),
    now,
  )
  try {
    await ctx.db.batch([quiet, told, defer(ctx, waiting, now), ...postMessages({ ...ctx, now }, messages)])
    return { told: messages.length, deferred: waiting.length }
  } catch (error) {
    if (isUniqueViolation(error, 'notification_messages')) return null
    throw error
  }
}
