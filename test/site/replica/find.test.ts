/** Lists that are filtered, sorted and searched show what a filter over all items would, page by page. */
import * as fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { ITEM_SORTS, type ItemMatch, type ItemSort } from '../../../src/contract/item-list.ts'
import type { ItemSummary } from '../../../src/contract/content.ts'
import { fold, titleKey } from '../../../src/site/items/list-facts.ts'
import type { ItemDoc } from '../../../src/site/items/doc.ts'
import { createRecord, deleteRecord, editRecord } from '../../../src/site/items/edit.ts'
import { importPost } from '../../../src/site/items/import.ts'
import { findItems, type FindOrder } from '../../../src/site/replica/find.ts'
import { migrateSiteStore } from '../../../src/site/replica/migrations.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import type { ContentContext } from '../../../src/site/replica/item-decisions.ts'
import { createSiteDatabase } from '../../sim/sqlite.ts'
import { agreedItem, decided, NOW_MS, post, rules } from '../items/samples.ts'

let store: SiteStore
let ctx: ContentContext
let posts: number

function open(): void {
  store = new SiteStore(createSiteDatabase())
  store.replica.history.now = () => NOW_MS
  ctx = { replica: store.replica, siteId: 'site_1', now: () => NOW_MS, newId: () => `item_${++posts}`, by: null }
  posts = 0
}
beforeEach(open)

/** An item of a post, on which both sides agree. */
function addPost(contents: Partial<ItemDoc>, more: { type?: string; at?: number } = {}): string {
  const id = `item_${++posts}`
  const at = { ...rules('manual', more.at ?? NOW_MS), newId: () => id }
  const document = post(contents, { id: posts, type: more.type ?? 'post' })
  store.replica.items.save(decided(importPost(null, document, at)))
  return id
}

/** All pages of a list. */
function findAll(match: ItemMatch, sort: FindOrder, limit = 3): ItemSummary[] {
  const all: ItemSummary[] = []
  let after: Parameters<typeof findItems>[3] = null
  for (let page = 0; page < 500; page++) {
    const found: ReturnType<typeof findItems> = findItems(ctx, match, sort, after, limit)
    expect(found.results.length).toBeLessThanOrEqual(limit)
    all.push(...found.results)
    after = found.next
    if (after === null) return all
  }
  throw new Error('the list does not end')
}
const titles = (match: ItemMatch, sort: FindOrder = 'newest', limit?: number) =>
  findAll(match, sort, limit).map(({ title }) => title)

