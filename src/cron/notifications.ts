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

/** Most accounts that one tick tells; a page of them takes 9 queries, and one for each account that is told. */
export const MOST_ACCOUNTS = 200
/** Rows of one query. */
const PAGE = 20
/** Most deliveries of one tick that come through; a page takes 5 queries. */
export const MOST_DELIVERED = 400
/** Most that don't; each takes 4 queries, and 5 more where people are told of it. */
export const MOST_FAILED = 40
/** No page is begun after this: a tick comes every minute. */
const MOST_MS = 40_000
/** Requests under way at once: six connections may wait for headers. */
const PARALLEL = 5

type Surroundings = Pick<ServiceContext, 'db' | 'config' | 'now' | 'newId'>

/** Runs work over all items, a few at a time; one that breaks off holds up no other. */
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

/** Makes messages of what has changed and lasted. @returns how many accounts were told, and how many have to wait */
async function settle(ctx: Surroundings, now: number): Promise<{ told: number; deferred: number }> {
  const counts = { told: 0, deferred: 0 }
  for (let seen = 0; seen < MOST_ACCOUNTS; seen += PAGE) {
    const accountIds = await findDueAccounts({ db: ctx.db, now, limit: PAGE })
    if (accountIds.length === 0) break
    const settled = await dispatchChanges({ ctx, input: { accountIds, now } })
    // another tick is at it
    if (!settled) break
    counts.told += settled.told
    counts.deferred += settled.deferred
    if (accountIds.length < PAGE && settled.told === 0) break
  }
  return counts
}

async function fail(ctx: Surroundings, { delivery, endpoint }: PreparedDelivery, failure: Failure): Promise<void> {
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

/** Makes the attempts of one page; what came through is noted together, what did not at once. */
async function deliverPage(ctx: Surroundings, page: readonly ClaimedDelivery[]) {
  const delivered: Delivered[] = []
  const counts = { delivered: 0, failed: 0, isEmailAway: false }
  await each(await loadDeliveries(ctx.db, page), 'delivery not noted', async (prepared) => {
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

/** Makes the attempts that are due, page by page. E-mail rests for this tick once its provider is found to be away. */
async function deliverDue(ctx: Surroundings): Promise<{ delivered: number; failed: number }> {
  const startedAt = ctx.now()
  const counts = { delivered: 0, failed: 0 }
  let withEmail = true
  while (counts.delivered < MOST_DELIVERED && counts.failed < MOST_FAILED) {
    const now = ctx.now()
    if (now - startedAt > MOST_MS) break
    const page = await claimDeliveries({ db: ctx.db, now, limit: PAGE, withEmail })
    if (page.length === 0) break
    const went = await deliverPage(ctx, page)
    counts.delivered += went.delivered
    counts.failed += went.failed
    if (went.isEmailAway) withEmail = false
  }
  return counts
}

/**
 * Tells people of connections that have changed: settles what has lasted into messages, and makes the attempts that
 * are due. Bounded, and cheap when there is nothing: two queries.
 */
export async function notify(ctx: Surroundings, now: number) {
  const settled = await settle(ctx, now)
  const delivered = await deliverDue(ctx)
  return { ...settled, ...delivered }
}
