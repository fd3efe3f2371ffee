import type { DriftCheckSnapshot } from './drift-check.ts'

/** Entries of a type as the site reported them, and when (milliseconds since 1970). The structure may be newer. */
interface Total {
  total?: { n: number; at: number }
}

/** Items per state, as the site's object projects them to the integration's row. `limited`: the last run stopped at the limit. */
export interface CountsSnapshot {
  post_types: Record<string, Total & { synced: number; failed: number; conflict: number; limited?: boolean }>
  taxonomies: Record<string, Total & { synced: number; limited?: boolean }>
  /** The last drift check; absent before the first one. */
  drift_check?: DriftCheckSnapshot
}
