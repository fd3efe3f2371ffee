import { describe, expect, test } from 'vitest'
import { ApplyData, FetchData, MediaData, PostDocument, type ApplyFields } from '../../../src/contract/content-link.ts'
import { NASTY } from './reading.ts'
import { codeOf, newId, run, send, type Subject } from './subject.ts'

interface Apply {
  op: string
  id?: number | null
  expect?: string | null
  item_id?: string
  type?: string
  fields?: ApplyFields | Record<string, unknown>
}

const argsOf = (input: Apply) => ({
  item_id: newId('item'),
  type: 'event',
  id: null,
  expect: null,
  fields: {},
  ...input,
})

const apply = (subject: Subject, input: Apply, commandId = newId('cmd')) =>
  run(subject, ApplyData, 'apply', argsOf(input), { id: commandId })

const applyCode = (subject: Subject, input: Apply) => codeOf(subject, 'apply', argsOf(input))

async function applied(subject: Subject, input: Apply): Promise<PostDocument> {
  const data = await apply(subject, input)
  expect(data.outcome).toBe('applied')
  return PostDocument.parse(data.item)
}

const create = (subject: Subject, fields: ApplyFields, type = 'event') =>
  applied(subject, { op: 'create', type, fields: { title: 'Made', status: 'publish', ...fields } })

/** Changes a document that was seen just now. */
const update = (subject: Subject, { id, etag: expected }: PostDocument, fields: Record<string, unknown>) =>
  applied(subject, { op: 'update', id, expect: expected, fields })

async function fetchOne(subject: Subject, id: number): Promise<PostDocument> {
  const { items } = await run(subject, FetchData, 'fetch', { ids: [id] })
  return PostDocument.parse(items[0])
}

const count = async (subject: Subject, type = 'event') => (await subject.arrange({ op: 'count', type }))[0]

function creating(get: () => Subject): void {
  test('T25 what is created is stored byte for byte, and answered as it is', async () => {
    const made = await create(get(), {
      ...NASTY,
      slug: 'made-nasty',
      date: '2024-02-03T04:05:06Z',
      meta: { rank_math_title: 'S "e" \\ o' },
    })
    expect(made).toMatchObject({
      ...NASTY,
      slug: 'made-nasty',
      status: 'publish',
      meta: { rank_math_title: 'S "e" \\ o' },
    })
    expect(Date.parse(made.date ?? '')).toBe(Date.parse('2024-02-03T04:05:06Z'))
    const [row] = await get().arrange({ op: 'read', id: made.id })
    expect(JSON.parse(String(row))).toMatchObject(NASTY)
    expect(await fetchOne(get(), made.id)).toEqual(made)
  })

  test('a create with a known item id answers the post there is', async () => {
    const input = { op: 'create', item_id: newId('item'), fields: { title: 'Once', status: 'draft' } }
    const first = await apply(get(), input)
    const before = await count(get())
    const second = await apply(get(), { ...input, fields: { title: 'Twice', status: 'draft' } })
    expect([first.created, second.created]).toEqual([true, false])
    expect(second).toMatchObject({ outcome: 'applied', item: first.item })
    expect(await count(get())).toBe(before)
  })

  test('a repeated command gets its first answer and has no second effect', async () => {
    const [commandId, input] = [newId('cmd'), { op: 'create', item_id: newId('item'), fields: { title: 'Repeated' } }]
    const first = await apply(get(), input, commandId)
    const before = await count(get())
    expect(await apply(get(), input, commandId)).toEqual(first)
    expect(await count(get())).toBe(before)
    const id = first.item?.id ?? 0
    await get().arrange({ op: 'edit', id, title: 'Edited since' })
    expect(await apply(get(), input, commandId)).toMatchObject({ outcome: 'stale', item: { title: 'Edited since' } })
    await get().arrange({ op: 'delete', id })
    expect(await apply(get(), input, commandId)).toMatchObject({ outcome: 'stale', item: null })
    expect(await count(get())).toBe(Number(before) - 1)
  })

  test('slugs are unique among what is published', async () => {
    const slugs = []
    for (let index = 0; index < 3; index++) slugs.push((await create(get(), { slug: 'the-same' }, 'post')).slug)
    expect(slugs).toEqual(['the-same', 'the-same-2', 'the-same-3'])
    expect((await create(get(), { title: 'No slug given!' }, 'post')).slug).toBe('no-slug-given')
  })

  test('published with a date to come is scheduled, and the other way round', async () => {
    const [soon, past] = [Date.now() + 86_400_000, Date.now() - 86_400_000].map((ms) => new Date(ms).toISOString())
    expect((await create(get(), { date: soon ?? null })).status).toBe('future')
    expect((await create(get(), { status: 'future', date: past ?? null })).status).toBe('publish')
  })
}