describe('every order and filter', () => {
  const RANKS = ['conflict', 'failed', 'local_ahead', 'external_ahead', 'synced', 'deleted']
  const compare = <T>(left: T, right: T) => (left < right ? -1 : left > right ? 1 : 0)
  const seconds = (date: string | null) => (date === null ? 0 : Math.floor(Date.parse(date) / 1000))
  const KEYS: Record<ItemSort, (item: ItemSummary) => string | number> = {
    newest: () => 0,
    title: ({ title }) => titleKey(title),
    '-title': ({ title }) => titleKey(title),
    date: ({ date }) => seconds(date),
    '-date': ({ date }) => seconds(date),
    updated: ({ updated_at: at }) => Date.parse(at),
    '-updated': ({ updated_at: at }) => Date.parse(at),
    state: ({ state }) => RANKS.indexOf(state),
  }

  const anyItem = fc.record({
    title: fc.constantFrom('', 'Apfel', 'äpfel', 'Über uns', 'Zebra', 'apfel 2', '日本', '<b>x</b>'),
    body: fc.constantFrom('', '<p>Ein <b>roter</b> Apfel</p>', 'Grün &amp; blau', 'zebra'),
    slug: fc.constantFrom('', 'apfel', 'ueber-uns'),
    status: fc.constantFrom('draft', 'publish', 'trash'),
    date: fc.constantFrom(null, '2026-11-21T10:00:00.000Z', '2026-11-22T10:00:00.500Z'),
    author: fc.constantFrom(null, { id: 1, name: 'Ada' }, { id: null, name: 'Bob' }),
    terms: fc.constantFrom({}, { category: ['News'] }, { category: ['News', 'Sport'], post_tag: ['News'] }),
  })
  const anyState = fc.constantFrom('synced', 'local_ahead', 'failed', 'new', 'deleted')
  const anyMatch = fc.record(
    {
      type: fc.constantFrom('post', 'page'),
      status: fc.constantFrom('draft', 'publish', 'trash'),
      state: fc.constantFrom('synced', 'local_ahead', 'failed', 'deleted'),
      q: fc.constantFrom('apfel', 'ÄPFEL', 'roter apfel', 'zebra', '日本', '  ', 'ein', 'grün'),
      author: fc.constantFrom('1', 'Bob'),
      term: fc.constantFrom('category:News', 'category:Sport', 'post_tag:News'),
      date_from: fc.constant('2026-11-22T00:00:00.000Z'),
      date_to: fc.constant('2026-11-22T00:00:00.000Z'),
    },
    { requiredKeys: [] },
  )

  function fill(items: { doc: Partial<ItemDoc>; type: string; state: string; at: number }[]): void {
    for (const table of ['items', 'versions', 'history']) store.replica.database.rows(`DELETE FROM ${table}`)
    posts = 0
    for (const { doc, type, state, at } of items) {
      const id = `item_${++posts}`
      const record =
        state === 'new'
          ? { ...createRecord(id, type, doc, at) }
          : decided(importPost(null, post(doc, { id: posts, type }), { ...rules('manual', at), newId: () => id }))
      const changed =
        state === 'local_ahead'
          ? editRecord(record, { excerpt: 'x' }, at)
          : state === 'failed'
            ? { ...record, error: { code: 'x', detail: 'x', fix: '' } }
            : state === 'deleted'
              ? { ...deleteRecord(record, at), deletion: 'both' as const }
              : record
      store.replica.items.save(changed)
    }
  }

  /** As a reader would filter and sort by hand. */
  function naive(match: ItemMatch, sort: ItemSort): string[] {
    const all = store.replica.items
      .list({}, null, 1_000)
      .concat(store.replica.items.list({ state: 'deleted' }, null, 1_000))
    const rows = new Map(all.map((record) => [record.id, record]))
    const summaries = findItemsPlain()
    const words = fold(match.q ?? '')
      .split(/\s+/)
      .filter(Boolean)
    const fits = (item: ItemSummary) => {
      const record = rows.get(item.id)
      const { body = '', excerpt = '' } = record?.local ?? {}
      const text = fold(`${item.title} ${item.slug} ${excerpt} ${body}`.replaceAll(/<[^<>]*>/g, ' '))
      const author = item.author ? String(item.author.id ?? item.author.name) : null
      const terms = Object.entries(item.terms).flatMap(([name, list]) => list.map((term) => `${name}:${term}`))
      const at = item.date === null ? null : seconds(item.date)
      return (
        (match.type === undefined || item.type === match.type) &&
        (match.status === undefined || item.status === match.status) &&
        (match.state === undefined ? item.state !== 'deleted' : item.state === match.state) &&
        (match.author === undefined || author === match.author) &&
        (match.term === undefined || terms.includes(match.term)) &&
        (match.date_from === undefined || (at !== null && at >= seconds(match.date_from))) &&
        (match.date_to === undefined || (at !== null && at < seconds(match.date_to))) &&
        words.every((word) => text.includes(word))
      )
    }
    const direction = sort.startsWith('-') ? -1 : 1
    const key = KEYS[sort]
    return summaries
      .filter(fits)
      .toSorted(
        (left, right) =>
          direction * compare(key(left), key(right)) || Number(right.id.slice(5)) - Number(left.id.slice(5)),
      )
      .map(({ id }) => id)
  }
  const findItemsPlain = () => [
    ...findItems(ctx, {}, 'newest', null, 1_000).results,
    ...findItems(ctx, { state: 'deleted' }, 'newest', null, 1_000).results,
  ]

  test('is that of a filter and a sort over all items, by pages of any size', () => {
    const any = fc.record({
      doc: anyItem,
      type: fc.constantFrom('post', 'page'),
      state: anyState,
      at: fc.integer({ min: NOW_MS - 5, max: NOW_MS }),
    })
    fc.assert(
      fc.property(
        fc.array(any, { maxLength: 12 }),
        anyMatch,
        fc.constantFrom(...ITEM_SORTS),
        fc.integer({ min: 1, max: 5 }),
        (items, match, sort, limit) => {
          fill(items as never)
          expect(findAll(match, sort, limit).map(({ id }) => id)).toEqual(naive(match, sort))
          if (match.q === undefined) return
          // best hit first: the same items in another order
          const hits = findAll(match, 'hits', limit).map(({ id }) => id)
          expect(hits.toSorted()).toEqual(naive(match, 'newest').toSorted())
        },
      ),
      { numRuns: 100 },
    )
  }, 60_000)

  test('goes on where it was when items come, go and change between two pages', () => {
    for (const title of ['B', 'D', 'F', 'H']) addPost({ title })
    const first = findItems(ctx, {}, 'title', null, 2)
    addPost({ title: 'A' })
    addPost({ title: 'E' })
    const second = findItems(ctx, {}, 'title', first.next, 10)
    expect([first, second].map(({ results }) => results.map(({ title }) => title))).toEqual([
      ['B', 'D'],
      ['E', 'F', 'H'],
    ])
  })
})

