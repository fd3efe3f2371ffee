import type { Restore, RestoreCounts } from '../../../contract/restores.ts'
import { toTimestamp } from '../../../lib/timestamp.ts'
import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'

/** How many restores are kept. */
const KEPT = 100

/** A restore of the site's items, as it is stored. */
export interface RestoreRow extends SqlRow {
  n: number
  id: string
  kind: Restore['kind']
  to_at: number
  at: number
  state: Restore['state']
  newer: Restore['newer']
  undoes: string | null
  undone_at: number | null
  /** Where it goes on. */
  cursor: number
  counts: string
}

export type NewRestore = Pick<RestoreRow, 'id' | 'kind' | 'to_at' | 'at' | 'state' | 'newer' | 'undoes'>

export const NO_RESTORE_COUNTS: RestoreCounts = { changed: 0, revived: 0, trashed: 0, skipped: {} }

export const readCounts = ({ counts }: Pick<RestoreRow, 'counts'>): RestoreCounts => JSON.parse(counts) as RestoreCounts

export const presentRestore = (row: RestoreRow): Restore => ({
  id: row.id,
  kind: row.kind,
  to: toTimestamp(row.to_at),
  newer: row.newer,
  started_at: toTimestamp(row.at),
  state: row.state,
  undoes: row.undoes,
  undone_at: toTimestamp(row.undone_at),
  counts: readCounts(row),
})

/** What was put back, newest first. */
export class RestoreTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  find(id: string): RestoreRow | null {
    return firstRow<RestoreRow>(this.#database, 'SELECT * FROM restores WHERE id = ?', id)
  }

  /** The one that is under way. */
  running(): RestoreRow | null {
    return firstRow<RestoreRow>(this.#database, "SELECT * FROM restores WHERE state = 'running'")
  }

  list(): Restore[] {
    return this.#database.rows<RestoreRow>('SELECT * FROM restores ORDER BY n DESC').map(presentRestore)
  }

  add({ id, kind, to_at: to, at, state, newer, undoes }: NewRestore): void {
    this.#database.rows(
      `INSERT INTO restores (id, kind, to_at, at, state, newer, undoes, cursor, counts) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)`,
      id,
      kind,
      to,
      at,
      state,
      newer,
      undoes,
      JSON.stringify(NO_RESTORE_COUNTS),
    )
    this.#database.rows('DELETE FROM restores WHERE n <= (SELECT max(n) FROM restores) - ?', KEPT)
  }

  /** Stores how far it is. */
  save(id: string, cursor: number, counts: RestoreCounts): void {
    this.#database.rows('UPDATE restores SET cursor = ?, counts = ? WHERE id = ?', cursor, JSON.stringify(counts), id)
  }

  end(id: string, state: 'done' | 'failed'): void {
    this.#database.rows('UPDATE restores SET state = ? WHERE id = ?', state, id)
  }

  markUndone(id: string, at: number): void {
    this.#database.rows('UPDATE restores SET undone_at = ? WHERE id = ?', at, id)
  }

  /** The newest rewind by the platform: the moment, and when it was made. Both in milliseconds since 1970. */
  lastRewind(): { to: number; at: number } | null {
    const sql = 'SELECT to_at AS "to", at FROM restores WHERE kind = \'rewind\' ORDER BY n DESC LIMIT 1'
    return firstRow<{ to: number; at: number }>(this.#database, sql)
  }
}
