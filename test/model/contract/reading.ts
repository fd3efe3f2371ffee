import { describe, expect, test } from 'vitest'
import { FetchData, IndexData, PoisonedDocument, PostDocument, TermsData } from '../../../src/contract/content-link.ts'
import { codeOf, run, type Action, type Subject } from './subject.ts'

type Position = [number, number] | null

const START_S = 1_700_000_000

/** Texts that filters, slashes, charsets and JSON like to change. */
export const NASTY = {
  title: 'Quotes “a” & <b>tags</b> \\ back \\\\ slash 🦊 é',
  body: [
    '<!-- wp:paragraph {"align":"center","x":"\\u0026 \\\\"} -->',
    '<p>Emoji 👩‍👩‍👧, 𝒳, "quotes", it\'s &amp; &lt; &nbsp; C:\\dir\\new \\" \\\' %s %1$s</p>',
    '<!-- /wp:paragraph -->',
    '',
    '[gallery ids="1,2"] [unknown attr=\'x\'] <iframe src="https://example.com/?a=1&b=2"></iframe>',
    '\ttabs  and   spaces  ',
  ].join('\n'),
  excerpt: 'Short\nand "plain" \\ 🦊',
} as const

export const documentsOf = (items: unknown[]) => items.map((item) => PostDocument.parse(item))

const idsOf = (items: { id: number }[]) => items.map(({ id }) => id)

/** Every page of `index` from the start; fails when it does not end. */
async function walk(subject: Subject, args: Record<string, unknown>, maxBytes?: number) {
  const pages: { id: number; modified: number }[][] = []
  let after: Position = null
  for (let page = 0; page < 50; page++) {
    const limits = maxBytes === undefined ? {} : { maxBytes }
    const data: IndexData = await run(subject, IndexData, 'index', { fields: 'full', ...args, after }, limits)
    pages.push(data.items)
    after = data.next
    if (after === null) return pages
  }
  throw new Error('index does not end')
}

async function insertEvents(subject: Subject, modified: number[]): Promise<number[]> {
  const ids = await subject.arrange(
    ...modified.map((modifiedS) => ({ op: 'insert', type: 'event', status: 'publish', modifiedS }) as const),
  )
  return ids.map(Number)
}

async function fetchOne(subject: Subject, id: unknown): Promise<PostDocument> {
  const { items } = await run(subject, FetchData, 'fetch', { ids: [id] })
  return PostDocument.parse(items[0])
}

function paging(get: () => Subject): void {
  test('an empty type has an empty page', async () => {
    const data = await run(get(), IndexData, 'index', { type: 'event', after: null, limit: 10, fields: 'full' })
    expect(data).toMatchObject({ items: [], next: null, total: 0 })
    expect(Math.abs(data.site_time - Date.now() / 1000)).toBeLessThan(5)
  })

  test('pages follow (modified, id) over equal times and zeros, each post once', async () => {
    const times = [3, 1, 2, 2, 2, 2, 0, 5, 4].map((step) => (step === 0 ? 0 : START_S + step))
    const ids = await insertEvents(get(), times)
    const expected = ids
      .map((id, index) => ({ id, modified: times[index] ?? 0 }))
      .sort((left, right) => left.modified - right.modified || left.id - right.id)
    for (const limit of [1, 2, 4, 9, 200]) {
      const pages = await walk(get(), { type: 'event', limit })
      expect(pages.flat().map(({ id, modified }) => ({ id, modified }))).toEqual(expected)
      expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(limit)
    }
    const byId = await walk(get(), { type: 'event', limit: 4, fields: 'ids' })
    expect(byId.flat()).toEqual(
      expected.sort((left, right) => left.id - right.id).map(({ id, modified }) => ({ id, type: 'event', modified })),
    )
    const { total } = await run(get(), IndexData, 'index', { type: 'event', after: null, limit: 1, fields: 'ids' })
    expect(total).toBe(9)
  })

  test('a page goes on strictly after a position that no post has', async () => {
    const after = [START_S + 2, 999_999_999]
    const data = await run(get(), IndexData, 'index', { type: 'event', after, limit: 200, fields: 'metadata' })
    expect(data.items.map(({ modified }) => modified)).toEqual([START_S + 3, START_S + 4, START_S + 5])
  })

  test('trash is included, auto-drafts are not', async () => {
    const [trashed, auto] = await get().arrange(
      { op: 'insert', type: 'event', status: 'publish' },
      { op: 'insert', type: 'event', status: 'auto-draft' },
    )
    await get().arrange({ op: 'trash', id: Number(trashed) })
    const ids = idsOf((await walk(get(), { type: 'event', limit: 200 })).flat())
    expect(ids).toContain(trashed)
    expect(ids).not.toContain(auto)
  })

  test('T6 a page ends early where the size of the batch does, and one large document comes alone', async () => {
    const body = 'x'.repeat(20_000)
    const events = [1, 2, 3, 4].map(() => ({ op: 'insert', type: 'event', status: 'publish', body }) as const)
    const ids = (await get().arrange(...events)).map(Number)
    const all = idsOf((await walk(get(), { type: 'event', limit: 200 })).flat())
    for (const maxBytes of [50_000, 5000]) {
      const pages = await walk(get(), { type: 'event', limit: 200 }, maxBytes)
      expect(pages.length).toBeGreaterThan(1)
      expect(idsOf(pages.flat())).toEqual(all)
    }
    const { items, missing } = await run(get(), FetchData, 'fetch', { ids }, { maxBytes: 50_000 })
    expect(missing).toEqual([])
    expect(items.length).toBeGreaterThan(0)
    expect(items.length).toBeLessThan(4)
    await get().arrange(...ids.map((id) => ({ op: 'delete', id }) as const))
  })
}

