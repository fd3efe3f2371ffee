import type { Structure } from '../../contract/structure.ts'
import { beginRun, readIntegration, writeProjection, type RunIntegration } from '../../db/projection.ts'
import { MAX_ATTEMPTS, MAX_WAIT_MS } from '../../lib/backoff.ts'
import { log } from '../../lib/log.ts'
import type { RunCursor } from '../replica/tables/run-cursor.ts'
import type { LeasedRun } from '../replica/tables/runs.ts'
import { LostLease, type EngineContext } from '../stages/context.ts'
import { nextStage, startCursor } from '../stages/cursor.ts'
import { expectProgress } from '../stages/read.ts'
import { fetchStructure } from '../stages/structure.ts'
import { noteDirectSuccess } from '../transport/choice.ts'
import { readCommandData } from '../transport/direct/send.ts'
import { describeFailure } from '../transport/failure.ts'
import type { LinkTarget } from '../transport/site-link.ts'
import { Suspended } from '../transport/suspended.ts'
import type { ObjectContext } from './context.ts'
import { endSlice } from './end-slice.ts'
import { failAttempt } from './fail-attempt.ts'
import { Meter } from './meter.ts'
import { createEndpoint, createEngineContext, openTarget } from './open-engine.ts'
import { playSlice } from './play-slice.ts'
import { writeCancellation, type Session } from './report-run.ts'
import { createRunConfig } from './run-config.ts'
import { applyTypeLimits } from './type-limits.ts'

/** No request of a slice begins after this. */
const SLICE_MS = 20_000
/** Items that wait to be pushed rest this long while the integration is switched off. */
const RETRY_PAUSE_MS = 3_600_000

/** Plays one slice of a leased run, and stores how it ended: done, unfinished, suspended, failed or cancelled. */
export async function playRun(ctx: ObjectContext, run: LeasedRun): Promise<void> {
  const startedAt = ctx.now()
  const integration = run.cursor ? await readIntegration(ctx, run) : await beginRun(ctx, run)
  if (!integration?.isActive || !integration.syncEnabled) {
    ctx.store.runs.cancelAll(run.integrationId, ctx.now())
    ctx.store.replica.items.deferRetries(ctx.now() + RETRY_PAUSE_MS)
  }
  if (!integration) return
  const cursor = run.cursor ?? startCursor(run.direction, integration.syncEpoch)
  const meter = new Meter(ctx.now, cursor.progress.done)
  const session: Session = { meter, integration, cursor, startedAt }
  try {
    if (run.failures > MAX_ATTEMPTS) throw new Error('every attempt broke off before its end')
    if (ctx.store.runs.holds(run, ctx.now())) {
      const isDone = await playStages(meter.watch(ctx), run, session)
      await endSlice(ctx, run, session, isDone)
    }
  } catch (cause) {
    if (cause instanceof Suspended) await suspend(ctx, run, session, cause.isBrief)
    else if (!(cause instanceof LostLease)) await failAttempt(ctx, run, session, describeFailure(cause))
  }
  if (ctx.store.runs.isCancelled(run)) await writeCancellation(ctx, run, session)
}

/** Leaves the run to the site's next poll. D1 hears of it once: a run that waits from its start on is not `syncing`. */
async function suspend(ctx: ObjectContext, run: LeasedRun, { cursor }: Session, isBrief: boolean): Promise<void> {
  ctx.store.runs.suspend(run, isBrief ? ctx.now() : ctx.now() + MAX_WAIT_MS)
  if (isBrief || run.cursor !== null) return
  try {
    await writeProjection(ctx, run, { epoch: cursor.epoch, status: 'pending' })
  } catch (cause) {
    log.warn('waiting not projected', { cause })
  }
}

/** @returns whether the run is done. @throws Suspended, LostLease, and whatever makes the attempt fail */
async function playStages(ctx: ObjectContext, run: LeasedRun, session: Session): Promise<boolean> {
  const { cursor, meter } = session
  const target = await openTarget(ctx, session.integration, { requestId: run.requestId, runId: run.id })
  const endpoint = createEndpoint(ctx, session.integration, target)
  const holds = () => ctx.store.runs.holds(run, ctx.now())
  const engine = createEngineContext(ctx, { target, endpoint: endpoint.resolve, holds, workId: run.id, meter })
  const save = (position: RunCursor) => {
    const steps = meter.take(position.progress.done)
    ctx.store.runs.saveCursor(run, position, steps)
    for (const step of steps) ctx.store.steps.add(run, step)
    engine.commit()
  }
  if (cursor.stage === 'structure') {
    const known = { ...target, commandsUrl: session.integration.commandsUrl }
    engine.enter('structure', null)
    const read = await readStructure(ctx, engine, known)
    if (read.endpoint !== null) endpoint.set(read.endpoint)
    session.integration = await storeStructure(ctx, run, session, read.structure)
    cursor.stage = nextStage(cursor.stage, run.direction)
    if (cursor.stage === 'read' && run.direction !== 'metadata')
      expectProgress(engine, createRunConfig(session.integration, run.direction), cursor)
    ctx.store.replica.database.transaction(() => save(cursor))
  }
  const runConfig = createRunConfig(session.integration, run.direction)
  const deadline = session.startedAt + SLICE_MS
  const isDone = await playSlice(engine, runConfig, cursor, { deadline, pass: run.id, save })
  if (ctx.store.transport.read().transport === 'direct') noteDirectSuccess(ctx.store)
  return isDone
}

/** Reads the site's structure by the transport in use. `endpoint` is null unless the site was called. */
async function readStructure(
  ctx: ObjectContext,
  engine: EngineContext,
  target: LinkTarget & { commandsUrl: string | null },
): Promise<{ structure: Structure; endpoint: string | null }> {
  if (ctx.store.transport.read().transport === 'direct') return fetchStructure(ctx, target)
  const [result] = await engine.send([{ name: 'structure', args: {} }])
  return { structure: readCommandData('structure', result, []), endpoint: null }
}

/** Writes the structure to D1. @throws LostLease if the lease was lost before or after, or a newer run has the epoch */
async function storeStructure(
  ctx: ObjectContext,
  run: LeasedRun,
  { integration, cursor }: Session,
  structure: Structure,
): Promise<RunIntegration> {
  const holds = () => ctx.store.runs.holds(run, ctx.now())
  if (!holds()) throw new LostLease()
  if (!(await writeProjection(ctx, run, { epoch: cursor.epoch, structure }))) throw new LostLease()
  if (!holds()) throw new LostLease()
  applyTypeLimits(ctx, { ...run, keyId: null }, structure)
  return { ...integration, structure }
}
