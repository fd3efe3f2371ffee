import type { Keyset } from '../../../contract/content-link.ts'
import type { Run, RunCounts } from '../../../contract/sync.ts'

/** One list that is read page by page. */
export type Stream =
  | { kind: 'terms'; taxonomy: string; after: number; pass: string; left: number }
  | { kind: 'index'; type: string; depth: 'full' | 'metadata'; after: Keyset | null; left: number }
  | { kind: 'ids'; type: string; after: number }

/** How far the comparison of one post type has come. */
export interface TypeDriftCursor {
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

export type Stage = 'structure' | 'read' | 'reconcile' | 'drift_check' | 'push' | 'end'

/** Where a run is; stored with every page that it commits, so that a crash repeats one page at most. */
export interface RunCursor {
  /** Fence of the run in D1. */
  epoch: number
  stage: Stage
  /** Lists that are not read to their end yet; null before the stage has begun. */
  streams: Stream[] | null
  /** Types whose ids were all seen and whose differences are being mended. */
  repairing: string[]
  /** Types whose number of posts differs from ours. */
  mismatches: string[]
  /** Of a drift check, null before it compares; absent in runs that began before there were any. */
  driftChecks?: readonly TypeDriftCursor[] | null
  /** Row of the last item that was sent. */
  pushedAfter: number
  counts: RunCounts
  progress: Run['progress']
  warnings: string[]
}
