import type { ServiceContext } from '../services/context.ts'
import { claimFarChecks, claimOverdueChecks } from '../services/integrations/index.ts'
import { scheduleCheck } from '../services/site-calls.ts'

/** Rows of one query. */
const PAGE = 100
/** Most objects woken by one tick, of the 10,000 subrequests that an invocation has. */
export const MOST_WOKEN = 2_000
/** No page is begun after this: a tick comes every minute. */
const MOST_MS = 40_000
/** Calls under way at once: six connections may wait for headers. */
const PARALLEL = 5

type Surroundings = Pick<ServiceContext, 'db' | 'site' | 'now'>

/** Has the objects of one page look at their sites; one that can't be woken holds up no other. */
async function wake(ctx: Surroundings, page: Awaited<ReturnType<typeof claimOverdueChecks>>, now: number) {
  const queue = page.values()
  let woken = 0
  const work = async () => {
    for (const row of queue) if (await scheduleCheck(ctx, row, now)) woken++
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  return woken
}

/**
 * Reconciles: sites look after themselves by their objects' alarms, and this wakes those whose check is overdue all the
 * same, or planned by a wrong clock. Page by page, bounded, and cheap when there is nothing: two queries.
 * @returns how many were found, and how many of them could be woken
 */
export async function reconcileChecks(ctx: Surroundings, now: number): Promise<{ found: number; woken: number }> {
  const startedAt = ctx.now()
  const counts = { found: 0, woken: 0 }
  for (const claim of [claimFarChecks, claimOverdueChecks]) {
    for (;;) {
      const limit = Math.min(PAGE, MOST_WOKEN - counts.found)
      if (limit <= 0 || ctx.now() - startedAt > MOST_MS) return counts
      const page = await claim({ db: ctx.db, now, limit })
      counts.found += page.length
      counts.woken += await wake(ctx, page, now)
      if (page.length < limit) break
    }
  }
  return counts
}