function types(get: () => Subject): void {
  test('types that are unknown, not public or gone are refused, and their posts missing', async () => {
    const index = (type: string) => codeOf(get(), 'index', { type, after: null, limit: 10, fields: 'full' })
    expect(await index('nonsense')).toBe('unknown_type')
    expect(await index('revision')).toBe('unknown_type')
    const [event] = await insertEvents(get(), [START_S])
    await get().arrange({ op: 'register', type: 'event', isThere: false })
    expect(await index('event')).toBe('unknown_type')
    const { items, missing } = await run(get(), FetchData, 'fetch', { ids: [event, 987_654] })
    expect({ items, missing: missing.toSorted() }).toEqual({ items: [], missing: [event, 987_654].toSorted() })
    await get().arrange({ op: 'register', type: 'event', isThere: true })
    expect((await fetchOne(get(), event)).id).toBe(event)
  })
}

function documents(get: () => Subject): void {
  test('T25 a document has every field as it is stored, byte for byte', async () => {
    const [kind, image, parent] = await get().arrange(
      { op: 'term', taxonomy: 'event_kind', name: 'Talk 🦊' },
      { op: 'attachment', title: 'Doc image', alt: 'An "alt" & more' },
      { op: 'insert', type: 'event', status: 'publish', title: 'Parent' },
    )
    const [id] = await get().arrange({
      op: 'insert',
      type: 'event',
      status: 'private',
      ...NASTY,
      slug: 'nasty-one',
      dateS: START_S,
      modifiedS: START_S + 77,
      parent: Number(parent),
      terms: { event_kind: [Number(kind)] },
      meta: { event_place: 'Hall "A" \\ 1', rank_math_title: 'SEO 🦊', hidden_key: 'no' },
      featured: Number(image),
    })
    const document = await fetchOne(get(), id)
    expect(document).toMatchObject({
      id,
      type: 'event',
      modified: START_S + 77,
      ...NASTY,
      slug: 'nasty-one',
      status: 'private',
      parent,
      author: 1,
      author_name: 'admin',
      terms: { event_kind: ['Talk 🦊'] },
      meta: { event_place: 'Hall "A" \\ 1', rank_math_title: 'SEO 🦊' },
      featured: { id: image, alt: 'An "alt" & more' },
      item_id: null,
    })
    expect(document.meta).not.toHaveProperty('hidden_key')
    expect(Date.parse(document.date ?? '')).toBe(START_S * 1000)
    expect(document.url).toContain('nasty-one')
  })

  test('the same document comes from index and fetch; metadata differs by its body alone', async () => {
    const [id] = await insertEvents(get(), [START_S - 500])
    const full = await fetchOne(get(), id)
    const page = (fields: string) => run(get(), IndexData, 'index', { type: 'event', after: null, limit: 200, fields })
    const find = ({ items }: IndexData) => PostDocument.parse(items.find((item) => item.id === id))
    expect(find(await page('full'))).toEqual(full)
    expect(find(await page('metadata'))).toEqual({ ...full, body: null })
  })

  test('drafts without a date have none, and attachments are published', async () => {
    const [draft, image] = await get().arrange(
      { op: 'insert', type: 'event' },
      { op: 'attachment', title: 'Lone image' },
    )
    expect(await fetchOne(get(), draft)).toMatchObject({ status: 'draft', date: null, modified: 0, slug: '' })
    expect(await fetchOne(get(), image)).toMatchObject({ type: 'attachment', status: 'publish' })
  })

  test('terms are names in byte order, or slugs where two have the same name', async () => {
    const [zed, first, second, umlaut] = await get().arrange(
      { op: 'term', taxonomy: 'event_kind', name: 'Zed' },
      { op: 'term', taxonomy: 'event_kind', name: 'Twin', slug: 'twin-a' },
      { op: 'term', taxonomy: 'event_kind', name: 'Twin', slug: 'twin-b' },
      { op: 'term', taxonomy: 'event_kind', name: 'Über' },
    )
    const kinds = [umlaut, second, zed, first].map(Number)
    const [id] = await get().arrange({ op: 'insert', type: 'event', terms: { event_kind: kinds } })
    expect((await fetchOne(get(), id)).terms).toEqual({ event_kind: ['Zed', 'twin-a', 'twin-b', 'Über'] })
  })

  test('T5 a document that cannot be sent names why, and its neighbours come', async () => {
    const ids = await insertEvents(get(), [START_S + 90_000, START_S + 90_000, START_S + 90_001])
    const [large = 0, broken = 0, good] = ids
    await get().arrange({ op: 'grow', id: large, bytes: 5_000_000 }, { op: 'break_utf8', id: broken })
    const after = [START_S + 89_999, 0]
    for (const fields of ['full', 'metadata']) {
      const { items } = await run(get(), IndexData, 'index', { type: 'event', after, limit: 3, fields })
      expect(idsOf(items)).toEqual([large, broken, good])
      expect(PoisonedDocument.parse(items[0]).error.code).toBe('item_too_large')
      expect(PoisonedDocument.parse(items[1]).error.code).toBe('invalid_utf8')
      expect(PostDocument.parse(items[2]).id).toBe(good)
    }
    await get().arrange(...ids.map((id) => ({ op: 'delete', id }) as const))
  })
}

