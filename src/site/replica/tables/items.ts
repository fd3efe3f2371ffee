import type { ItemFilter, ItemState } from '../../../contract/content.ts'
import { originOf, type Change, type SiteVersion } from '../../items/origin.ts'
import type { ItemRecord } from '../../items/record.ts'
import { firstRow, type SiteDatabase, type SqlRow, type SqlValue } from '../database.ts'
import type { HistoryTable, Noted } from './history.ts'
import {
  COLUMNS,
  storedVersions,
  toRecord,
  valuesOf,
  VERSIONS_PER_ITEM,
  versionsOf,
  type ItemRow,
  type VersionRow,
} from './item-rows.ts'

/** Items that could not be sent and are retried. A post that could not be read has a reminder in the inbox instead. */
const IS_UNSENT =
  "state IN ('failed', 'local_ahead') AND retry_at IS NOT NULL AND (external_id IS NULL OR etag IS NOT NULL)"

/** The columns that tell whether a post is known and unchanged. */
export interface ItemHead {
  n: number
  id: string
  type: string
  state: ItemState
  externalId: number | null
  etag: string | null
  isLeftAlone: boolean
}

const NAMES = COLUMNS.split(',').map((name) => name.trim())
/** When an item was made here. Those that were read from the site were there before. */
const createdAt = ({ externalId, updatedAt }: ItemRecord) => (externalId === null ? updatedAt : null)
const INSERT = `INSERT INTO items (${COLUMNS}, created_at, origin) VALUES (${NAMES.map(() => '?').join()}, ?, ?) RETURNING n`
const PATHS = NAMES.map((_, index) => `value ->> ${index}`).join()
/** An item keeps its id, the first column. */
const UPDATE = `UPDATE items SET ${NAMES.slice(1)
  .map((name) => `${name} = ?`)
  .join()}, history_id = ifnull(?, history_id), origin = ifnull(?, origin) WHERE n = ?`
/** Inserts many items from a JSON array of their values; their rows follow row ?1. */
const INSERT_ALL = `INSERT INTO items (n, ${COLUMNS}, created_at, origin) SELECT ?1 + 1 + key, ${PATHS},
  CASE WHEN value ->> ${NAMES.indexOf('external_id')} IS NULL THEN value ->> ${NAMES.indexOf('updated_at')} END, ?3
  FROM json_each(?2)`
/** A bound value may have 2 MB in UTF-8, and a character up to three bytes. */
const MAX_JSON_CHARACTERS = 500_000
/** SQLite's JSON functions change NUL and unpaired surrogates; items with these are inserted one by one. */
const ODD_CHARACTERS = /\\u(0000|d[89a-f])/

const INSERT_VERSION = 'INSERT INTO versions VALUES (?, ?) ON CONFLICT DO UPDATE SET doc = excluded.doc'
/** A statement may have 100 bindings. */
const VERSIONS_PER_INSERT = 50
/** A change of what is stored with an item besides its versions. */
const UNNAMED: Change = { action: 'read', by: null }
/** What made a new item. */
const bornBy = (change: Change, record: ItemRecord | undefined): string =>
  JSON.stringify(originOf(change, record?.updatedAt ?? 0, []))
const INSERT_VERSIONS = INSERT_VERSION.replace('(?, ?)', Array(VERSIONS_PER_INSERT).fill('(?, ?)').join())

/** The items of a site: reads and writes whole records, and answers the queries of runs and lists. */
export class ItemTable {
  readonly #database: SiteDatabase
  readonly #history: HistoryTable

  /** Called for each item that is written, inside the transaction that writes it. */
  onItem: (id: string) => void = () => undefined

  constructor(database: SiteDatabase, history: HistoryTable) {
    this.#database = database
    this.#history = history
  }

