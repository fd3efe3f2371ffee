import { and, eq, gt, lte, ne, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Db } from '../../db/client.ts'
import { notificationDeliveries, notificationEndpoints } from '../../db/schema/index.ts'
import type { Outcome } from '../channels/index.ts'
import type { ClaimedDelivery } from './attempt.ts'
import { isEndpoint, WELL } from '../endpoints/index.ts'

const FIRST_MS = 60_000
const LONGEST_MS = 6 * 3_600_000

/**
 * How long until the next attempt: from a minute on, doubling up to six hours, spread a little; longer where the
 * recipient asks for it, and the longest at once where it says that it is gone.
 * @param attempts made so far
 * @returns milliseconds
 */
function retryDelayMs(
  attempts: number,
  { retryAfterS, isGone }: { retryAfterS: number | null; isGone: boolean },
  random = Math.random(),
): number {
  const ceiling = isGone ? LONGEST_MS : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempts - 1))
  return Math.max((retryAfterS ?? 0) * 1000, Math.round(ceiling * (0.75 + random / 4)))
}

export type Failure = Extract<Outcome, { ok: false }>

/** The row that the attempt was made for; one that another attempt has taken on meanwhile is left to it. */
const isClaim = ({ accountId, id, attempts }: ClaimedDelivery) =>
  and(
    eq(notificationDeliveries.accountId, accountId),
    eq(notificationDeliveries.id, id),
    eq(notificationDeliveries.status, 'pending'),
    eq(notificationDeliveries.attempts, attempts),
  )

const isWaiting = ({ accountId, id, endpointId }: ClaimedDelivery) =>
  and(
    eq(notificationDeliveries.accountId, accountId),
    eq(notificationDeliveries.endpointId, endpointId ?? ''),
    eq(notificationDeliveries.status, 'pending'),
    ne(notificationDeliveries.id, id),
  )

export interface Delivered {
  delivery: ClaimedDelivery
  /** HTTP status of the answer. */
  status: number
}

/** Takes note of the deliveries of a page that came through, in one batch. */
export async function recordDelivered(db: Db, page: readonly Delivered[], now: number): Promise<void> {
  const at = new Date(now)
  const done = page.map(({ delivery: { accountId, id, endpointId, attempts }, status }) => {
    return { account: accountId, id, endpoint: endpointId, attempts, status }
  })
  const rows = sql`(SELECT value ->> 'account' AS account, value ->> 'id' AS id, value ->> 'endpoint' AS endpoint,
    value ->> 'attempts' AS attempts, value ->> 'status' AS status FROM json_each(${JSON.stringify(done)})) AS done`
  const isItsEndpoint = (table: typeof notificationDeliveries | typeof notificationEndpoints, id: SQLiteColumn) =>
    and(eq(table.accountId, sql`done.account`), eq(id, sql`done.endpoint`))
  // what was put off while the endpoint failed goes on now
  const wasIll = sql`EXISTS (SELECT 1 FROM notification_endpoints AS ill WHERE ill.account_id = done.account
    AND ill.id = done.endpoint AND ill.failing_since IS NOT NULL)`
  await db.batch([
    db
      .update(notificationDeliveries)
      .set({
        status: 'delivered',
        nextAttemptAt: null,
        finishedAt: at,
        lastStatus: sql`done.status`,
        errorCode: null,
        errorDetail: null,
      })
      .from(rows)
      .where(
        and(
          eq(notificationDeliveries.accountId, sql`done.account`),
          eq(notificationDeliveries.id, sql`done.id`),
          eq(notificationDeliveries.status, 'pending'),
          eq(notificationDeliveries.attempts, sql`done.attempts`),
        ),
      ),
    db
      .update(notificationDeliveries)
      .set({ nextAttemptAt: at })
      .from(rows)
      .where(
        and(
          isItsEndpoint(notificationDeliveries, notificationDeliveries.endpointId),
          eq(notificationDeliveries.status, 'pending'),
          gt(notificationDeliveries.nextAttemptAt, at),
          wasIll,
        ),
      ),
    db
      .update(notificationEndpoints)
      .set({ ...WELL, lastDeliveredAt: at })
      .from(rows)
      .where(isItsEndpoint(notificationEndpoints, notificationEndpoints.id)),
  ])
}

/** An endpoint that fails is asked by one delivery at a time; those that are past their time end with the same reason. */
function putOffOthers(
  db: Db,
  delivery: ClaimedDelivery,
  { code, detail, status }: Failure,
  now: number,
  until: number,
) {
  const waiting = isWaiting(delivery)
  const isExpired = lte(notificationDeliveries.expiresAt, new Date(now))
  const error = { lastStatus: status, errorCode: code, errorDetail: detail }
  return [
    db
      .update(notificationDeliveries)
      .set({ status: 'failed', nextAttemptAt: null, finishedAt: new Date(now), ...error })
      .where(and(waiting, isExpired)),
    db
      .update(notificationDeliveries)
      .set({ nextAttemptAt: sql`max(${notificationDeliveries.nextAttemptAt}, ${until})` })
      .where(waiting),
  ] as const
}

/** Takes note of an attempt that failed, at the delivery and at its endpoint, which is never switched off for it. */
export async function recordFailure(db: Db, delivery: ClaimedDelivery, failure: Failure, now: number): Promise<void> {
  const isGone = failure.code === 'gone'
  const next = now + retryDelayMs(delivery.attempts, { retryAfterS: failure.retryAfterS, isGone })
  const isOver = failure.isFinal || next > delivery.expiresAt.getTime()
  const { code, detail, status } = failure
  const failed = db
    .update(notificationDeliveries)
    .set({
      ...(isOver
        ? { status: 'failed' as const, nextAttemptAt: null, finishedAt: new Date(now) }
        : { nextAttemptAt: new Date(next) }),
      lastStatus: status,
      errorCode: code,
      errorDetail: detail,
    })
    .where(isClaim(delivery))
  // a fault of ours is no endpoint's
  const isItsOwn = failure.isFinal || code === 'internal_error'
  if (delivery.endpointId === null || isItsOwn) return void (await failed)
  await db.batch([
    failed,
    ...putOffOthers(db, delivery, failure, now, next),
    db
      .update(notificationEndpoints)
      .set({
        failingSince: sql`ifnull(${notificationEndpoints.failingSince}, ${now})`,
        errorCode: code,
        errorDetail: detail,
      })
      .where(isEndpoint(delivery.accountId, delivery.endpointId)),
  ])
}
