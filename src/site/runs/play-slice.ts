import { driftCheckRound } from '../drift/compare.ts'
import { assertHeld, type RunConfig, type EngineContext } from '../stages/context.ts'
import { nextStage } from '../stages/cursor.ts'
import type { RunCursor } from '../replica/tables/run-cursor.ts'
import { pushRound } from '../stages/push.ts'
import { openStreams, readRound } from '../stages/read.ts'
import { reconcileRound } from '../stages/reconcile.ts'

type Save = (cursor: RunCursor) => void

/** Plays one request and what follows from it. @returns false when the stage is done */
function playRound(ctx: EngineContext, runConfig: RunConfig, cursor: RunCursor, save: Save): Promise<boolean> {
  if (cursor.stage === 'push') return pushRound(ctx, runConfig, cursor, save)
  if (cursor.stage === 'drift_check') return driftCheckRound(ctx, runConfig, cursor, save)
  if (cursor.stage === 'reconcile') return reconcileRound(ctx, runConfig, cursor, save)
  return readRound(ctx, runConfig, cursor, save)
}

/**
 * Plays rounds until the run is done or its time is up. Each round commits its rows and the cursor together. The end of
 * a stage is not stored: a stage that has nothing left to do asks the site nothing, so whoever continues from the last
 * commit comes to the same place. The caller plays the stage `structure`, since its result belongs to D1.
 * @param options `deadline`: milliseconds since 1970 after which no round begins. `pass`: names this run's passes over
 * the terms
 * @returns whether the run is done
 */
export async function playSlice(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor,
  options: { deadline: number; pass: string; save: Save },
): Promise<boolean> {
  const { deadline, pass, save } = options
  while (cursor.stage !== 'end') {
    if (ctx.now() >= deadline) return false
    assertHeld(ctx)
    if (cursor.stage === 'read' && cursor.streams === null) cursor.streams = openStreams(ctx, runConfig, pass)
    if (await playRound(ctx, runConfig, cursor, save)) continue
    assertHeld(ctx)
    cursor.stage = nextStage(cursor.stage, runConfig.direction)
    cursor.streams = null
  }
  return true
}
