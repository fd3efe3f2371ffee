import type { ItemDoc } from '../../items/doc.ts'
import { changedFields, originOf, type Change, type Origin, type SiteVersion } from '../../items/origin.ts'
import type { Deletion, ItemRecord } from '../../items/record.ts'
import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'
import { VERSIONS_PER_ITEM } from './item-rows.ts'

/** How far back a site can be put, and for how long a version is kept after another took its place. */
export const HISTORY_MS = 30 * 86_400_000
/** What the journal of a site keeps at most; the oldest changes go first. */
const MOST_ROWS = 100_000
const MOST_BYTES = 256_000_000
/** Rows dropped with one change at most: more than that change can add, so that the journal shrinks to its bounds. */
const DROPPED_AT_ONCE = 50

interface Past extends SqlRow {
  deletion: Deletion | null
  revision: number
  external_id: number | null
  history_id: number | null
  origin: string | null
  base: string | null
  local: string | null
}

/** A row to add. */
interface NewRow {
  itemN: number
  side: 'wordpress' | null
  revision: number
  deletion: Deletion | null
  cause: string | null
  doc: string
  origin: string | null
  prev: number | null
}

/** What a change leaves in the item's own row. */
export interface Noted {
  /** Newest row of the journal about the item. */
  historyId: number | null
  /** What made its IGNY8 side what it is now (JSON); null: that has not changed. */
  origin: string | null
}

/** Changes that an undo finds by what caused them. */
const causeOf = ({ action, source = null }: Change): string | null =>
  action === 'bulk' || action === 'restore_site' ? source : null

const isAfter = (id: number, historyId: number | null): boolean => historyId !== null && historyId < id

interface End extends SqlRow {
  id: number
  until_at: number
  total: number
  floor_at: number
}

/** An item's IGNY8 side as it was. */
export interface PastSide {
  historyId: number
  itemN: number
  doc: ItemDoc
  deletion: Deletion | null
  revision: number
}

interface PastRow extends SqlRow {
  id: number
  item_n: number
  doc: string
  deletion: Deletion | null
  revision: number
}

const toPastSide = ({ id, item_n: itemN, doc, deletion, revision }: PastRow): PastSide => ({
  historyId: id,
  itemN,
  doc: JSON.parse(doc) as ItemDoc,
  deletion,
  revision,
})

/**
 * The journal: what the IGNY8 side of each item was until a moment. A change of it adds one row, in the transaction of
 * the change; a new item, a newer side of the site's or a changed state add none. So what was at a moment T is, for each
 * item, the first row whose `until_at` is after T, and what it is now if there is none.
 *
 * The same rows are the history of an item (item-history.ts): each has what made its version, and the row before of the
 * same item. For that alone a version of the site's side is kept, too, where IGNY8's has another text; `side` tells
 * these rows apart, and whatever puts content back leaves them out.
 *
 * Times never run backwards here, whatever the clock does: so rows are in the order of their times, and the first one
 * after a moment is found by halving.
 */
export class HistoryTable {
  readonly #database: SiteDatabase
  /** Milliseconds since 1970. The simulator replaces it. */
  now: () => number = () => Date.now()

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /**
   * Notes a stored item before it is written anew: its IGNY8 side, if that changes, and the site's new version, if it is
   * one of its own.
   */
  note(record: ItemRecord, change: Change, site: SiteVersion | null): Noted {
    const past = firstRow<Past>(
      this.#database,
      `SELECT deletion, revision, external_id, history_id, origin,
         (SELECT doc FROM versions WHERE key = items.n * ${VERSIONS_PER_ITEM}) AS base,
         (SELECT doc FROM versions WHERE key = items.n * ${VERSIONS_PER_ITEM} + 1) AS local FROM items WHERE n = ?`,
      record.n,
    )
    const noted: Noted = { historyId: past?.history_id ?? null, origin: null }
    const doc = past?.local ?? past?.base
    if (!past || doc === null || doc === undefined) return noted
    const isRead = past.base !== null || past.external_id === null
    const changed = isRead ? changeOf(doc, past, record) : []
    const { revision, deletion, origin } = past
    const row = { itemN: record.n, revision, deletion, cause: causeOf(change), doc, origin }
    // of a post that could not be read yet its item shows nothing
    if (isRead && changed !== null) noted.historyId = this.#add({ ...row, side: null, prev: noted.historyId })
    if (changed !== null) noted.origin = JSON.stringify(originOf(change, this.now(), changed))
    if (site) noted.historyId = this.#addSite(record, change, site, noted.historyId)
    return noted
  }

