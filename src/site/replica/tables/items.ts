import type { ItemFilter, ItemState } from '../../../contract/content.ts'
import type { CountsSnapshot } from '../../../contract/counts.ts'
import { firstRow, type SiteDatabase, type SqlRow, type SqlValue } from '../database.ts'
import type { ItemDoc } from '../../items/doc.ts'
import { diffDocs } from '../../items/fields.ts'
import { stateOf, type Deletion, type ItemFault, type ItemRecord } from '../../items/record.ts'

/** Items that failed on their way to the site; what failed on its way here has a reminder in the inbox. */
const IS_UNSENT = "state = 'failed' AND retry_at IS NOT NULL AND (external_id IS NULL OR etag IS NOT NULL)"

const BASE = 0
const LOCAL = 1
const EXTERNAL = 2
const THEIRS = 3

interface ItemRow extends SqlRow {
  n: number
  id: string
  type: string
  external_id: number | null
  etag: string | null
  external_modified: number | null
  external_url: string | null
  revision: number
  deletion: Deletion | null
  conflict_fields: string | null
  conflict_since: number | null
  error: string | null
  error_since: number | null
  attempts: number
  retry_at: number | null
  updated_at: number
}

/** What a list shows of an item, and what tells whether a post is known. */
export interface ItemHead {
  n: number
  id: string
  type: string
  state: ItemState
  externalId: number | null
  etag: string | null
}

/** Columns of an item but its row, in the order of {@link valuesOf}. */
const COLUMNS = `id, type, state, external_id, etag, external_modified, external_url, title, slug, status, revision,
  deletion, conflict_fields, conflict_since, error, error_since, attempts, retry_at, updated_at`

const valuesOf = (record: ItemRecord): SqlValue[] => [
  record.id,
  record.type,
  stateOf(record),
  record.externalId,
  record.etag,
  record.externalModified,
  record.externalUrl,
  record.local.title.slice(0, 500),
  record.local.slug,
  record.local.status,
  record.revision,
  record.deletion,
  record.conflictFields.length > 0 ? JSON.stringify(record.conflictFields) : null,
  record.conflictSince,
  record.error && JSON.stringify(record.error),
  record.errorSince,
  record.attempts,
  record.retryAt,
  record.updatedAt,
]

const INSERT = `INSERT INTO items (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING n`
const PATHS = Array.from({ length: 19 }, (_, index) => `value ->> ${index}`).join()
/** Many at once, from a JSON array of their values, after a row. */
const INSERT_ALL = `INSERT INTO items (n, ${COLUMNS}) SELECT ?1 + 1 + key, ${PATHS} FROM json_each(?2)`
/** A bound value may have 2 MB in UTF-8. */
const MAX_JSON_CHARACTERS = 500_000
/** NUL and halves of a surrogate pair come out of SQLite's JSON as something else. */
const ODD_CHARACTERS = /\\u(0000|d[89a-f])/

const INSERT_VERSION = 'INSERT INTO versions VALUES (?, ?) ON CONFLICT DO UPDATE SET doc = excluded.doc'
/** A statement may have 100 bindings. */
const VERSIONS_PER_INSERT = 50
const INSERT_VERSIONS = INSERT_VERSION.replace('(?, ?)', Array(VERSIONS_PER_INSERT).fill('(?, ?)').join())

const parse = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T))

/** Items with their three sides. A side that equals the base is not stored: most items have one version. */
export class ItemTable {
  readonly #database: SiteDatabase

