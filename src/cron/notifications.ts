import type { Db } from '../db/client.ts'
import { flushOutbox } from '../db/events/outbox.ts'
import { log } from '../lib/log.ts'
import type { ServiceContext } from '../services/context.ts'
import {
  attemptDelivery,
  claimDeliveries,
  type ClaimedDelivery,
  loadDeliveries,
  type PreparedDelivery,
  type Delivered,
  type Failure,
  recordDelivered,
  recordFailure,
  alertFailing,
} from '../services/deliveries/index.ts'
import { findDueAccounts, dispatchChanges } from '../services/notifications/index.ts'
import { listMovingAccounts } from '../services/shards/index.ts'
import { listSuspended } from '../services/suspension/index.ts'

/** Pages of the outbox per tick. One takes a query, and four more for each event database. */
const PAGES_PASSED_ON = 10
/** Most accounts notified per tick. A page takes 9 queries, and one more per account with a message. */
export const MOST_ACCOUNTS = 200
/** Rows of one query. */
const PAGE = 20
/** Most successful deliveries per tick. A page takes 5 queries. */
export const MOST_DELIVERED = 400
/** Most failed deliveries per tick. Each takes 4 queries, and 5 more if people are alerted. */
export const MOST_FAILED = 40
/** Accounts whose deliveries wait because they are suspended. */
const MOST_SUSPENDED = 10_000
/** No page begins after this: a tick comes every minute. */
const MOST_MS = 40_000
/** Concurrent requests. Six connections may wait for headers. */
const PARALLEL = 5

type CronContext = Pick<ServiceContext, 'db' | 'events' | 'config' | 'now' | 'newId'>

/** Runs work over all items, a few at a time. A failure is logged and stops no other item. */
async function each<T>(items: readonly T[], message: string, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  const worker = async () => {
    for (const item of queue) {
      try {
        await work(item)
      } catch (cause) {
        log.error(message, { cause })
      }
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
}

/** Posts messages about due changes, page by page. @returns how many accounts got one and how many were deferred */
async function dispatch(ctx: CronContext, now: number): Promise<{ notified: number; deferred: number }> {
  const counts = { notified: 0, deferred: 0 }
  for (let seen = 0; seen < MOST_ACCOUNTS; seen += PAGE) {
    const accountIds = await findDueAccounts({ db: ctx.db, now, limit: PAGE })
    if (accountIds.length === 0) break
    const dispatched = await dispatchChanges({ ctx, input: { accountIds, now } })
    // another tick is dispatching
    if (!dispatched) break
    counts.notified += dispatched.notified
    counts.deferred += dispatched.deferred
    if (accountIds.length < PAGE && dispatched.notified === 0) break
  }
  return counts
}

/** @returns whether people are told of it */
async function fail(
  ctx: CronContext,
  shard: Db,
  { delivery, endpoint }: PreparedDelivery,
  failure: Failure,
): Promise<boolean> {
  const now = ctx.now()
  await recordFailure({ db: ctx.db, shard }, delivery, failure, now)
  const { id, channel, attempts } = delivery
  log.warn('notification not delivered', {
    delivery: id,
    channel,
    attempts,
    code: failure.code,
    status: failure.status,
  })
  return endpoint !== null && alertFailing({ ctx, input: { endpoint, failure, now } })
}

/** Attempts one page of deliveries. Successes are recorded together, failures one by one. */
async function deliverPage(ctx: CronContext, shard: Db, page: readonly ClaimedDelivery[]) {
  const delivered: Delivered[] = []
  const counts = { delivered: 0, failed: 0, isEmailAway: false, isNews: false }
  await each(await loadDeliveries(ctx.db, shard, page), 'delivery not recorded', async (prepared) => {
    const outcome = await attemptDelivery(ctx, prepared)
    const { delivery, endpoint } = prepared
    if (outcome.ok) {
      delivered.push({ delivery, endpoint, status: outcome.status })
      return
    }
    counts.failed++
    if (delivery.channel === 'email' && outcome.isOutage) counts.isEmailAway = true
    if (await fail(ctx, shard, prepared, outcome)) counts.isNews = true
  })
  if (delivered.length > 0) await recordDelivered({ db: ctx.db, shard }, delivered, ctx.now())
  return { ...counts, delivered: delivered.length }
}

/**
 * Attempts due deliveries, page by page, the databases in turn: none waits until another has nothing left. Skips e-mail for
 * the rest of the tick after its provider failed, and a database after it failed itself.
 */
async function deliverDue(ctx: CronContext): Promise<{ delivered: number; failed: number }> {
  const startedAt = ctx.now()
  const counts = { delivered: 0, failed: 0 }
  const without = [...(await listMovingAccounts(ctx)), ...(await listSuspended(ctx, MOST_SUSPENDED))]
  let withEmail = true
  const deliver = async (shard: Db): Promise<boolean> => {
    const page = await claimDeliveries({ db: ctx.db, shard, now: ctx.now(), limit: PAGE, withEmail, without })
    if (page.length === 0) return false
    const result = await deliverPage(ctx, shard, page)
    counts.delivered += result.delivered
    counts.failed += result.failed
    if (result.isEmailAway) withEmail = false
    if (result.isNews) await passOn(ctx)
    return true
  }
  const isOver = () =>
    counts.delivered >= MOST_DELIVERED || counts.failed >= MOST_FAILED || ctx.now() - startedAt > MOST_MS
  // another database begins each minute
  const all = ctx.events.all()
  const first = Math.floor(startedAt / 60_000) % Math.max(1, all.length)
  let queue = [...all.slice(first), ...all.slice(0, first)]
  const failures: unknown[] = []
  while (queue.length > 0) {
    const more = []
    for (const shard of queue) {
      if (isOver()) return counts
      try {
        if (await deliver(shard.db)) more.push(shard)
      } catch (cause) {
        failures.push(cause)
        log.error('deliveries not attempted', { database: shard.name, cause })
      }
    }
    queue = more
  }
  if (failures.length > 0) throw failures[0]
  return counts
}

/** Passes messages on to the databases of their accounts. */
const passOn = ({ db, events }: CronContext) => flushOutbox({ db, events, pages: PAGES_PASSED_ON })

/**
 * Notifies people of changed connections: posts messages about due changes, passes on what waits for the event databases,
 * and attempts due deliveries. Bounded; takes three queries, and one for each event database, if nothing is due.
 */
export async function notify(ctx: CronContext, now: number) {
  const dispatched = await dispatch(ctx, now)
  const passedOn = await passOn(ctx)
  const delivered = await deliverDue(ctx)
  return { ...dispatched, passed_on: passedOn, ...delivered }
}
