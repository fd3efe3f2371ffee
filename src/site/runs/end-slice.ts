import { writeProjection, type Projection } from '../../db/projection.ts'
import { concludeRun } from '../drift/plan.ts'
import type { RunCursor } from '../replica/tables/run-cursor.ts'
import type { LeasedRun } from '../replica/tables/runs.ts'
import { startCursor } from '../stages/cursor.ts'
import type { ObjectContext } from './context.ts'
import { countsOf } from './counts.ts'
import { eventOf, logEnd, storeSteps, type Session } from './report-run.ts'

/** Where a run that repeats begins: with the push for a change made in IGNY8, else at its first stage. */
const againFrom = (cursor: RunCursor, direction: LeasedRun['direction']): RunCursor =>
  direction === 'to_external' || direction === 'both'
    ? { ...cursor, stage: 'push', streams: null, pushedAfter: 0 }
    : { ...startCursor(direction, cursor.epoch), counts: cursor.counts, progress: cursor.progress }

/**
 * Writes the results of the slice to D1, in one write; then the run continues, repeats or ends. D1 is written first: if
 * the object crashes before it has stored the end of the run, this end is played again.
 */
export async function endSlice(ctx: ObjectContext, run: LeasedRun, session: Session, isDone: boolean): Promise<void> {
  const { cursor, meter } = session
  const { schedule, runs, replica } = ctx.store
  storeSteps(ctx, run, meter.take(cursor.progress.done))
  // the site answers again: check its health now, so that the connection's state says so
  if (schedule.failures('health') > 0) schedule.makeDue('health', ctx.now())
  if (!isDone) {
    await writeProjection(ctx, run, { epoch: cursor.epoch, counts: countsOf(ctx.store), isVerified: true })
    runs.yield(run, ctx.now())
    return
  }
  const conclusion = replica.database.transaction(() => concludeRun(ctx, run, cursor))
  const projection: Projection = {
    epoch: cursor.epoch,
    counts: countsOf(ctx.store),
    status: 'success',
    isSynced: true,
    isVerified: true,
  }
  await writeProjection(ctx, run, { ...projection, event: { ...eventOf(run), ...conclusion } })
  if (runs.takeRepeat(run)) {
    runs.saveCursor(run, againFrom(cursor, run.direction))
    runs.yield(run, ctx.now())
    return
  }
  runs.finish(run, ctx.now(), null, cursor.counts)
  logEnd(ctx, run, 'succeeded', cursor)
}