  #addSite(record: ItemRecord, change: Change, site: SiteVersion, prev: number | null): number {
    const origin: Origin = originOf(change, this.now(), site.fields)
    const doc = JSON.stringify(site.doc)
    const { n: itemN, revision } = record
    const row = { itemN, revision, deletion: null, cause: null, doc, origin: JSON.stringify(origin) }
    return this.#add({ ...row, side: 'wordpress', prev })
  }

  /** @returns the id of the row */
  #add({ itemN, side, revision, deletion, cause, doc, origin, prev }: NewRow): number {
    const { id: lastId, until_at: lastAt, total, floor_at: floorAt } = this.#makeRoom()
    const id = lastId + 1
    this.#database.rows(
      `INSERT INTO history (id, item_n, until_at, revision, deletion, cause, doc, total, floor_at, prev, side, origin)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 + octet_length(?7), ?9, ?10, ?11, ?12)`,
      id,
      itemN,
      Math.max(this.now(), lastAt),
      revision,
      deletion,
      cause,
      doc,
      total,
      floorAt,
      // ids begin anew once the journal is empty
      isAfter(id, prev) ? prev : 0,
      side,
      origin,
    )
    return id
  }

  #last(): End {
    const sql = 'SELECT id, until_at, total, floor_at FROM history ORDER BY id DESC LIMIT 1'
    return firstRow<End>(this.#database, sql) ?? { id: 0, until_at: 0, total: 0, floor_at: 0 }
  }

  /** The oldest rows, with what each of them holds. */
  #oldest(limit: number): (End & { bytes: number })[] {
    return this.#database.rows(
      'SELECT id, until_at, total, floor_at, octet_length(doc) AS bytes FROM history ORDER BY id LIMIT ?',
      limit,
    )
  }

  /** Drops the oldest rows if there are too many, or if they are too old. @returns the newest row */
  #makeRoom(): End {
    const last = this.#last()
    const [first] = this.#oldest(1)
    if (!first || !this.#isTooMuch(first, last)) return last
    const oldest = this.#oldest(DROPPED_AT_ONCE)
    const dropped = oldest.filter((row) => this.#isTooMuch(row, last))
    return { ...last, floor_at: this.#drop(dropped.at(-1) ?? first, last) }
  }

  #isTooMuch({ id, until_at: at, total, bytes }: End & { bytes: number }, last: End): boolean {
    const isOld = at < this.now() - HISTORY_MS
    return isOld || last.id - id + 1 >= MOST_ROWS || last.total - total + bytes >= MOST_BYTES
  }

  /** @returns the moment before which nothing can be answered any more */
  #drop({ id, until_at: at }: End, { floor_at: floorAt }: End): number {
    this.#database.rows('DELETE FROM history WHERE id <= ?', id)
    return Math.max(floorAt, at)
  }

  /** Drops what is older than is kept, for a site in which nothing changes. @returns how many rows */
  prune(limit: number): number {
    const oldest = this.#oldest(1)
    if (!oldest[0] || oldest[0].until_at >= this.now() - HISTORY_MS) return 0
    const old = this.#oldest(limit).filter(({ until_at: at }) => at < this.now() - HISTORY_MS)
    const last = old.at(-1)
    if (last) this.#drop(last, this.#last())
    return old.length
  }

  /** The earliest moment that the site can be put back to, in milliseconds since 1970. */
  earliestAt(): number {
    return Math.max(this.now() - HISTORY_MS, this.floorAt())
  }

  /** Moments before this one can't be answered, because rows were dropped for want of room. */
  floorAt(): number {
    return this.#last().floor_at
  }

  /** How much the journal holds. */
  size(): { rows: number; bytes: number } {
    const [last, first] = [this.#last(), this.#oldest(1)[0]]
    return first
      ? { rows: last.id - first.id + 1, bytes: last.total - first.total + first.bytes }
      : { rows: 0, bytes: 0 }
  }

  /** The id of the last row whose time is not after a moment; 0 if there is none. */
  #lastBefore(at: number): number {
    const [first, last] = [this.#oldest(1)[0], this.#last()]
    if (!first || first.until_at > at) return 0
    let [from, to] = [first.id, last.id]
    while (from < to) {
      const middle = Math.ceil((from + to) / 2)
      const sql = 'SELECT until_at FROM history WHERE id = ?'
      if ((firstRow<{ until_at: number }>(this.#database, sql, middle)?.until_at ?? Infinity) <= at) from = middle
      else to = middle - 1
    }
    return from
  }

  /**
   * What changed after a moment, up to another: for each item the row that has its IGNY8 side of then, in the order of
   * the items. Reads an entry of every change of that time.
   */
  changedBetween(at: number, until: number): [itemN: number, historyId: number][] {
    const rows = this.#database.rows<{ item_n: number; id: number }>(
      'SELECT item_n, min(id) AS id FROM history WHERE id > ? AND id <= ? AND side IS NULL GROUP BY item_n ORDER BY item_n',
      this.#lastBefore(at),
      this.#lastBefore(until),
    )
    return rows.map(({ item_n: itemN, id }) => [itemN, id])
  }

  /** For each item that changed since a row, that row included, its newest row. */
  lastChanges(historyId: number): [itemN: number, historyId: number][] {
    const rows = this.#database.rows<{ item_n: number; id: number }>(
      'SELECT item_n, max(id) AS id FROM history WHERE id >= ? AND side IS NULL GROUP BY item_n',
      historyId,
    )
    return rows.map(({ item_n: itemN, id }) => [itemN, id])
  }

  get(historyId: number): PastSide | null {
    const sql = 'SELECT id, item_n, doc, deletion, revision FROM history WHERE id = ?'
    const row = firstRow<PastRow>(this.#database, sql, historyId)
    return row && toPastSide(row)
  }

  /** What a restore has changed, oldest first. */
  causedBy(cause: string, after: number, limit: number): PastSide[] {
    return this.#database
      .rows<PastRow>(
        `SELECT id, item_n, doc, deletion, revision FROM history WHERE cause = ? AND cause IS NOT NULL AND id > ?
         ORDER BY id LIMIT ?`,
        cause,
        after,
        limit,
      )
      .map(toPastSide)
  }

  /** The newest row. */
  lastId(): number {
    return this.#last().id
  }

  /** The changes of these items after a row, oldest first, with what caused them. Reads an entry of every change since. */
  changesOf(items: readonly number[], after: number): { id: number; itemN: number; cause: string | null }[] {
    return this.#database
      .rows<{ id: number; item_n: number; cause: string | null }>(
        `SELECT id, item_n, cause FROM history WHERE id > ? AND item_n IN (SELECT value FROM json_each(?))
         AND side IS NULL ORDER BY id`,
        after,
        JSON.stringify(items),
      )
      .map(({ id, item_n: itemN, cause }) => ({ id, itemN, cause }))
  }

  /** Moves the URLs of featured images, as in `ItemTable.relocateImages`. */
  relocateImages(from: string, to: string, done: string | null): void {
    const found = `instr(doc, ?1 || ?2 || '/')`
    this.#database.rows(
      `UPDATE history SET doc = replace(doc, ?1 || ?2 || '/', ?1 || ?3 || '/')
       WHERE instr(doc, ?4) > 0 AND ${found} > instr(doc, ?4) AND instr(substr(doc, ${found} + 1), ?1) = 0
         AND (?5 IS NULL OR instr(doc, ?1 || ?5 || '/') = 0)`,
      '"url":"',
      from,
      to,
      '"featured":{"id":',
      done,
    )
  }
}

/** The fields that a change of IGNY8's side changes; null if it stays as it is. */
function changeOf(stored: string, past: Past, record: ItemRecord): string[] | null {
  const isSameDeletion = past.deletion === record.deletion
  if (isSameDeletion && stored === JSON.stringify(record.local)) return null
  const doc = JSON.parse(stored) as ItemDoc
  const fields = changedFields({ doc, deletion: past.deletion }, record)
  return isSameDeletion && fields.length === 0 ? null : fields
}