  /** Told of every item that is written, inside the transaction that writes it. */
  onItem: (id: string) => void = () => undefined

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  #read(row: ItemRow): ItemRecord {
    const versions = this.#database.rows<{ key: number; doc: string }>(
      'SELECT key, doc FROM versions WHERE key BETWEEN ? AND ?',
      row.n * 4,
      row.n * 4 + THEIRS,
    )
    const docs = new Map(versions.map(({ key, doc }) => [key - row.n * 4, JSON.parse(doc) as ItemDoc]))
    const base = docs.get(BASE) ?? null
    const local = docs.get(LOCAL) ?? base
    if (!local) throw new Error(`item ${row.id} has no version`)
    return {
      n: row.n,
      id: row.id,
      type: row.type,
      externalId: row.external_id,
      etag: row.etag,
      externalModified: row.external_modified,
      externalUrl: row.external_url,
      revision: row.revision,
      deletion: row.deletion,
      conflictFields: parse<string[]>(row.conflict_fields) ?? [],
      conflictSince: row.conflict_since,
      error: parse<ItemFault>(row.error),
      errorSince: row.error_since,
      attempts: row.attempts,
      retryAt: row.retry_at,
      updatedAt: row.updated_at,
      base,
      local,
      external: row.external_id === null ? null : (docs.get(EXTERNAL) ?? base),
      conflictExternal: docs.get(THEIRS) ?? null,
    }
  }

  get(id: string): ItemRecord | null {
    const row = firstRow<ItemRow>(this.#database, 'SELECT * FROM items WHERE id = ?', id)
    return row && this.#read(row)
  }

  getByExternalId(externalId: number): ItemRecord | null {
    const row = firstRow<ItemRow>(this.#database, 'SELECT * FROM items WHERE external_id = ?', externalId)
    return row && this.#read(row)
  }

  /** Heads of the items that these posts are, by post id. */
  heads(externalIds: readonly number[]): Map<number, ItemHead> {
    const rows = this.#database.rows<
      SqlRow & { external_id: number; n: number; id: string; type: string; state: ItemState; etag: string | null }
    >(
      `SELECT n, id, type, state, external_id, etag FROM items
       WHERE external_id IN (SELECT value FROM json_each(?)) AND external_id IS NOT NULL`,
      JSON.stringify(externalIds),
    )
    return new Map(rows.map((row) => [row.external_id, { ...row, externalId: row.external_id }]))
  }

  /** Writes a record, new or changed. @returns its row */
  save(record: ItemRecord): number {
    const isNew = record.n === 0
    const n = isNew ? this.#insert(record) : this.#update(record)
    this.#saveVersions(n, record, isNew)
    this.onItem(record.id)
    return n
  }

  /** Writes new records: many with few statements. */
  add(records: readonly ItemRecord[]): void {
    const json = JSON.stringify(records.map(valuesOf))
    if (records.length < 2 || json.length > MAX_JSON_CHARACTERS || ODD_CHARACTERS.test(json)) {
      for (const record of records) this.save(record)
      return
    }
    const last = firstRow<{ n: number }>(this.#database, 'SELECT ifnull(max(n), 0) AS n FROM items')?.n ?? 0
    this.#database.rows(INSERT_ALL, last, json)
    const versions = records.flatMap((record, index) => versionsOf(last + 1 + index, record))
    const rest = versions.length % VERSIONS_PER_INSERT
    for (let at = 0; at < versions.length - rest; at += VERSIONS_PER_INSERT) {
      this.#database.rows(INSERT_VERSIONS, ...versions.slice(at, at + VERSIONS_PER_INSERT).flat())
    }
    for (const version of versions.slice(versions.length - rest)) this.#database.rows(INSERT_VERSION, ...version)
    for (const { id } of records) this.onItem(id)
  }

  #insert(record: ItemRecord): number {
    const [row] = this.#database.rows<{ n: number }>(INSERT, ...valuesOf(record))
    if (!row) throw new Error('insert returned no row')
    return row.n
  }

  #update(record: ItemRecord): number {
    const [, ...values] = valuesOf(record)
    this.#database.rows(
      `UPDATE items SET type = ?, state = ?, external_id = ?, etag = ?, external_modified = ?, external_url = ?, title = ?, slug = ?,
         status = ?, revision = ?, deletion = ?, conflict_fields = ?, conflict_since = ?, error = ?, error_since = ?, attempts = ?,
         retry_at = ?, updated_at = ? WHERE n = ?`,
      ...values,
      record.n,
    )
    return record.n
  }

  #saveVersions(n: number, record: ItemRecord, isNew: boolean): void {
    for (const [side, doc] of storedSides(record).entries()) {
      if (doc) this.#database.rows(INSERT_VERSION, n * 4 + side, JSON.stringify(doc))
      else if (!isNew) this.#database.rows('DELETE FROM versions WHERE key = ?', n * 4 + side)
    }
  }

  /** A page of items, newest first; tombstones only where they are asked for. @param before row of the last one shown */
  list(filter: ItemFilter, before: number | null, limit: number): ItemRecord[] {
    const text = filter.q === undefined ? null : `%${filter.q.replaceAll(/[\\%_]/g, '\\$&')}%`
    // only what is asked for stands in the condition, so that its index is used
    const conditions: [sql: string, value: SqlValue | undefined][] = [
      ['n < ?', before ?? Number.MAX_SAFE_INTEGER],
      ['type = ?', filter.type],
      ["(state = ? AND state <> 'synced')", filter.state === 'synced' ? undefined : filter.state],
      ['state = ?', filter.state === 'synced' ? filter.state : undefined],
      ["state <> 'deleted' AND ?", filter.state === undefined ? 1 : undefined],
      ['external_id = ?', filter.external_id === undefined ? undefined : Number(filter.external_id)],
      ["title || char(10) || slug LIKE ? ESCAPE '\\'", text ?? undefined],
    ]
    const asked = conditions.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]))
    const rows = this.#database.rows<ItemRow>(
      `SELECT * FROM items WHERE ${asked.map(({ sql }) => sql).join(' AND ')} ORDER BY n DESC LIMIT ?`,
      ...asked.map(({ value }) => value),
      limit,
    )
    return rows.map((row) => this.#read(row))
  }

  /** Items that wait to be sent, oldest first, after a row; those that failed only when they are due again. */
  waiting(after: number, now: number, limit: number): ItemRecord[] {
    const rows = this.#database.rows<ItemRow>(
      `SELECT * FROM items WHERE n > ? AND (state = 'local_ahead' OR (state = 'failed' AND ifnull(retry_at, 0) <= ?)) ORDER BY n LIMIT ?`,
      after,
      now,
      limit,
    )
    return rows.map((row) => this.#read(row))
  }

  /** Has the links of items that are below one address be below another. @param done addresses below this are there already */
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
   * Likewise the addresses of their featured images, where those are the site's own. As text: SQLite's JSON would change other
   * parts of a document; within strings, quotes are escaped, so that the key is found nowhere else.
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

  /** How many wait to be sent. */
  countWaiting(): number {
    const sql = "SELECT ifnull(sum(n), 0) AS n FROM counters WHERE state = 'local_ahead'"
    return firstRow<{ n: number }>(this.#database, sql)?.n ?? 0
  }

  /** Posts of a type that are here, tombstones not counted. */
  countExternal(type: string): number {
    const sql = "SELECT count(*) AS n FROM items WHERE type = ? AND external_id IS NOT NULL AND state <> 'deleted'"
    return firstRow<{ n: number }>(this.#database, sql, type)?.n ?? 0
  }

  /** Etags of the posts that are here, as the site last showed them, after a post id and in their order. */
  etags(after: number, limit: number): { id: number; type: string; etag: string; modified: number }[] {
    return this.#database.rows(
      `SELECT external_id AS id, type, etag, ifnull(external_modified, 0) AS modified FROM items
       WHERE external_id > ? AND etag IS NOT NULL AND state <> 'deleted' ORDER BY external_id LIMIT ?`,
      after,
      limit,
    )
  }

  /** Post ids of items whose body is not known here as the site has it, in portions. */
  outdated(limit: number): number[] {
    const sql = "SELECT external_id FROM items WHERE state = 'external_ahead' AND external_id IS NOT NULL LIMIT ?"
    return this.#database.rows<{ external_id: number }>(sql, limit).map((row) => row.external_id)
  }

  /** Post ids of a type that a complete pass did not see, in portions. */
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

  /** What the tab shows, from the counters that the database keeps. */
  counts(taxonomies: CountsSnapshot['taxonomies']): CountsSnapshot {
    const rows = this.#database.rows<{ type: string; state: ItemState; n: number }>(
      'SELECT type, state, n FROM counters WHERE n > 0',
    )
    // a type may have the name of something that every object has
    const post_types: CountsSnapshot['post_types'] = Object.create(null)
    for (const { type, state, n } of rows) {
      const entry = (post_types[type] ??= { synced: 0, failed: 0, conflict: 0 })
      if (state === 'synced' || state === 'failed' || state === 'conflict') entry[state] += n
    }
    return { post_types, taxonomies }
  }

  /** Whether an item that could not be sent is to be tried again. */
  hasRetryDue(now: number): boolean {
    return this.#database.rows(`SELECT 1 FROM items WHERE ${IS_UNSENT} AND retry_at <= ? LIMIT 1`, now).length === 1
  }

  /** Puts the tries of items off, when nobody may send them now. */
  deferRetries(until: number): void {
    this.#database.rows(`UPDATE items SET retry_at = max(retry_at, ?) WHERE ${IS_UNSENT}`, until)
  }

  /** When the next item that could not be sent is due, in milliseconds since 1970; null when there is none. */
  nextRetryAt(): number | null {
    const sql = `SELECT min(retry_at) AS due FROM items WHERE ${IS_UNSENT}`
    return firstRow<{ due: number | null }>(this.#database, sql)?.due ?? null
  }
}

const isSame = (left: ItemDoc | null, right: ItemDoc) =>
  left === right || (left !== null && diffDocs(left, right).length === 0 && left.featured?.id === right.featured?.id)

/** The sides as they are stored, in the order of their keys; null for one that is absent, or equals the base. */
const storedSides = ({ base, local, external, conflictExternal }: ItemRecord): (ItemDoc | null)[] => [
  base,
  isSame(base, local) ? null : local,
  external === null || isSame(base, external) ? null : external,
  conflictExternal,
]

/** Rows of `versions`. */
const versionsOf = (n: number, record: ItemRecord): [number, string][] =>
  storedSides(record).flatMap((doc, side): [number, string][] => (doc ? [[n * 4 + side, JSON.stringify(doc)]] : []))
