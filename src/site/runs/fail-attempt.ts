import { writeProjection } from '../../db/projection.ts'
import { MAX_ATTEMPTS, runBackoffMs } from '../../lib/backoff.ts'
import { log } from '../../lib/log.ts'
import type { LeasedRun } from '../replica/tables/runs.ts'
import { noteDirectFailure } from '../transport/choice.ts'
import type { SiteFailure } from '../transport/failure.ts'
import type { ObjectContext } from './context.ts'
import { countsOf } from './counts.ts'
import { pluginIdOf } from './log-ids.ts'
import { eventOf, logEnd, storeSteps, type Session } from './report-run.ts'

/** After this many failures in a row the site was away so long that webhooks may be lost: a drift check follows. */
const OUTAGE_FAILURES = 3

/**
 * Queues the run again after a failed attempt, or ends it as failed. D1 is written first: if that fails, the run stays
 * unfinished and is taken again when its lease ends.
 */
export async function failAttempt(
  ctx: ObjectContext,
  run: LeasedRun,
  { cursor, meter }: Session,
  failure: SiteFailure,
): Promise<void> {
  const { runs, commandLog, driftChecks, schedule } = ctx.store
  const { code, detail, fix } = failure
  if (!runs.holds(run, ctx.now())) return
  commandLog.forget(run.id)
  const isSwitched = noteDirectFailure(ctx.store, code, ctx.now())
  const failures = runs.failuresOf(run)
  log.warn('run attempt failed', { failures, code, ...pluginIdOf(failure), cause: failure.cause })
  storeSteps(ctx, run, meter.take(cursor.progress.done, { code, detail, fix }))
  const isRetried = isSwitched || (failure.retryable && failures < MAX_ATTEMPTS)
  if (!isRetried || failures >= OUTAGE_FAILURES) driftChecks.noteOutage()
  await writeProjection(ctx, run, {
    epoch: cursor.epoch,
    ...(cursor.stage !== 'structure' && { counts: countsOf(ctx.store) }),
    status: isRetried ? 'pending' : 'failed',
    event: { ...eventOf(run), failure: { code, detail } },
  })
  const reason = { code, detail, fix }
  const waiting = { for: failure.retryAfterS > 0 ? 'rate_limit' : 'retry', since: ctx.now(), detail } as const
  const retryAt = ctx.now() + (isSwitched ? 0 : runBackoffMs(failures, ctx.random(), failure.retryAfterS))
  // a health check tells whether the site or only this run is at fault; it honours the site's Retry-After
  if (schedule.failures('health') === 0) schedule.makeDue('health', failure.retryAfterS > 0 ? retryAt : ctx.now())
  if (isRetried) runs.retry(run, retryAt, reason, waiting)
  else {
    runs.finish(run, ctx.now(), reason, cursor.counts)
    logEnd(ctx, run, 'failed', cursor, code)
  }
}