function updating(get: () => Subject): void {
  test('an update changes the fields it names and no other', async () => {
    const made = await create(get(), { ...NASTY, meta: { event_place: 'Here' } })
    const changed = await update(get(), made, { title: 'New \\ title' })
    const { etag, modified, ...rest } = changed
    expect(rest).toEqual({
      ...rest,
      ...NASTY,
      title: 'New \\ title',
      slug: made.slug,
      meta: made.meta,
      date: made.date,
    })
    expect(etag).not.toBe(made.etag)
    expect(modified).toBeGreaterThanOrEqual(made.modified)
  })

  test('a stale update writes nothing and answers what is there', async () => {
    const made = await create(get(), { title: 'Stale' })
    await get().arrange({ op: 'edit', id: made.id, title: 'Edited by somebody' })
    for (const op of ['update', 'trash', 'delete']) {
      const data = await apply(get(), {
        op,
        id: made.id,
        expect: made.etag,
        fields: op === 'update' ? { body: 'x' } : {},
      })
      expect(data).toMatchObject({ outcome: 'stale', item: { id: made.id, title: 'Edited by somebody', body: '' } })
    }
    expect(await fetchOne(get(), made.id)).toMatchObject({ title: 'Edited by somebody', body: '', status: 'publish' })
  })

  test('an update of a post that is gone is stale', async () => {
    const made = await create(get(), { title: 'Gone' })
    await get().arrange({ op: 'delete', id: made.id })
    const data = await apply(get(), { op: 'update', id: made.id, expect: made.etag, fields: { title: 'x' } })
    expect(data).toMatchObject({ outcome: 'stale', item: null })
  })

  test('a batch of updates is one chain of etags', async () => {
    const made = await create(get(), { title: 'Chain' })
    const commands = ['a', 'b'].map((title) => ({
      id: newId('cmd'),
      name: 'apply',
      args: argsOf({ op: 'update', id: made.id, expect: made.etag, fields: { title } }),
    }))
    const results = await send(get(), commands)
    expect(results.map((result) => result.ok && result.data['outcome'])).toEqual(['applied', 'stale'])
  })

  test('T30 trash, untrash and delete, each once and again', async () => {
    const made = await create(get(), { title: 'Fate', slug: 'fate' })
    const trashed = await applied(get(), { op: 'trash', id: made.id, expect: made.etag })
    expect(trashed.status).toBe('trash')
    expect(await applied(get(), { op: 'trash', id: made.id, expect: trashed.etag })).toEqual(trashed)
    const back = await applied(get(), { op: 'untrash', id: made.id, expect: trashed.etag })
    expect(back.status).not.toBe('trash')
    expect(back.slug).toBe('fate')
    const gone = { outcome: 'applied', item: null }
    expect(await apply(get(), { op: 'delete', id: made.id, expect: back.etag })).toMatchObject(gone)
    expect(await apply(get(), { op: 'delete', id: made.id, expect: back.etag })).toMatchObject(gone)
    expect((await get().arrange({ op: 'read', id: made.id }))[0]).toBeNull()
  })
}

function relations(get: () => Subject): void {
  test('terms replace a taxonomy, found by name, then by slug, else made', async () => {
    const [, twin] = await get().arrange(
      { op: 'term', taxonomy: 'event_kind', name: 'Pair', slug: 'pair-a' },
      { op: 'term', taxonomy: 'event_kind', name: 'Pair', slug: 'pair-b' },
      { op: 'term', taxonomy: 'event_kind', name: 'Known', slug: 'known-slug' },
    )
    const made = await create(get(), { terms: { event_kind: ['Known', 'Brand new'] } })
    expect(made.terms).toEqual({ event_kind: ['Brand new', 'Known'] })
    const changed = await update(get(), made, { terms: { event_kind: ['pair-b'] } })
    expect(changed.terms).toEqual({ event_kind: ['pair-b'] })
    expect(twin).toBeGreaterThan(0)
    expect((await update(get(), changed, { terms: { event_kind: [] } })).terms).toEqual({ event_kind: [] })
  })

  test('meta is set and deleted by key; WordPress keeps a number as text', async () => {
    const made = await create(get(), { meta: { event_place: 'Hall', rank_math_title: 'Title' } })
    const changed = await update(get(), made, { meta: { rank_math_title: null, event_seats: 12 } })
    expect(changed.meta).toMatchObject({ event_place: 'Hall', event_seats: '12' })
    expect(changed.meta['rank_math_title'] ?? null).toBeNull()
  })

  test('a featured image is set and taken away', async () => {
    const [image] = await get().arrange({ op: 'attachment', title: 'Featured', alt: 'Alt' })
    const made = await create(get(), { featured: { id: Number(image) } })
    expect(made.featured).toMatchObject({ id: image, alt: 'Alt' })
    expect((await update(get(), made, { featured: null })).featured).toBeNull()
  })

  test('T30 a parent is set, and a cycle refused', async () => {
    const top = await create(get(), { title: 'Top' })
    const below = await create(get(), { title: 'Below', parent: top.id })
    expect(below.parent).toBe(top.id)
    const cycle = { op: 'update', id: top.id, expect: top.etag, fields: { parent: below.id } }
    expect(await applyCode(get(), cycle)).toBe('parent_cycle')
    expect(await applyCode(get(), { ...cycle, fields: { parent: top.id } })).toBe('parent_cycle')
    expect(await fetchOne(get(), top.id)).toEqual(top)
  })
}

