import type { ErrorCode } from '../../contract/errors.ts'
import { writeProjection, type RunIntegration } from '../../db/projection.ts'
import { log } from '../../lib/log.ts'
import { observeShare, SHARES } from '../../lib/metrics.ts'
import type { RunCursor } from '../replica/tables/run-cursor.ts'
import type { LeasedRun } from '../replica/tables/runs.ts'
import type { StepInput } from '../replica/tables/steps.ts'
import type { ObjectContext } from './context.ts'
import { countsOf } from './counts.ts'
import type { Meter } from './meter.ts'

/** What one attempt at a slice works with. */
export interface Session {
  meter: Meter
  integration: RunIntegration
  cursor: RunCursor
  startedAt: number
}

/** The fields that every event of a run has. */
export const eventOf = ({ id, direction, startedAt, actor }: LeasedRun) => ({
  action: direction === 'drift_check' ? 'drift_check' : 'sync',
  runId: id,
  actor,
  direction,
  startedAt,
})

/** Stores steps that no commit has stored. */
export function storeSteps({ store }: Pick<ObjectContext, 'store'>, run: LeasedRun, steps: readonly StepInput[]): void {
  store.replica.database.transaction(() => {
    store.runs.addSpent(run, steps)
    for (const step of steps) store.steps.add(run, step)
  })
}

/** Logs in one line how a run ended and what it took. */
export function logEnd(ctx: ObjectContext, run: LeasedRun, status: string, { counts }: RunCursor, code?: ErrorCode) {
  const { requests, bytes, duration_ms } = ctx.store.steps.describe(run.id)
  const spent = { requests, bytes, duration_ms, attempts: run.attempt }
  const share = status === 'succeeded' ? SHARES.work : 1
  observeShare(share, 'run', { direction: run.direction, outcome: status, code }, duration_ms)
  log.info('run ended', { direction: run.direction, status, counts, ...spent, ...(code !== undefined && { code }) })
}

/** Writes to D1 that a run was cancelled during this slice, so that the integration does not stay `syncing`. */
export async function writeCancellation(ctx: ObjectContext, run: LeasedRun, { cursor }: Session): Promise<void> {
  const failure = { code: 'cancelled', detail: 'The run was cancelled.' }
  const event = { ...eventOf(run), failure }
  await writeProjection(ctx, run, { epoch: cursor.epoch, counts: countsOf(ctx.store), status: 'pending', event })
  logEnd(ctx, run, 'cancelled', cursor)
}