describe('a search', () => {
  test('has the exact title first, then titles, then phrases in texts, then words anywhere', () => {
    addPost({ title: 'Words', body: '<p>A year of growing, and what the garden needs</p>' })
    addPost({ title: 'Phrase', body: '<p>All about the <em>garden</em> year.</p>' })
    addPost({ title: 'The year in my garden' })
    addPost({ title: 'My garden year, in pictures' })
    addPost({ title: 'Garden year' })
    addPost({ title: 'Nothing', body: 'A gardener' })
    for (const limit of [1, 2, 10])
      expect(titles({ q: ' GARDEN  year ' }, 'hits', limit)).toEqual([
        'Garden year',
        'My garden year, in pictures',
        'The year in my garden',
        'Phrase',
        'Words',
      ])
  })

  test('knows no case and, in titles, no accents; markup is no text', () => {
    addPost({ title: 'Über uns', body: '<div class="hero"><p>Straßen &amp; Wege</p></div>' })
    expect(titles({ q: 'uber' })).toEqual(['Über uns'])
    expect(titles({ q: 'STRASSEN' })).toEqual([])
    expect(titles({ q: 'straßen' })).toEqual(['Über uns'])
    expect(titles({ q: 'hero' })).toEqual([])
    expect(titles({ q: 'div' }, 'hits')).toEqual([])
  })

  test('takes letters that mean something to SQL as letters, however many there are', () => {
    addPost({ title: '100 % "fine" \\ _x_', body: "it's 50%" })
    addPost({ title: 'other' })
    for (const q of ['100 %', '"fine"', '\\', '_x_', '50%', "it's"]) expect(titles({ q }, 'hits')).toHaveLength(1)
    expect(titles({ q: 'x'.repeat(199) }, 'hits')).toEqual([])
    expect(
      titles({ q: 'a b c d e f g h i j k l m n o p q r s t u v w x y z '.repeat(3).slice(0, 200) }, 'hits'),
    ).toEqual([])
  })

  test('that must read many texts goes on in the next call, and skips nothing', () => {
    const body = `<p>${'lorem ipsum '.repeat(110_000)}</p>`
    for (let n = 1; n <= 20; n++) addPost({ title: `T${n}`, body: n % 5 === 0 ? `${body} needle` : body })
    const first = findItems(ctx, { q: 'needle' }, 'hits', null, 50)
    expect(first.next).not.toBeNull()
    for (const sort of ['hits', 'title', '-updated'] as const)
      expect(titles({ q: 'needle' }, sort, 50).toSorted()).toEqual(['T10', 'T15', 'T20', 'T5'])
  })
})

test('what a release without these columns has written is sorted and filtered, too', () => {
  const database = createSiteDatabase()
  migrateSiteStore(database, 9)
  const { local, ...record } = agreedItem({ title: 'x' })
  const docs: [string, Partial<ItemDoc>][] = [
    ['Zebra', { terms: { category: ['News', 'Ä:b'] }, date: '2026-11-21T10:00:00.000Z' }],
    ['Äpfel', { author: { id: 7, name: 'Ada' } }],
    ['Élan', { author: { id: null, name: 'Bob' } }],
  ]
  for (const [index, [title, changes]] of docs.entries()) {
    const [n, doc] = [index + 1, JSON.stringify({ ...local, title, ...changes })]
    database.rows(
      `INSERT INTO items (n, id, type, state, title, slug, status, updated_at) VALUES (?, ?, 'post', 'local_ahead', ?, '', 'draft', ?)`,
      n,
      `item_${n}`,
      title,
      NOW_MS,
    )
    // one with a version of its own beside the base
    if (n === 1) database.rows('INSERT INTO versions VALUES (?, ?)', n * 4, JSON.stringify({ ...local, ...record }))
    database.rows('INSERT INTO versions VALUES (?, ?)', n * 4 + (n === 1 ? 1 : 0), doc)
  }
  database.rows(
    `INSERT INTO items (n, id, type, state, title, slug, status, updated_at) VALUES (9, 'item_9', 'post', 'failed', 'No text', '', 'draft', 1)`,
  )
  store = new SiteStore(database)
  ctx = { ...ctx, replica: store.replica }
  database.rows('DELETE FROM items WHERE n = 9')
  expect(titles({}, 'title')).toEqual(['Äpfel', 'Élan', 'Zebra'])
  expect(titles({ term: 'category:Ä:b' })).toEqual(['Zebra'])
  expect(titles({ author: '7' })).toEqual(['Äpfel'])
  expect(titles({ author: 'Bob' })).toEqual(['Élan'])
  expect(titles({ date_to: '2026-11-21T10:00:01.000Z' })).toEqual(['Zebra'])
  const [row] = database.rows("SELECT title_key, date, author, terms FROM items WHERE id = 'item_1'")
  const saved = store.replica.items.get('item_1')
  if (saved) store.replica.items.save(saved)
  expect(database.rows("SELECT title_key, date, author, terms FROM items WHERE id = 'item_1'")).toEqual([row])
})
