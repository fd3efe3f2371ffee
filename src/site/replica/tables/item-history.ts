import type { ItemDoc } from '../../items/doc.ts'
import type { Origin } from '../../items/origin.ts'
import type { Deletion } from '../../items/record.ts'
import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'

/** A version of an item that the journal keeps. */
export interface StoredVersion {
  id: number
  side: 'igny8' | 'wordpress'
  /** Until when IGNY8's side was so, or when the site's was read; milliseconds since 1970. */
  at: number
  revision: number
  deletion: Deletion | null
  /** Null in rows of an earlier version of the tables. */
  origin: Origin | null
}

interface VersionRow extends SqlRow {
  id: number
  until_at: number
  revision: number
  deletion: Deletion | null
  side: 'wordpress' | null
  origin: string | null
  prev: number | null
}

/** What the item's own row knows of its history. */
interface HeadRow extends SqlRow {
  history_id: number | null
  origin: string | null
}

const COLUMNS = 'id, until_at, revision, deletion, side, origin, prev'

const readOrigin = (text: string | null): Origin | null => (text === null ? null : (JSON.parse(text) as Origin))

const toVersion = ({ id, until_at: at, revision, deletion, side, origin }: VersionRow): StoredVersion => ({
  id,
  side: side ?? 'igny8',
  at,
  revision,
  deletion,
  origin: readOrigin(origin),
})

/**
 * The journal as the history of single items (history.ts). The item names its newest row and each row the one before, so
 * a page of versions costs as many rows as it shows, with no index to write. Where the chain ends the older rows were
 * dropped; a row that is another item's, or newer than the one that names it, is one that has taken a dropped one's id.
 */
export class ItemHistoryTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /** Where the history of an item begins, and what made it what it is now. */
  head(itemN: number): { historyId: number | null; origin: Origin | null } {
    const row = firstRow<HeadRow>(this.#database, 'SELECT history_id, origin FROM items WHERE n = ?', itemN)
    return { historyId: row?.history_id ?? null, origin: readOrigin(row?.origin ?? null) }
  }

  /**
   * Versions of an item, newest first, from a row on.
   * @returns them, and the row to go on from; null: nothing older is kept
   */
  walk(itemN: number, from: number | null, limit: number): { versions: StoredVersion[]; next: number | null } {
    const rows: VersionRow[] = []
    let next = from
    while (next !== null && rows.length < limit) {
      const row = this.#read(itemN, next)
      if (!row) return { versions: rows.map(toVersion), next: null }
      rows.push(row)
      next = row.prev === null ? this.#olderThan(itemN, row.id) : row.prev < row.id && row.prev > 0 ? row.prev : null
    }
    return { versions: rows.map(toVersion), next }
  }

  #read(itemN: number, id: number): VersionRow | null {
    return firstRow<VersionRow>(this.#database, `SELECT ${COLUMNS} FROM history WHERE id = ? AND item_n = ?`, id, itemN)
  }

  /** The row before one that an earlier version of the tables has written. There are none 30 days after the update. */
  #olderThan(itemN: number, id: number): number | null {
    const sql = 'SELECT max(id) AS id FROM history WHERE item_n = ? AND id < ? AND prev IS NULL'
    return firstRow<{ id: number | null }>(this.#database, sql, itemN, id)?.id ?? null
  }

  /** One version with its text; null if it is not kept, or another item's. */
  get(itemN: number, id: number): (StoredVersion & { doc: ItemDoc }) | null {
    const row = this.#read(itemN, id)
    const sql = 'SELECT doc FROM history WHERE id = ?'
    const text = row && firstRow<{ doc: string }>(this.#database, sql, id)?.doc
    if (!row || text === null || text === undefined) return null
    return { ...toVersion(row), doc: JSON.parse(text) as ItemDoc }
  }
}
