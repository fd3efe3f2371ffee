import type { Keyset } from '../../contract/content-link.ts'
import type { RunCursor, Stage } from '../replica/tables/run-cursor.ts'
import { NO_COUNTS, type RunDirection, type Run } from '../../contract/sync.ts'
import { LinkError } from '../transport/direct/errors.ts'

const FIRST: Record<RunDirection, Stage> = {
  metadata: 'structure',
  from_external: 'structure',
  to_external: 'push',
  both: 'structure',
  drift_check: 'structure',
}

export const startCursor = (direction: RunDirection, epoch: number): RunCursor => ({
  epoch,
  stage: FIRST[direction],
  streams: null,
  repairing: [],
  mismatches: [],
  driftChecks: null,
  pushedAfter: 0,
  counts: { ...NO_COUNTS },
  progress: { done: 0, total: 0, by_type: {} },
  warnings: [],
})

/** The stage after one that is done. */
export function nextStage(stage: Stage, direction: RunDirection): Stage {
  if (stage === 'structure') return 'read'
  if (stage === 'read' && direction === 'drift_check') return 'drift_check'
  if (stage === 'read' && direction !== 'metadata') return 'reconcile'
  if (stage === 'reconcile' && direction === 'both') return 'push'
  return 'end'
}

/** Adds to the progress of a type. */
export function advance(progress: Run['progress'], type: string, done: number, total = 0): void {
  const known = Object.hasOwn(progress.by_type, type) ? progress.by_type[type] : undefined
  const entry = known ?? { done: 0, total: 0 }
  progress.by_type[type] = entry
  entry.done += done
  entry.total = Math.max(entry.total + total, entry.done)
  const all = Object.values(progress.by_type)
  progress.done = all.reduce((sum, { done: part }) => sum + part, 0)
  progress.total = all.reduce((sum, { total: part }) => sum + part, 0)
}

/** Lowers the expected total of a type to what was found, once its list was read to the end. */
export function endProgress(progress: Run['progress'], type: string): void {
  const entry = Object.hasOwn(progress.by_type, type) ? progress.by_type[type] : undefined
  if (!entry) return
  progress.total -= entry.total - entry.done
  entry.total = entry.done
}

/**
 * Checks that the next page of a list lies after the last one; otherwise the list would never end.
 * @throws LinkError `response_invalid`
 */
export function assertAdvances(after: Keyset | null, next: Keyset | null, name: string): void {
  if (after === null || next === null) return
  if (next[0] > after[0] || (next[0] === after[0] && next[1] > after[1])) return
  throw new LinkError({ code: 'response_invalid', detail: `The list of ${name} does not advance.` }, [])
}

const MAX_WARNINGS = 20

/** Adds a warning to the run, once. */
export function warn(cursor: RunCursor, warning: string): void {
  if (cursor.warnings.length < MAX_WARNINGS && !cursor.warnings.includes(warning)) cursor.warnings.push(warning)
}

/** Errors of one list: its type vanished, the owner switched it off, or the plugin is too old for the command. */
const ENDS_LIST = new Set(['unknown_type', 'unknown_taxonomy', 'type_denied', 'unknown_command'])
export const endsList = (code: string): boolean => ENDS_LIST.has(code)
