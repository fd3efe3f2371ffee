import type { Keyset } from '../../contract/content-link.ts'
import type { RunDirection, Run, RunCounts } from '../../contract/sync.ts'
import { LinkError } from '../link/errors.ts'
import { NO_COUNTS } from './context.ts'

/** One list that is read page by page. */
export type Stream =
  | { kind: 'terms'; taxonomy: string; after: number; pass: string; left: number }
  | { kind: 'index'; type: string; depth: 'full' | 'metadata'; after: Keyset | null; left: number }
  | { kind: 'ids'; type: string; after: number }

/** How far the comparison of one post type has come. */
export interface TypeAuditCursor {
  type: string
  /** Posts modified later take no part; null for all. */
  until: Keyset | null
  step: 'compare' | 'repair' | 'done'
  /** Symbols that the site is asked for. */
  size: number
  /** Last post of the ranges that the site has digested, and what they add up to. */
  after: number
  theirs: string | null
  /** What all of the site's posts added up to. */
  root: { count: number; sum: string } | null
  round: number
  /** Posts unknown here that may still be taken in. */
  left: number
  /** Posts that differ and were not looked at yet. */
  ids: readonly number[]
  /** All posts that were found to differ. */
  seen: readonly number[]
  /** Those of them that differ still. */
  unresolved: readonly number[]
  /** `reread`: too many differ to be named. */
  outcome: 'equal' | 'differs' | 'skipped' | 'unsupported' | 'reread' | null
}

export type Stage = 'structure' | 'read' | 'reconcile' | 'audit' | 'push' | 'end'

/** Where a run is; stored with every page that it commits, so that a crash repeats one page at most. */
export interface RunCursor {
  /** Fence of the run in D1. */
  epoch: number
  stage: Stage
  /** Lists that are not read to their end yet; null before the stage has begun. */
  streams: Stream[] | null
  /** Types whose ids were all seen and whose differences are being mended. */
  mending: string[]
  /** Types whose number of posts differs from ours. */
  suspects: string[]
  /** Of a drift audit, null before it compares; absent in runs that began before there were any. */
  audits?: readonly TypeAuditCursor[] | null
  /** Row of the last item that was sent. */
  pushedAfter: number
  counts: RunCounts
  progress: Run['progress']
  warnings: string[]
}

const FIRST: Record<RunDirection, Stage> = {
  metadata: 'structure',
  from_external: 'structure',
  to_external: 'push',
  both: 'structure',
  audit: 'structure',
}

export const startCursor = (direction: RunDirection, epoch: number): RunCursor => ({
  epoch,
  stage: FIRST[direction],
  streams: null,
  mending: [],
  suspects: [],
  audits: null,
  pushedAfter: 0,
  counts: { ...NO_COUNTS },
  progress: { done: 0, total: 0, by_type: {} },
  warnings: [],
})

/** The stage after one that is done. */
export function nextStage(stage: Stage, direction: RunDirection): Stage {
  if (stage === 'structure') return 'read'
  if (stage === 'read' && direction === 'audit') return 'audit'
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

/** A list was read to its end: what was expected of it beyond that isn't there. */
export function endProgress(progress: Run['progress'], type: string): void {
  const entry = Object.hasOwn(progress.by_type, type) ? progress.by_type[type] : undefined
  if (!entry) return
  progress.total -= entry.total - entry.done
  entry.total = entry.done
}

/**
 * A list whose next page doesn't lie behind the last one would never end.
 * @throws LinkError `response_invalid`
 */
export function assertAdvances(after: Keyset | null, next: Keyset | null, name: string): void {
  if (after === null || next === null) return
  if (next[0] > after[0] || (next[0] === after[0] && next[1] > after[1])) return
  throw new LinkError({ code: 'response_invalid', detail: `The list of ${name} goes round in circles.` }, [])
}

const MAX_WARNINGS = 20

/** Notes something odd about the run, once. */
export function warn(cursor: RunCursor, warning: string): void {
  if (cursor.warnings.length < MAX_WARNINGS && !cursor.warnings.includes(warning)) cursor.warnings.push(warning)
}
