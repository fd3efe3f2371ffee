import { describe, expect, test } from 'vitest'
import { IndexData, PoisonedDocument, PostDocument, TermsData } from '../../../src/contract/content-link.ts'
import { fetchOne, idsOf, insertEvents, NASTY, START_S } from './common.ts'
import { codeOf, newId, run, send, type Action, type Subject } from './subject.ts'

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
      status: 'publish',
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
      status: 'publish',
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

  test('T5 a document that cannot be sent has a reason, and the others come', async () => {
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
    await get().arrange(...ids.map((id) => ({ op: 'delete', id }) as const), { op: 'mend_utf8' })
  })
}

function marks(get: () => Subject): void {
  test('a password marks its post, and no document shows it', async () => {
    const [guarded, open] = await get().arrange(
      { op: 'insert', type: 'event', title: 'Guarded', status: 'publish', password: 'open-sesame' },
      { op: 'insert', type: 'event', title: 'Open', status: 'publish' },
    )
    expect(await fetchOne(get(), guarded)).toMatchObject({ title: 'Guarded', protected: true })
    expect(await fetchOne(get(), open)).toMatchObject({ title: 'Open', protected: false })
    const [raw] = await send(get(), [{ id: newId('cmd'), name: 'fetch', args: { ids: [guarded] } }])
    expect(JSON.stringify(raw)).not.toContain('open-sesame')
  })

  test('only what wp-admin counts under “All” is listed', async () => {
    const [post, hidden] = await get().arrange(
      { op: 'insert', type: 'event', title: 'Private', status: 'private' },
      { op: 'insert', type: 'event', title: 'Thrown away', status: 'publish' },
    )
    await get().arrange({ op: 'trash', id: Number(hidden) })
    expect(await fetchOne(get(), post)).toMatchObject({ listed: true })
    expect(await fetchOne(get(), hidden)).toMatchObject({ listed: false, status: 'trash' })
  })
}

function etags(get: () => Subject): void {
  test('an etag depends exactly on the content it covers', async () => {
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
  test('terms come in pages by id, each once, with an etag that saves the next read', async () => {
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

/** Documents, their etags, and `terms` (docs/protocol-content.md). */
export function describeDocuments(get: () => Subject): void {
  describe('documents', () => documents(get))
  describe('marks', () => marks(get))
  describe('etags', () => etags(get))
  describe('terms', () => terms(get))
}
