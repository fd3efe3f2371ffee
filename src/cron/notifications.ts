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

/** Most accounts notified per tick. A page takes 9 queries, and one more per account with a message. */
export const MOST_ACCOUNTS = 200
/** Rows of one query. */
const PAGE = 20
/** Most successful deliveries per tick. A page takes 5 queries. */
export const MOST_DELIVERED = 400
/** Most failed deliveries per tick. Each takes 4 queries, and 5 more if people are alerted. */
export const MOST_FAILED = 40
/** No page begins after this: a tick comes every minute. */
const MOST_MS = 40_000
/** Concurrent requests. Six connections may wait for headers. */
const PARALLEL = 5

type CronContext = Pick<ServiceContext, 'db' | 'config' | 'now' | 'newId'>

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

/** Stores messages about due changes, page by page. @returns how many accounts got one and how many were deferred */
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

async function fail(ctx: CronContext, { delivery, endpoint }: PreparedDelivery, failure: Failure): Promise<void> {
  const now = ctx.now()
  await recordFailure(ctx.db, delivery, failure, now)
  const { id, channel, attempts } = delivery
  log.warn('notification not delivered', {
    delivery: id,
    channel,
    attempts,
    code: failure.code,
    status: failure.status,
  })
  if (endpoint) await alertFailing({ ctx, input: { endpoint, failure, now } })
}

/** Attempts one page of deliveries. Successes are recorded together, failures one by one. */
async function deliverPage(ctx: CronContext, page: readonly ClaimedDelivery[]) {
  const delivered: Delivered[] = []
  const counts = { delivered: 0, failed: 0, isEmailAway: false }
  await each(await loadDeliveries(ctx.db, page), 'delivery not recorded', async (prepared) => {
    const outcome = await attemptDelivery(ctx, prepared)
    const { delivery } = prepared
    if (outcome.ok) return void delivered.push({ delivery, status: outcome.status })
    counts.failed++
    if (delivery.channel === 'email' && outcome.isOutage) counts.isEmailAway = true
    return fail(ctx, prepared, outcome)
  })
  if (delivered.length > 0) await recordDelivered(ctx.db, delivered, ctx.now())
  return { ...counts, delivered: delivered.length }
}

/** Attempts due deliveries, page by page. Skips e-mail for the rest of the tick after its provider failed. */
async function deliverDue(ctx: CronContext): Promise<{ delivered: number; failed: number }> {
  const startedAt = ctx.now()
  const counts = { delivered: 0, failed: 0 }
  let withEmail = true
  while (counts.delivered < MOST_DELIVERED && counts.failed < MOST_FAILED) {
    const now = ctx.now()
    if (now - startedAt > MOST_MS) break
    const page = await claimDeliveries({ db: ctx.db, now, limit: PAGE, withEmail })
    if (page.length === 0) break
    const result = await deliverPage(ctx, page)
    counts.delivered += result.delivered
    counts.failed += result.failed
    if (result.isEmailAway) withEmail = false
  }
  return counts
}

/**
 * Notifies people of changed connections: stores messages about due changes, and attempts due deliveries. Bounded;
 * takes two queries if nothing is due.
 */
export async function notify(ctx: CronContext, now: number) {
  const dispatched = await dispatch(ctx, now)
  const delivered = await deliverDue(ctx)
  return { ...dispatched, ...delivered }
}
