import type { CountsData } from '../../../contract/content-link.ts'
import type { CountsSnapshot } from '../../../contract/counts.ts'
import type { SiteDatabase } from '../database.ts'

type Kind = keyof CountsSnapshot

/** A total that has not changed is stored again when it is this old. */
const REFRESHED_MS = 3_600_000

/** Number of entries by post type and taxonomy as the site counted them, and when. */
export class TotalTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /** Stores totals. One that is as it was keeps its time, for an hour at most. */
  save(counts: CountsData, now: number): void {
    for (const kind of ['post_types', 'taxonomies'] as const) {
      this.#database.rows(
        `INSERT INTO site_totals (kind, slug, n, at) SELECT ?1, key, value, ?2 FROM json_each(?3) WHERE true
         ON CONFLICT DO UPDATE SET n = excluded.n, at = excluded.at
           WHERE n <> excluded.n OR at NOT BETWEEN excluded.at - ?4 AND excluded.at`,
        kind,
        now,
        JSON.stringify(counts[kind]),
        REFRESHED_MS,
      )
    }
  }

  /** Adds the totals to a snapshot of the counts. */
  addTo(snapshot: CountsSnapshot): void {
    const rows = this.#database.rows<{ kind: Kind; slug: string; n: number; at: number }>('SELECT * FROM site_totals')
    for (const { kind, slug, n, at } of rows) {
      const total = { n, at }
      if (kind === 'taxonomies') snapshot.taxonomies[slug] = { synced: 0, ...snapshot.taxonomies[slug], total }
      else snapshot.post_types[slug] = { synced: 0, failed: 0, conflict: 0, ...snapshot.post_types[slug], total }
    }
  }
}
