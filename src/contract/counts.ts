import type { DriftCheckSnapshot } from './drift-check.ts'

/** How many entries the site said a type has, and when (milliseconds since 1970); its structure may be newer. */
interface Total {
  total?: { n: number; at: number }
}

/** Items per state, as the site's object projects them into the integration's row. `limited`: the last run stopped at the limit. */
export interface CountsSnapshot {
  post_types: Record<string, Total & { synced: number; failed: number; conflict: number; limited?: boolean }>
  taxonomies: Record<string, Total & { synced: number; limited?: boolean }>
  /** The last drift audit; absent before there was one. */
  drift_check?: DriftCheckSnapshot
}