function refusing(get: () => Subject): void {
  test('fields that are unknown or wrong are named and nothing is written', async () => {
    const made = await create(get(), { title: 'Strict' })
    const bad: Record<string, unknown>[] = [
      { nonsense: 1 },
      { title: 7 },
      { status: 'levitating' },
      { date: 'tomorrow' },
      { meta: { hidden_key: 'x' } },
      { terms: { nonsense: ['x'] } },
      { terms: { event_kind: 'x' } },
      { featured: { id: 987_654 } },
    ]
    for (const fields of bad) {
      const input = { op: 'update', id: made.id, expect: made.etag, fields }
      const [result] = await send(get(), [{ id: newId('cmd'), name: 'apply', args: argsOf(input) }])
      expect(result, JSON.stringify(fields)).toMatchObject({ ok: false, code: 'invalid_field', retryable: false })
      expect(result?.ok ? '' : result?.detail).toContain(Object.keys(fields)[0])
    }
    expect(await fetchOne(get(), made.id)).toEqual(made)
  })

  test('an unknown type is refused', async () => {
    expect(await applyCode(get(), { op: 'create', type: 'nonsense', fields: { title: 'x' } })).toBe('unknown_type')
  })

  test('T25 what a site would not keep as it is, is undone', async () => {
    const made = await create(get(), { title: 'Filtered', body: 'plain' })
    const before = await count(get())
    await get().arrange({ op: 'filter', isOn: true })
    const codes = [
      await applyCode(get(), { op: 'create', fields: { title: 'Altered', body: 'naked', status: 'publish' } }),
      await applyCode(get(), { op: 'update', id: made.id, expect: made.etag, fields: { body: 'naked truth' } }),
    ]
    await get().arrange({ op: 'filter', isOn: false })
    expect(codes).toEqual(['content_altered', 'content_altered'])
    expect(await count(get())).toBe(before)
    const { modified: _, ...rest } = await fetchOne(get(), made.id)
    expect(made).toMatchObject(rest)
  })
}

function media(get: () => Subject): void {
  const load = (url: unknown, hash: string) =>
    run(get(), MediaData, 'media', { url, hash, filename: 'fox.png', alt: 'A "fox" 🦊' })

  test('T31 an image is loaded once per hash, and can be featured', async () => {
    const [url] = await get().arrange({ op: 'file', name: 'contract-fox.png', kind: 'image' })
    const [hash, before] = [newId('hash'), Number(await count(get(), 'attachment'))]
    const first = await load(url, hash)
    expect(first.reused).toBe(false)
    expect(await load(url, hash)).toEqual({ ...first, reused: true })
    expect(await count(get(), 'attachment')).toBe(before + 1)
    const made = await create(get(), { featured: { id: first.id } })
    expect(made.featured).toEqual({ id: first.id, url: first.url, alt: 'A "fox" 🦊' })
  })

  test('an image that is not there or none is refused', async () => {
    const [page] = await get().arrange({ op: 'file', name: 'contract-page.png', kind: 'page' })
    const code = (url: unknown) => codeOf(get(), 'media', { url, hash: newId('hash'), filename: 'x.png', alt: '' })
    expect(await code(`${get().url}/wp-content/uploads/absent.png`)).toBe('media_not_found')
    expect(await code(page)).toBe('media_not_image')
  })
}

/** `apply` and `media` (docs/protocol-content.md). */
export function describeWriting(get: () => Subject): void {
  describe('create', () => creating(get))
  describe('update', () => updating(get))
  describe('terms, meta, images and parents', () => relations(get))
  describe('refusals of apply', () => refusing(get))
  describe('media', () => media(get))
}
