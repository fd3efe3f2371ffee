/** Items per state, as the site's object projects them into the integration's row. `limited`: the last run stopped at the limit. */
export interface CountsSnapshot {
  post_types: Record<string, { synced: number; failed: number; conflict: number; limited?: boolean }>
  taxonomies: Record<string, { synced: number; limited?: boolean }>
}
