import { and, eq, gt, lte, ne, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { notificationDeliveries } from '../../db/events/schema.ts'
import { notificationEndpoints } from '../../db/schema/index.ts'
import { backoffMs, type Backoff } from '../../lib/backoff.ts'
import type { Outcome } from '../channels/index.ts'
import type { ClaimedDelivery } from './claim.ts'
import { type EndpointRow, isEndpoint, NO_FAILURE } from '../endpoints/index.ts'

const DELIVERY_BACKOFF: Backoff = { firstMs: 60_000, longestMs: 6 * 3_600_000, jitter: 0.25 }

/**
 * The delay before the next attempt: one minute, doubling up to six hours, with jitter. At least what the recipient's
 * `Retry-After` asks, and six hours at once if it answered 410.
 * @param attempts made so far
 * @returns milliseconds
 */
function retryDelayMs(
  attempts: number,
  { retryAfterS, isGone }: { retryAfterS: number | null; isGone: boolean },
  random = Math.random(),
): number {
  return Math.max((retryAfterS ?? 0) * 1000, backoffMs(DELIVERY_BACKOFF, isGone ? Infinity : attempts, random))
}

export type Failure = Extract<Outcome, { ok: false }>

/** Matches the delivery only while this attempt holds it: a later claim has another `attempts`. */
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
  /** As it was before the attempt; null for an e-mail. */
  endpoint: EndpointRow | null
  /** HTTP status of the answer. */
  status: number
}

/** Where a page of deliveries is recorded: the control database, and the event database that it is from. */
interface Databases {
  db: Db
  shard: Db
}

/** Deliveries that were deferred while their endpoint failed are due now. */
function makeWaitingDue(shard: Db, page: readonly Delivered[], at: Date) {
  const recovered = page.flatMap(({ endpoint }) => (endpoint?.failingSince ? [endpoint] : []))
  if (recovered.length === 0) return []
  return [
    shard
      .update(notificationDeliveries)
      .set({ nextAttemptAt: at })
      .where(
        and(
          sql`(${notificationDeliveries.accountId}, ${notificationDeliveries.endpointId}) IN (
            SELECT value ->> 'accountId', value ->> 'id' FROM json_each(${JSON.stringify(recovered.map(toKey))}))`,
          eq(notificationDeliveries.status, 'pending'),
          gt(notificationDeliveries.nextAttemptAt, at),
        ),
      ),
  ]
}

const toKey = ({ accountId, id }: EndpointRow) => ({ accountId, id })

/** Notes on the endpoints of a page that they work. */
const markWorking = (db: Db, endpoints: readonly EndpointRow[], at: Date) =>
  db
    .update(notificationEndpoints)
    .set({ ...NO_FAILURE, lastDeliveredAt: at })
    .where(
      sql`(${notificationEndpoints.accountId}, ${notificationEndpoints.id}) IN (
        SELECT value ->> 'accountId', value ->> 'id' FROM json_each(${JSON.stringify(endpoints.map(toKey))}))`,
    )

/**
 * Records a page's successful deliveries. What their endpoints' rows say follows in the other database: if that fails, the
 * next delivery says it.
 */
export async function recordDelivered(
  { db, shard }: Databases,
  page: readonly Delivered[],
  now: number,
): Promise<void> {
  const at = new Date(now)
  const done = page.map(({ delivery: { accountId, id, attempts }, status }) => {
    return { account: accountId, id, attempts, status }
  })
  const rows = sql`(SELECT value ->> 'account' AS account, value ->> 'id' AS id, value ->> 'attempts' AS attempts,
    value ->> 'status' AS status FROM json_each(${JSON.stringify(done)})) AS done`
  await shard.batch([
    shard
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
    ...makeWaitingDue(shard, page, at),
  ])
  const endpoints = page.flatMap(({ endpoint }) => (endpoint ? [endpoint] : []))
  if (endpoints.length > 0) await markWorking(db, endpoints, at)
}

/**
 * Defers the endpoint's other deliveries, so that a failing endpoint gets one at a time, and fails those that expired.
 */
function deferOthers(
  shard: Db,
  delivery: ClaimedDelivery,
  { code, detail, status }: Failure,
  now: number,
  until: number,
) {
  const waiting = isWaiting(delivery)
  const isExpired = lte(notificationDeliveries.expiresAt, new Date(now))
  const error = { lastStatus: status, errorCode: code, errorDetail: detail }
  return [
    shard
      .update(notificationDeliveries)
      .set({ status: 'failed', nextAttemptAt: null, finishedAt: new Date(now), ...error })
      .where(and(waiting, isExpired)),
    shard
      .update(notificationDeliveries)
      .set({ nextAttemptAt: sql`max(${notificationDeliveries.nextAttemptAt}, ${until})` })
      .where(waiting),
  ] as const
}

/** Records a failed attempt at the delivery and its endpoint. Failures never switch an endpoint off. */
export async function recordFailure(
  { db, shard }: Databases,
  delivery: ClaimedDelivery,
  failure: Failure,
  now: number,
): Promise<void> {
  const isGone = failure.code === 'gone'
  const next = now + retryDelayMs(delivery.attempts, { retryAfterS: failure.retryAfterS, isGone })
  const isOver = failure.isFinal || next > delivery.expiresAt.getTime()
  const { code, detail, status } = failure
  const failed = shard
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
  // neither a final failure nor a fault of ours says anything about the endpoint
  const isItsOwn = failure.isFinal || code === 'internal_error'
  if (delivery.endpointId === null || isItsOwn) return void (await failed)
  await shard.batch([failed, ...deferOthers(shard, delivery, failure, now, next)])
  await db
    .update(notificationEndpoints)
    .set({
      failingSince: sql`ifnull(${notificationEndpoints.failingSince}, ${now})`,
      errorCode: code,
      errorDetail: detail,
    })
    .where(isEndpoint(delivery.accountId, delivery.endpointId))
}
