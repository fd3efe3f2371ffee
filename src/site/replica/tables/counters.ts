import type { ItemState } from '../../../contract/content.ts'
import type { CountsSnapshot } from '../../../contract/counts.ts'
import { firstRow, type SiteDatabase } from '../database.ts'

/** The counters as they must be: what the triggers keep, counted anew. */
const RECOUNT = `SELECT type, state, listed, count(*) AS n, count(external_id) AS external FROM items
  GROUP BY type, state, listed`

/**
 * How many items there are by type and state, and how many of them have a post. Triggers keep the numbers with every
 * write of an item, so that reading them costs the same whatever the site has.
 */
export class CounterTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /** Number of a type's posts in the replica that the site lists: without tombstones, and without those left alone. */
  countExternal(type: string): number {
    const sql = "SELECT ifnull(sum(external), 0) AS n FROM counters WHERE type = ? AND state <> 'deleted'"
    const alone = `SELECT count(*) AS n FROM items
      WHERE type = ? AND state <> 'deleted' AND external_id IS NOT NULL AND left_alone_at IS NOT NULL`
    const [all, left] = [sql, alone].map((text) => firstRow<{ n: number }>(this.#database, text, type)?.n ?? 0)
    return (all ?? 0) - (left ?? 0)
  }

  /** The counts by post type and state. */
  counts(taxonomies: CountsSnapshot['taxonomies']): CountsSnapshot {
    const rows = this.#database.rows<{ type: string; state: ItemState; listed: number; n: number }>(
      'SELECT type, state, listed, n FROM counters WHERE n > 0',
    )
    // a type may be named like a property of Object.prototype
    const post_types: CountsSnapshot['post_types'] = Object.create(null)
    for (const { type, state, listed, n } of rows) {
      const entry = (post_types[type] ??= { synced: 0, failed: 0, conflict: 0 })
      // the site's total leaves out the trash, so the number of synced items does too
      if (state === 'failed' || state === 'conflict' || (state === 'synced' && listed === 1)) entry[state] += n
    }
    // these stay as they were, whatever becomes of their posts
    for (const { type, n } of this.#database.rows<{ type: string; n: number }>(
      `SELECT type, count(*) AS n FROM items WHERE left_alone_at IS NOT NULL AND state = 'synced' AND listed = 1
         GROUP BY type`,
    )) {
      const entry = post_types[type]
      if (entry) entry.synced -= n
    }
    return { post_types, taxonomies }
  }

  /**
   * Counts the items anew, and puts right the counters that differ. The triggers keep them exact; but a wrong number of
   * posts would hide a difference from every sync, so the drift check takes nothing for granted.
   * @returns the counters that were wrong, as `type/state`
   */
  recount(): string[] {
    return this.#database.transaction(() => {
      const differing = this.#database.rows<{ type: string; state: string; listed: number }>(
        `SELECT type, state, listed FROM (
           SELECT type, state, listed, n, external FROM counters WHERE n <> 0 OR external <> 0
           UNION ALL SELECT * FROM (${RECOUNT}))
         GROUP BY type, state, listed HAVING count(*) <> 2 OR min(n) <> max(n) OR min(external) <> max(external)`,
      )
      if (differing.length === 0) return []
      this.#database.rows('DELETE FROM counters')
      this.#database.rows(`INSERT INTO counters (type, state, listed, n, external) ${RECOUNT}`)
      return differing.map(({ type, state }) => `${type}/${state}`)
    })
  }
}