  #read(row: ItemRow): ItemRecord {
    const versions = this.#database.rows<VersionRow>(
      'SELECT key, doc FROM versions WHERE key BETWEEN ? AND ?',
      row.n * VERSIONS_PER_ITEM,
      row.n * VERSIONS_PER_ITEM + VERSIONS_PER_ITEM - 1,
    )
    return toRecord(row, versions)
  }

  get(id: string): ItemRecord | null {
    const row = firstRow<ItemRow>(this.#database, 'SELECT * FROM items WHERE id = ?', id)
    return row && this.#read(row)
  }

  /** @param n row number */
  getByRow(n: number): ItemRecord | null {
    const row = firstRow<ItemRow>(this.#database, 'SELECT * FROM items WHERE n = ?', n)
    return row && this.#read(row)
  }

  getByExternalId(externalId: number): ItemRecord | null {
    const row = firstRow<ItemRow>(this.#database, 'SELECT * FROM items WHERE external_id = ?', externalId)
    return row && this.#read(row)
  }

  /** Heads of the items with these posts, by post id. */
  heads(externalIds: readonly number[]): Map<number, ItemHead> {
    const rows = this.#database.rows<
      SqlRow & Pick<ItemHead, 'n' | 'id' | 'type' | 'state' | 'etag'> & { external_id: number; left_alone: number }
    >(
      `SELECT n, id, type, state, external_id, etag, left_alone_at IS NOT NULL AS left_alone FROM items
       WHERE external_id IN (SELECT value FROM json_each(?)) AND external_id IS NOT NULL`,
      JSON.stringify(externalIds),
    )
    return new Map(
      rows.map((row) => [row.external_id, { ...row, externalId: row.external_id, isLeftAlone: row.left_alone === 1 }]),
    )
  }

  /**
   * Inserts or updates a record. The journal keeps the IGNY8 side as it was.
   * @param change who changes it, and by what
   * @param site the site's new version, if IGNY8's side has another text
   * @returns its row number
   */
  save(record: ItemRecord, change = UNNAMED, site: SiteVersion | null = null): number {
    const isNew = record.n === 0
    const noted = isNew ? null : this.#history.note(record, change, site)
    const n = noted ? this.#update(record, noted) : this.#insert(record, change)
    this.#saveVersions(n, record, isNew)
    this.onItem(record.id)
    return n
  }

  /** Inserts new records, many with few statements. */
  add(records: readonly ItemRecord[], change = UNNAMED): void {
    const json = JSON.stringify(records.map(valuesOf))
    if (records.length < 2 || json.length > MAX_JSON_CHARACTERS || ODD_CHARACTERS.test(json)) {
      for (const record of records) this.save(record, change)
      return
    }
    const last = firstRow<{ n: number }>(this.#database, 'SELECT ifnull(max(n), 0) AS n FROM items')?.n ?? 0
    this.#database.rows(INSERT_ALL, last, json, bornBy(change, records[0]))
    const versions = records.flatMap((record, index) => versionsOf(last + 1 + index, record))
    const rest = versions.length % VERSIONS_PER_INSERT
    for (let at = 0; at < versions.length - rest; at += VERSIONS_PER_INSERT) {
      this.#database.rows(INSERT_VERSIONS, ...versions.slice(at, at + VERSIONS_PER_INSERT).flat())
    }
    for (const version of versions.slice(versions.length - rest)) this.#database.rows(INSERT_VERSION, ...version)
    for (const { id } of records) this.onItem(id)
  }

  #insert(record: ItemRecord, change: Change): number {
    const values = [...valuesOf(record), createdAt(record), bornBy(change, record)]
    const [row] = this.#database.rows<{ n: number }>(INSERT, ...values)
    if (!row) throw new Error('insert returned no row')
    return row.n
  }

  #update(record: ItemRecord, { historyId, origin }: Noted): number {
    const [, ...values] = valuesOf(record)
    this.#database.rows(UPDATE, ...values, historyId, origin, record.n)
    return record.n
  }

  #saveVersions(n: number, record: ItemRecord, isNew: boolean): void {
    for (const [version, doc] of storedVersions(record).entries()) {
      if (doc) this.#database.rows(INSERT_VERSION, n * VERSIONS_PER_ITEM + version, JSON.stringify(doc))
      else if (!isNew) this.#database.rows('DELETE FROM versions WHERE key = ?', n * VERSIONS_PER_ITEM + version)
    }
  }

  /**
   * A page of items, newest first. Tombstones are included only if the filter asks for them.
   * @param before row number of the last item of the previous page
   */
  list(filter: ItemFilter, before: number | null, limit: number): ItemRecord[] {
    const posts = filter.external_id === undefined ? undefined : `[${filter.external_id}]`
    const text = filter.q === undefined ? null : `%${filter.q.replaceAll(/[\\%_]/g, '\\$&')}%`
    // only the filters in use are conditions, so that SQLite uses their indexes
    const conditions: [sql: string, value: SqlValue | undefined][] = [
      ['n < ?', before ?? Number.MAX_SAFE_INTEGER],
      ['type = ?', filter.type],
      ["(state = ? AND state <> 'synced')", filter.state === 'synced' ? undefined : filter.state],
      ['state = ?', filter.state === 'synced' ? filter.state : undefined],
      // written out, so that SQLite uses the index of the trash
      ["status = 'trash' AND ?", filter.status === 'trash' ? 1 : undefined],
      ['status = ?', filter.status === 'trash' ? undefined : filter.status],
      ["state <> 'deleted' AND ?", filter.state === undefined ? 1 : undefined],
      ['external_id IN (SELECT value FROM json_each(?)) AND external_id IS NOT NULL', posts],
      ["title || char(10) || slug LIKE ? ESCAPE '\\'", text ?? undefined],
    ]
    const used = conditions.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]))
    const rows = this.#database.rows<ItemRow>(
      `SELECT * FROM items WHERE ${used.map(({ sql }) => sql).join(' AND ')} ORDER BY n DESC LIMIT ?`,
      ...used.map(({ value }) => value),
      limit,
    )
    return rows.map((row) => this.#read(row))
  }

  /** Items after a row number, oldest first, each read when it is asked for; at most `limit`. */
  *after(n: number, limit: number): Generator<ItemRecord> {
    const rows = this.#database.rows<ItemRow>('SELECT * FROM items WHERE n > ? ORDER BY n LIMIT ?', n, limit)
    for (const row of rows) yield this.#read(row)
  }

  /** Row numbers of the items that were made here after a moment, up to another. */
  createdBetween(at: number, until: number): number[] {
    const sql = 'SELECT n FROM items WHERE created_at > ? AND created_at <= ? AND created_at IS NOT NULL'
    return this.#database.rows<{ n: number }>(sql, at, until).map(({ n }) => n)
  }

  /** Items to push, oldest first, after a row number. Items with an error are included once their retry is due. */
  waiting(after: number, now: number, limit: number): ItemRecord[] {
    const rows = this.#database.rows<ItemRow>(
      `SELECT * FROM items WHERE n > ? AND state IN ('failed', 'local_ahead') AND ifnull(retry_at, 0) <= ?
         AND left_alone_at IS NULL ORDER BY n LIMIT ?`,
      after,
      now,
      limit,
    )
    return rows.map((row) => this.#read(row))
  }

  /** Moves the URLs of items from one address to another. @param done URLs below this address were moved already */
  relocateLinks(from: string, to: string, done: string | null): void {
    this.#database.rows(
      `UPDATE items SET external_url = ?2 || substr(external_url, length(?1) + 1)
       WHERE substr(external_url, 1, length(?1)) = ?1 AND substr(external_url, length(?1) + 1, 1) IN ('', '/', '?')
         AND (?3 IS NULL OR substr(external_url || '/', 1, length(?3) + 1) <> ?3 || '/')`,
      from,
      to,
      done,
    )
  }

  /**
   * Moves the URLs of featured images in the same way. Replaces text, because SQLite's JSON functions would change
   * other parts of the document. Quotes within JSON strings are escaped, so the key can't match inside a string.
   */
  relocateImages(from: string, to: string, done: string | null): void {
    const key = '"featured":{"id":'
    const found = `instr(doc, ?1 || ?2 || '/')`
    this.#database.rows(
      `UPDATE versions SET doc = replace(doc, ?1 || ?2 || '/', ?1 || ?3 || '/')
       WHERE instr(doc, ?4) > 0 AND ${found} > instr(doc, ?4) AND instr(substr(doc, ${found} + 1), ?1) = 0
         AND (?5 IS NULL OR instr(doc, ?1 || ?5 || '/') = 0)`,
      '"url":"',
      from,
      to,
      key,
      done,
    )
  }

  /** Etags of the posts in the replica whose id is above `after`, ordered by id. */
  etags(after: number, limit: number): { id: number; type: string; etag: string; modified: number }[] {
    return this.#database.rows(
      `SELECT external_id AS id, type, etag, ifnull(external_modified, 0) AS modified FROM items
       WHERE external_id > ? AND etag IS NOT NULL AND state <> 'deleted' AND left_alone_at IS NULL ORDER BY external_id LIMIT ?`,
      after,
      limit,
    )
  }

  /** Post ids of items whose body is newer on the site, of types that may be read; at most `limit`. */
  outdated(limit: number): number[] {
    // the condition of the index is repeated, so that SQLite uses it
    const sql = `SELECT external_id FROM items
      WHERE state = 'external_ahead' AND state <> 'synced' AND external_id IS NOT NULL
      AND left_alone_at IS NULL AND type NOT IN (SELECT slug FROM types WHERE denied = 1) LIMIT ?`
    return this.#database.rows<{ external_id: number }>(sql, limit).map((row) => row.external_id)
  }

  /** Notes that the site has IGNY8 leave these posts alone. Of posts without an item nothing is kept. */
  leaveAlone(externalIds: readonly number[], now: number): void {
    if (externalIds.length === 0) return
    const rows = this.#database.rows<{ id: string }>(
      `UPDATE items SET left_alone_at = ?2, retry_at = NULL WHERE external_id IN (SELECT value FROM json_each(?1))
         AND external_id IS NOT NULL AND left_alone_at IS NULL RETURNING id`,
      JSON.stringify(externalIds),
      now,
    )
    for (const { id } of rows) this.onItem(id)
  }

  /** Post ids of a type that a complete pass did not find on the site; at most `limit`. */
  unseen(type: string, limit: number): number[] {
    return this.#database
      .rows<{ external_id: number }>(
        `SELECT external_id FROM items WHERE type = ?1 AND external_id IS NOT NULL AND state <> 'deleted'
           AND ifnull(deletion, '') <> 'external'
           AND external_id NOT IN (SELECT id FROM pass_ids WHERE type = ?1) LIMIT ?2`,
        type,
        limit,
      )
      .map((row) => row.external_id)
  }

  /** Whether the retry of an unsent item is due. */
  hasRetryDue(now: number): boolean {
    return this.#database.rows(`SELECT 1 FROM items WHERE ${IS_UNSENT} AND retry_at <= ? LIMIT 1`, now).length === 1
  }

  /** Defers all retries, if nothing may be sent now. */
  deferRetries(until: number): void {
    this.#database.rows(`UPDATE items SET retry_at = max(retry_at, ?) WHERE ${IS_UNSENT}`, until)
  }

  /** When the next retry of an unsent item is due, in milliseconds since 1970; null if there is none. */
  nextRetryAt(): number | null {
    const sql = `SELECT min(retry_at) AS due FROM items WHERE ${IS_UNSENT}`
    return firstRow<{ due: number | null }>(this.#database, sql)?.due ?? null
  }
}
