import type { Keyset } from '../../../contract/content-link.ts'
import type { Run, RunCounts } from '../../../contract/sync.ts'

/** A list of the site that is read page by page, and the position in it. */
export type Stream =
  | { kind: 'terms'; taxonomy: string; after: number; pass: string; left: number }
  | { kind: 'index'; type: string; depth: 'full' | 'metadata'; after: Keyset | null; left: number }
  | { kind: 'ids'; type: string; after: number }

/** Progress of a drift check for one post type. */
export interface TypeDriftCursor {
  type: string
  /** Posts modified after this are ignored; null for none. */
  until: Keyset | null
  step: 'compare' | 'repair' | 'done'
  /** Number of sketch symbols to request. */
  size: number
  /** Last post id of the ranges received so far; `remote` is the sum of their sketches, as base64. */
  after: number
  remote: string | null
  /** Count and checksum of all posts of the site. */
  root: { count: number; sum: string } | null
  round: number
  /** How many unknown posts may still be imported. */
  left: number
  /** Posts that differ and were not repaired yet. */
  ids: readonly number[]
  /** All posts that differed. */
  seen: readonly number[]
  /** Those that still differ after a repair. */
  unresolved: readonly number[]
  /** `reread`: so many posts differ that the whole type is read again. */
  outcome: 'equal' | 'differs' | 'skipped' | 'unsupported' | 'reread' | null
}

export type Stage = 'structure' | 'read' | 'reconcile' | 'drift_check' | 'push' | 'end'

/** Progress of a run. Stored with every page that it commits, so a crash repeats at most one page. */
export interface RunCursor {
  /** Fences what the run writes to D1. */
  epoch: number
  stage: Stage
  /** Lists that are not read to their end; null before the stage starts. */
  streams: Stream[] | null
  /** Types whose ids were all read and whose differences are being repaired. */
  repairing: string[]
  /** Types that have another number of posts on the site than here. */
  mismatches: string[]
  /** Progress of the drift check; null before it starts, absent in runs of releases without one. */
  driftChecks?: readonly TypeDriftCursor[] | null
  /** Row number of the last item that was pushed. */
  pushedAfter: number
  /** Items of one push batch, after a batch broke the site's answer; absent for the usual number. */
  pushLimit?: number
  /** Broken answers in a row to a push batch. */
  brokenPushes?: number
  /** Items in a row that a firewall refused although they were sent alone. */
  refusedItems?: number
  counts: RunCounts
  progress: Run['progress']
  warnings: string[]
}
