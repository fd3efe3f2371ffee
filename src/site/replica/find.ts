/**
 * Lists of items as people ask for them: filtered, sorted, searched. Every order is a keyset of (what it compares, row
 * number), so a page begins behind the last item of the one before, whatever came or went meanwhile.
 *
 * A search reads titles first, then texts. There is no index of words, whose rows each edit would write
 * (docs/adr/0028-lists-and-bulk-changes.md): texts are read through, in the order of the list, and only so many in one
 * call. A page that ends for that reason may be short, and says where the next one begins. Accents don't count in
 * titles; they do in texts, which SQLite compares first.
 */
import type { ItemSummary } from '../../contract/content.ts'
import type { ItemMatch, ItemSort } from '../../contract/item-list.ts'
import type { ItemDoc } from '../items/doc.ts'
import { fold } from '../items/list-facts.ts'
import { summarizeItem } from '../items/present.ts'
import type { ContentContext } from './item-decisions.ts'
import type { FoundRow, Position, RowMatch } from './tables/item-search.ts'

/** `hits`: best hit first. Its key is the rank of the hit. */
export type FindOrder = ItemSort | 'hits'

export interface Found {
  results: ItemSummary[]
  /** Where the next page begins; null after the last one. */
  next: Position | null
}

/** Most items whose texts are read at once. */
const TEXTS_AT_ONCE = 200
/** Bytes of texts, about, that are read at once, and in one call. */
const PIECE_BYTES = 4_000_000
const TEXT_BYTES = 4 * PIECE_BYTES
/** Hits in titles that are ranked; more of them are of no use to anybody. */
const MOST_TITLES = 20_000

const WHOLE_TITLE = 0
const PHRASE_IN_TITLE = 1
const WORDS_IN_TITLE = 2
const PHRASE_IN_TEXT = 3
const WORDS_IN_TEXT = 4

/** What is searched for. */
interface Query {
  phrase: string
  words: string[]
  /** Runs of ASCII letters and digits of the query. Only documents in which SQLite finds all of them are read. */
  pieces: string[]
}

function toQuery(q: string): Query | null {
  const words = [...new Set(fold(q).split(/\s+/).filter(Boolean))].slice(0, 20)
  if (words.length === 0) return null
  const pieces = q.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return { phrase: fold(q).trim().split(/\s+/).join(' '), words, pieces: [...new Set(pieces)].slice(0, 20) }
}

/** Text without its tags, in one line, folded: without case and accents. */
const foldedText = (html: string): string => fold(html.replaceAll(/<[^<>]*>/g, ' ').replaceAll(/\s+/g, ' '))

const rankTitle = ({ title_key: title, slug }: FoundRow, { phrase, words }: Query): number | null => {
  if (title === phrase) return WHOLE_TITLE
  if (title.includes(phrase)) return PHRASE_IN_TITLE
  const text = `${title} ${slug}`
  return words.every((word) => text.includes(word)) ? WORDS_IN_TITLE : null
}

/** How well a text fits; null if it does not. */
function rankText(row: FoundRow, doc: string, { phrase, words }: Query): number | null {
  const { title, body, excerpt, slug } = JSON.parse(doc) as ItemDoc
  const text = foldedText(`${title}\n${excerpt}\n${body}`)
  if (text.includes(phrase)) return PHRASE_IN_TEXT
  const all = `${text} ${fold(slug)} ${row.title_key}`
  if (!words.every((word) => all.includes(word))) return null
  // one word is a phrase of its own
  return words.length > 1 ? WORDS_IN_TEXT : PHRASE_IN_TEXT
}

/** Reads texts until its allowance is used up. */
class TextReader {
  #left: number
  readonly #ctx: Pick<ContentContext, 'replica'>
  readonly #query: Query

  constructor(ctx: Pick<ContentContext, 'replica'>, query: Query, bytes = TEXT_BYTES) {
    this.#left = bytes
    this.#ctx = ctx
    this.#query = query
  }

  get isSpent(): boolean {
    return this.#left <= 0
  }

