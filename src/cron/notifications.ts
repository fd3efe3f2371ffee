import { log } from '../lib/log.ts'
import type { Context } from '../services/context.ts'
import { attemptDelivery } from '../services/deliveries/attempt.ts'
import { claimDeliveries, type ClaimedDelivery } from '../services/deliveries/claim.ts'
import { recordOutcome } from '../services/deliveries/record.ts'
import { tellFailing } from '../services/deliveries/tell-failing.ts'
import { findDueAccounts } from '../services/notifications/find-due.ts'
import { settleAccount } from '../services/notifications/settle-account.ts'

/** Most accounts that one tick tells; each takes up to eleven of the 1,000 queries that an invocation has. */
export const MOST_ACCOUNTS = 30
/** Rows of one query. */
const PAGE = 20
/** Most deliveries that one tick makes; each takes up to seven queries. */
export const MOST_DELIVERIES = 60
/** No page is begun after this: a tick comes every minute. */
const MOST_MS = 40_000
/** Requests under way at once: six connections may wait for headers. */
const PARALLEL = 5

type Surroundings = Pick<Context, 'db' | 'config' | 'now' | 'newId'>

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
async function settle(ctx: Surroundings, now: number): Promise<{ told: number; postponed: number }> {
  const counts = { told: 0, postponed: 0 }
  const accounts = await findDueAccounts({ db: ctx.db, now, limit: MOST_ACCOUNTS })
  await each(accounts, 'notification not settled', async (accountId) => {
    const settled = await settleAccount({ ctx, input: { accountId, now } })
    if (settled === 'told' || settled === 'postponed') counts[settled]++
  })
  return counts
}

async function deliver(ctx: Surroundings, delivery: ClaimedDelivery) {
  const outcome = await attemptDelivery(ctx, delivery)
  const now = ctx.now()
  await recordOutcome(ctx.db, delivery, outcome, now)
  if (outcome.ok) return outcome
  const { accountId, endpointId, id, channel, attempts } = delivery
  log.warn('notification not delivered', {
    delivery: id,
    channel,
    attempts,
    code: outcome.code,
    status: outcome.status,
  })
  if (endpointId !== null) await tellFailing({ ctx, input: { accountId, endpointId, now } })
  return outcome
}

/** Makes the attempts that are due, page by page. E-mail rests for this tick once its provider is found to be away. */
async function deliverDue(ctx: Surroundings): Promise<{ delivered: number; failed: number }> {
  const startedAt = ctx.now()
  const counts = { delivered: 0, failed: 0 }
  let withEmail = true
  for (let left = MOST_DELIVERIES; left > 0;) {
    const now = ctx.now()
    if (now - startedAt > MOST_MS) break
    const page = await claimDeliveries({ db: ctx.db, now, limit: Math.min(PAGE, left), withEmail })
    if (page.length === 0) break
    left -= page.length
    await each(page, 'delivery broke off', async (delivery) => {
      const outcome = await deliver(ctx, delivery)
      counts[outcome.ok ? 'delivered' : 'failed']++
      if (delivery.channel === 'email' && !outcome.ok && outcome.isOutage) withEmail = false
    })
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
