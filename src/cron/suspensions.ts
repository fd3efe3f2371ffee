import { log } from '../lib/log.ts'
import type { ServiceContext } from '../services/context.ts'
import { listUntold, QUERIES_PER_SLICE, tellSites } from '../services/suspension/index.ts'

/** Accounts of one tick. */
const MOST_ACCOUNTS = 20
/** No slice begins after this: a tick comes every minute. */
const MOST_MS = 20_000

/**
 * Tells the sites of accounts that were suspended or lifted, some of each account in turn, while that fits into the tick. One
 * query if there is none.
 * @returns how many sites were told and how many accounts could not be served
 */
export async function playSuspensions(
  system: (accountId: string) => ServiceContext,
): Promise<{ told: number; failed: number }> {
  const ctx = system('')
  const startedAt = ctx.now()
  const counts = { told: 0, failed: 0 }
  let waiting = await listUntold(ctx, MOST_ACCOUNTS)
  while (waiting.length > 0) {
    const more = []
    for (const account of waiting) {
      if (ctx.now() - startedAt > MOST_MS || ctx.queriesLeft() < QUERIES_PER_SLICE) return counts
      const background: Promise<unknown>[] = []
      try {
        const own = { ...system(account.id), background: (work: Promise<unknown>) => void background.push(work) }
        const told = await tellSites(own, account.direction)
        counts.told += told
        if (told > 0) more.push(account)
      } catch (cause) {
        counts.failed++
        log.warn('sites not told of a suspension, trying again', { account: account.id, cause })
      }
      await Promise.allSettled(background)
    }
    waiting = more
  }
  return counts
}