  /**
   * Reads the texts of the first of these rows, up to PIECE_BYTES.
   * @returns the rows that were read, and by row number the ranks of those of them whose title does not fit
   */
  read(rows: readonly FoundRow[]): { read: readonly FoundRow[]; ranks: Map<number, number> } {
    const { search } = this.#ctx.replica
    const sizes = search.sizes(rows.map(({ n }) => n))
    let [count, bytes] = [0, 0]
    for (const { n } of rows) {
      if (bytes >= PIECE_BYTES) break
      bytes += sizes.get(n) ?? 0
      count++
    }
    this.#left -= bytes
    const read = rows.slice(0, count)
    const untitled = read.filter((row) => rankTitle(row, this.#query) === null)
    const found = search.documents(
      untitled.map(({ n }) => n),
      this.#query.pieces,
    )
    const ranks = new Map<number, number>()
    for (const row of untitled) {
      const doc = found.get(row.n)
      const rank = doc === undefined ? null : rankText(row, doc, this.#query)
      if (rank !== null) ranks.set(row.n, rank)
    }
    return { read, ranks }
  }
}

interface Page {
  rows: Position[]
  next: Position | null
}

const cut = (rows: Position[], limit: number): Page => {
  const shown = rows.slice(0, limit)
  return { rows: shown, next: rows.length > limit ? (shown.at(-1) ?? null) : null }
}

/** Hits in title or text, in an order of the list. */
function findSorted(
  ctx: Pick<ContentContext, 'replica'>,
  match: RowMatch,
  query: Query,
  at: { sort: ItemSort; after: Position | null; limit: number; bytes?: number },
): Page {
  const reader = new TextReader(ctx, query, at.bytes)
  const hits: Position[] = []
  let { after } = at
  while (hits.length <= at.limit) {
    if (reader.isSpent) return { rows: hits, next: after }
    const rows = ctx.replica.search.rows(match, at.sort, after, TEXTS_AT_ONCE)
    const { read, ranks } = reader.read(rows)
    const found = read.filter((row) => ranks.has(row.n) || rankTitle(row, query) !== null)
    hits.push(...found.map(({ key, n }) => ({ key, n })))
    after = read.at(-1) ?? null
    if (read.length === rows.length && rows.length < TEXTS_AT_ONCE) break
  }
  return cut(hits, at.limit)
}

/** Hits in texts alone, of one rank, newest first. */
function findInTexts(
  ctx: Pick<ContentContext, 'replica'>,
  match: RowMatch,
  reader: TextReader,
  at: { rank: number; before: number | null; limit: number },
): Page {
  const hits: Position[] = []
  let after: Position | null = at.before === null ? null : { key: at.before, n: at.before }
  while (hits.length <= at.limit) {
    if (reader.isSpent) return { rows: hits, next: { key: at.rank, n: after?.n ?? Number.MAX_SAFE_INTEGER } }
    const rows = ctx.replica.search.rows(match, 'newest', after, TEXTS_AT_ONCE)
    const { read, ranks } = reader.read(rows)
    const found = read.filter(({ n }) => ranks.get(n) === at.rank)
    hits.push(...found.map(({ n }) => ({ key: at.rank, n })))
    after = read.at(-1) ?? null
    if (read.length === rows.length && rows.length < TEXTS_AT_ONCE) break
  }
  return { rows: hits, next: null }
}

/** The best hits first: in titles, then in texts. */
function findHits(
  ctx: Pick<ContentContext, 'replica'>,
  match: RowMatch,
  query: Query,
  { after, limit }: { after: Position | null; limit: number },
): Page {
  const from =
    after === null ? { rank: WHOLE_TITLE, n: Number.MAX_SAFE_INTEGER } : { rank: Number(after.key), n: after.n }
  const titled = ctx.replica.search.titled(match, query.words, MOST_TITLES).flatMap((row) => {
    const rank = rankTitle(row, query)
    return rank === null ? [] : [{ key: rank, n: row.n }]
  })
  const hits: Position[] = titled
    .filter(({ key, n }) => key > from.rank || (key === from.rank && n < from.n))
    .toSorted((left, right) => left.key - right.key || right.n - left.n)
  const reader = new TextReader(ctx, query)
  const ranks = query.words.length > 1 ? [PHRASE_IN_TEXT, WORDS_IN_TEXT] : [PHRASE_IN_TEXT]
  for (const rank of ranks) {
    if (hits.length > limit) break
    if (rank < from.rank) continue
    const before = rank === from.rank ? from.n : null
    const found = findInTexts(ctx, match, reader, { rank, before, limit: limit - hits.length })
    hits.push(...found.rows)
    if (found.next !== null && hits.length <= limit) return { rows: hits, next: found.next }
  }
  return cut(hits, limit)
}

/** Row numbers of the items that fit, a page of them. */
function findRows(
  ctx: Pick<ContentContext, 'replica'>,
  { q, ...match }: RowMatch & Pick<ItemMatch, 'q'>,
  sort: FindOrder,
  after: Position | null,
  limit: number,
): Page {
  const query = q === undefined ? null : toQuery(q)
  const order: ItemSort = sort === 'hits' ? 'newest' : sort
  if (query === null) return cut(ctx.replica.search.rows(match, order, after, limit + 1), limit)
  return sort === 'hits'
    ? findHits(ctx, match, query, { after, limit })
    : findSorted(ctx, match, query, { sort: order, after, limit })
}

/** Bytes of texts that findAllRows reads at most. */
const ALL_TEXT_BYTES = 4 * TEXT_BYTES

/** Row numbers of everything that fits, newest first; null if that is more than `most`, or too much to read. */
export function findAllRows(
  ctx: Pick<ContentContext, 'replica'>,
  { q, ...match }: RowMatch & Pick<ItemMatch, 'q'>,
  most: number,
): number[] | null {
  const query = q === undefined ? null : toQuery(q)
  const at = { sort: 'newest', after: null, limit: most, bytes: ALL_TEXT_BYTES } as const
  const { rows, next } =
    query === null
      ? cut(ctx.replica.search.rows(match, 'newest', null, most + 1), most)
      : findSorted(ctx, match, query, at)
  return next === null ? rows.map(({ n }) => n) : null
}

/** A page of a list. A page that is short may have a next one: a search reads so many texts in one call. */
export function findItems(
  ctx: ContentContext,
  match: ItemMatch,
  sort: FindOrder,
  after: Position | null,
  limit: number,
): Found {
  const { rows, next } = findRows(ctx, match, sort, after, limit)
  const results = rows.flatMap(({ n }) => {
    const record = ctx.replica.items.getByRow(n)
    return record ? [summarizeItem(ctx.replica, ctx.siteId, record, ctx.now())] : []
  })
  return { results, next: next && { key: next.key, n: next.n } }
}
