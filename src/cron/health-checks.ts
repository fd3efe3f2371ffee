import type { ServiceContext } from '../services/context.ts'
import { claimFarChecks, claimOverdueChecks } from '../services/integrations/index.ts'
import { scheduleCheck } from '../services/site-calls.ts'

/** Rows of one query. */
const PAGE = 100
/** Most objects woken per tick. An invocation may make 10,000 subrequests. */
export const MOST_WOKEN = 2_000
/** No page begins after this: a tick comes every minute. */
const MOST_MS = 40_000
/** Concurrent calls. Six connections may wait for headers. */
const PARALLEL = 5

type CronContext = Pick<ServiceContext, 'db' | 'site' | 'now'>

/** Makes the objects of one page check their sites now. A failure stops no other. @returns how many were woken */
async function wake(ctx: CronContext, page: Awaited<ReturnType<typeof claimOverdueChecks>>, now: number) {
  const queue = page.values()
  let woken = 0
  const work = async () => {
    for (const row of queue) if (await scheduleCheck(ctx, row, now)) woken++
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  return woken
}

/**
 * Wakes objects whose health check is overdue, or planned too far ahead by a wrong clock. Normally each object's own
 * alarm runs its checks. Works page by page, bounded; takes two queries if nothing is due.
 * @returns how many were found, and how many of them were woken
 */
export async function reconcileChecks(ctx: CronContext, now: number): Promise<{ found: number; woken: number }> {
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
