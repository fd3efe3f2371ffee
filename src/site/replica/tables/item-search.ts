import type { ItemMatch, ItemSort } from '../../../contract/item-list.ts'
import type { SiteDatabase, SqlRow, SqlValue } from '../database.ts'
import { VERSIONS_PER_ITEM } from './item-rows.ts'

/** A row of a list: its number, its place in the order, and what a search looks at first. */
export interface FoundRow extends SqlRow {
  n: number
  key: string | number
  title_key: string
  slug: string
}

/** A place in an order; the list goes on behind it. */
export interface Position {
  key: string | number
  n: number
}

/** Which items: what a person asks for, and for a bulk job the moment that they saw. */
export type RowMatch = Omit<ItemMatch, 'q'> & { asOf?: number | undefined }

const STATE_RANK = `CASE state WHEN 'conflict' THEN 0 WHEN 'failed' THEN 1 WHEN 'local_ahead' THEN 2
  WHEN 'external_ahead' THEN 3 WHEN 'synced' THEN 4 ELSE 5 END`
/** Rows that a release without this column has written are sorted by the title itself. */
const TITLE = 'ifnull(title_key, lower(title))'

/** What each order compares; within it, items are newest first. */
const ORDERS: Record<ItemSort, { key: string; isDescending: boolean }> = {
  newest: { key: 'n', isDescending: true },
  title: { key: TITLE, isDescending: false },
  '-title': { key: TITLE, isDescending: true },
  date: { key: 'ifnull(date, 0)', isDescending: false },
  '-date': { key: 'ifnull(date, 0)', isDescending: true },
  updated: { key: 'updated_at', isDescending: false },
  '-updated': { key: 'updated_at', isDescending: true },
  state: { key: STATE_RANK, isDescending: false },
}

/** IGNY8's side of an item: its own version, or the base that it equals. */
const DOC_KEY = `(SELECT max(key) FROM versions
  WHERE key BETWEEN asked.value * ${VERSIONS_PER_ITEM} AND asked.value * ${VERSIONS_PER_ITEM} + 1)`

type Condition = { sql: string; value: SqlValue }

const seconds = (timestamp: string) => Math.floor(Date.parse(timestamp) / 1000)

/** The conditions of the filters in use: SQLite uses the indexes of these. */
function conditionsOf(match: RowMatch): Condition[] {
  const { type, state, status, external_id: externalId, author, term, date_from: from, date_to: to, asOf } = match
  const posts = externalId === undefined ? undefined : `[${externalId}]`
  const all: [sql: string, value: SqlValue | undefined][] = [
    ['type = ?', type],
    // written out, as the partial indexes have it
    ["(state = ? AND state <> 'synced')", state === 'synced' ? undefined : state],
    ['state = ?', state === 'synced' ? state : undefined],
    ["(state <> 'deleted' AND ?)", state === undefined ? 1 : undefined],
    ["(status = 'trash' AND ?)", status === 'trash' ? 1 : undefined],
    ['status = ?', status === 'trash' ? undefined : status],
    ['external_id IN (SELECT value FROM json_each(?)) AND external_id IS NOT NULL', posts],
    ['author = ?', author],
    ['EXISTS (SELECT 1 FROM json_each(items.terms) WHERE value = ?)', term],
    ['date >= ?', from === undefined ? undefined : seconds(from)],
    ['date < ?', to === undefined ? undefined : seconds(to)],
    ['updated_at <= ?', asOf],
  ]
  return all.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]))
}

/** Finds items for lists. What a person sorts, filters or searches reads the rows of all items, without their texts. */
export class ItemSearchTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /** The next rows in an order. @param after null for the first ones */
  rows(match: RowMatch, sort: ItemSort, after: Position | null, limit: number): FoundRow[] {
    const { key, isDescending } = ORDERS[sort]
    const conditions = conditionsOf(match)
    const values: SqlValue[] = conditions.map(({ value }) => value)
    const texts = conditions.map(({ sql }) => sql)
    if (after !== null && sort === 'newest') {
      texts.push('n < ?')
      values.push(after.n)
    } else if (after !== null) {
      texts.push(`(${key} ${isDescending ? '<' : '>'} ? OR (${key} = ? AND n < ?))`)
      values.push(after.key, after.key, after.n)
    }
    const order = sort === 'newest' ? 'n DESC' : `key ${isDescending ? 'DESC' : 'ASC'}, n DESC`
    return this.#database.rows<FoundRow>(
      `SELECT n, ${key} AS key, ${TITLE} AS title_key, slug FROM items
       WHERE ${texts.length > 0 ? texts.join(' AND ') : '1'} ORDER BY ${order} LIMIT ?`,
      ...values,
      limit,
    )
  }

  /** Items whose title or slug has all these words, newest first. @param words without case and accents */
  titled(match: RowMatch, words: readonly string[], limit: number): FoundRow[] {
    const conditions = conditionsOf(match)
    const found = words.map(() => `instr(${TITLE} || ' ' || slug, ?) > 0`)
    return this.#database.rows<FoundRow>(
      `SELECT n, n AS key, ${TITLE} AS title_key, slug FROM items
       WHERE ${[...conditions.map(({ sql }) => sql), ...found].join(' AND ')} ORDER BY n DESC LIMIT ?`,
      ...conditions.map(({ value }) => value),
      ...words,
      limit,
    )
  }

  /** The documents of those of these items that have all these pieces of text somewhere. */
  documents(ns: readonly number[], pieces: readonly string[]): Map<number, string> {
    const found = pieces.map(() => ' AND instr(lower(doc), ?) > 0').join('')
    const rows = this.#database.rows<{ n: number; doc: string }>(
      `SELECT asked.value AS n, doc FROM json_each(?) AS asked CROSS JOIN versions AS version
       WHERE version.key = ${DOC_KEY}${found}`,
      JSON.stringify(ns),
      ...pieces,
    )
    return new Map(rows.map(({ n, doc }) => [n, doc]))
  }

  /** Bytes of the documents of these items. */
  sizes(ns: readonly number[]): Map<number, number> {
    const rows = this.#database.rows<{ n: number; bytes: number }>(
      `SELECT asked.value AS n, octet_length(doc) AS bytes FROM json_each(?) AS asked CROSS JOIN versions AS version
       WHERE version.key = ${DOC_KEY}`,
      JSON.stringify(ns),
    )
    return new Map(rows.map(({ n, bytes }) => [n, bytes]))
  }

  /** Row numbers of the items with these ids, in their order; null for one that there is not. */
  numbersOf(ids: readonly string[]): (number | null)[] {
    const rows = this.#database.rows<{ n: number | null }>(
      'SELECT (SELECT n FROM items WHERE id = value) AS n FROM json_each(?) ORDER BY key',
      JSON.stringify(ids),
    )
    return rows.map(({ n }) => n)
  }

  /** How many of these items wait to be sent, and how many could not be. */
  sending(ns: readonly number[]): { waiting: number; failed: number } {
    const rows = this.#database.rows<{ state: string; n: number }>(
      `SELECT state, count(*) AS n FROM items WHERE n IN (SELECT value FROM json_each(?))
         AND state IN ('local_ahead', 'failed') GROUP BY state`,
      JSON.stringify(ns),
    )
    const of = (state: string) => rows.find((row) => row.state === state)?.n ?? 0
    return { waiting: of('local_ahead'), failed: of('failed') }
  }
}
