import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'

/** A backup of which no page was read for so long is given up. */
const DUMP_MS = 3_600_000

interface DumpRow extends SqlRow {
  id: string
  at: number
  tables: string
}

/** The backup of the object that is being read in pages; at most one. */
export class DumpTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  read(): { id: string; tables: string[] } | null {
    const row = firstRow<DumpRow>(this.#database, 'SELECT id, at, tables FROM dump')
    return row && { id: row.id, tables: JSON.parse(row.tables) as string[] }
  }

  start(id: string, tables: readonly string[], now: number): void {
    const sql = 'INSERT INTO dump (one, id, at, tables) VALUES (1, ?, ?, ?)'
    this.#database.rows(sql, id, now, JSON.stringify(tables))
  }

  /** Notes that a page was read. */
  touch(now: number): void {
    this.#database.rows('UPDATE dump SET at = ?', now)
  }

  end(): void {
    this.#database.rows('DELETE FROM dump')
  }

  /** When it is given up, in milliseconds since 1970; null if none is being read. */
  dueAt(): number | null {
    const row = firstRow<{ at: number }>(this.#database, 'SELECT at FROM dump')
    return row && row.at + DUMP_MS
  }
}
