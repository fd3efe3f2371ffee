import { auditRound } from './audit.ts'
import { assertHeld, type Assignment, type EngineContext } from './context.ts'
import { nextStage, type RunCursor } from './cursor.ts'
import { pushRound } from './push.ts'
import { openStreams, readRound } from './read.ts'
import { reconcileRound } from './reconcile.ts'

type Save = (cursor: RunCursor) => void

/** One request and what follows from it. @returns false when the stage is done */
function playRound(ctx: EngineContext, assignment: Assignment, cursor: RunCursor, save: Save): Promise<boolean> {
  if (cursor.stage === 'push') return pushRound(ctx, assignment, cursor, save)
  if (cursor.stage === 'audit') return auditRound(ctx, assignment, cursor, save)
  if (cursor.stage === 'reconcile') return reconcileRound(ctx, assignment, cursor, save)
  return readRound(ctx, assignment, cursor, save)
}

/**
 * Plays rounds until the run is done or its time is up; each round commits its rows and the cursor together. The stage `structure`
 * is the caller's, since its result belongs to D1.
 * @param deadline milliseconds since 1970 after which no round begins
 * @param pass names this run's passes over the terms
 * @returns whether the run is done
 */
export async function playSlice(
  ctx: EngineContext,
  assignment: Assignment,
  cursor: RunCursor,
  options: { deadline: number; pass: string; save: Save },
): Promise<boolean> {
  const { deadline, pass, save } = options
  while (cursor.stage !== 'end') {
    if (ctx.now() >= deadline) return false
    assertHeld(ctx)
    if (cursor.stage === 'read' && cursor.streams === null) cursor.streams = openStreams(ctx, assignment, pass)
    if (await playRound(ctx, assignment, cursor, save)) continue
    assertHeld(ctx)
    ctx.replica.database.transaction(() => {
      cursor.stage = nextStage(cursor.stage, assignment.direction)
      cursor.streams = null
      save(cursor)
    })
  }
  return true
}