function etags(get: () => Subject): void {
  test('an etag changes with what it covers, comes back with it, and ignores the rest', async () => {
    const [kind, image, id] = await get().arrange(
      { op: 'term', taxonomy: 'event_kind', name: 'Etag kind' },
      { op: 'attachment', title: 'Etag image', alt: 'before' },
      { op: 'insert', type: 'event', title: 'Etag', body: 'Body' },
    )
    const post = Number(id)
    const etag = async () => (await fetchOne(get(), post)).etag
    const first = await etag()
    await get().arrange({ op: 'touch', id: post, modifiedS: START_S + 5 })
    expect(await etag()).toBe(first)
    const seen = new Set([first])
    const changes: Action[] = [
      { op: 'edit', id: post, title: 'Etag 2' },
      { op: 'edit', id: post, body: 'Body 2' },
      { op: 'set_terms', id: post, taxonomy: 'event_kind', terms: [Number(kind)] },
      { op: 'set_meta', id: post, key: 'event_place', value: 'Here' },
      { op: 'set_featured', id: post, image: Number(image) },
      { op: 'alt', id: Number(image), alt: 'after' },
    ]
    for (const change of changes) {
      await get().arrange(change)
      const next = await etag()
      expect(seen).not.toContain(next)
      seen.add(next)
    }
    const [other] = await get().arrange({ op: 'insert', type: 'event', title: 'Etag', body: 'Other' })
    const before = (await fetchOne(get(), other)).etag
    await get().arrange(
      { op: 'edit', id: Number(other), body: 'Changed' },
      { op: 'edit', id: Number(other), body: 'Other' },
    )
    expect((await fetchOne(get(), other)).etag).toBe(before)
  })
}

function terms(get: () => Subject): void {
  test('terms come by id in pages, once, with an etag that saves the next reading', async () => {
    const read = (args: Record<string, unknown>) =>
      run(get(), TermsData, 'terms', { taxonomy: 'event_kind', after: 0, limit: 1000, ...args })
    const all = await read({})
    expect(all).toMatchObject({ next: null, unchanged: false, total: all.terms.length })
    expect(all.terms.length).toBeGreaterThan(4)
    expect(all.terms.filter(({ name }) => name === 'Twin').map(({ slug }) => slug)).toEqual(['twin-a', 'twin-b'])
    const paged: number[] = []
    for (let after: number | null = 0; after !== null;) {
      const page: TermsData = await read({ after, limit: 2 })
      expect(page.etag).toBe(all.etag)
      paged.push(...idsOf(page.terms))
      after = page.next
    }
    expect(paged).toEqual(idsOf(all.terms))
    expect(paged).toEqual(paged.toSorted((left, right) => left - right))
    expect(await read({ if_etag: all.etag })).toMatchObject({ terms: [], unchanged: true, etag: all.etag })
    await get().arrange({ op: 'term', taxonomy: 'event_kind', name: 'One more' })
    const changed = await read({ if_etag: all.etag })
    expect(changed).toMatchObject({ unchanged: false, total: all.total + 1 })
    expect(await codeOf(get(), 'terms', { taxonomy: 'nonsense', after: 0, limit: 10 })).toBe('unknown_type')
  })
}

/** `index`, `fetch` and `terms` (docs/protocol-content.md). */
export function describeReading(get: () => Subject): void {
  describe('index', () => paging(get))
  describe('types', () => types(get))
  describe('documents', () => documents(get))
  describe('etags', () => etags(get))
  describe('terms', () => terms(get))
}
