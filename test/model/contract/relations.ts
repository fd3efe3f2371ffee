import { describe, expect, test } from 'vitest'
import { MediaData } from '../../../src/contract/content-link.ts'
import { applied, applyCode, argsOf, count, create, update } from './applying.ts'
import { fetchOne } from './common.ts'
import { codeOf, newId, run, send, type Subject } from './subject.ts'

function relations(get: () => Subject): void {
  test('terms replace those of a taxonomy: found by name, then by slug, else created', async () => {
    await get().arrange(
      { op: 'term', taxonomy: 'event_kind', name: 'Pair', slug: 'pair-a' },
      { op: 'term', taxonomy: 'event_kind', name: 'Pair', slug: 'pair-b' },
      { op: 'term', taxonomy: 'event_kind', name: 'Known', slug: 'known-slug' },
    )
    const made = await create(get(), { terms: { event_kind: ['Known', 'Brand new'] } })
    expect(made.terms).toEqual({ event_kind: ['Brand new', 'Known'] })
    const changed = await update(get(), made, { terms: { event_kind: ['pair-b'] } })
    expect(changed.terms).toEqual({ event_kind: ['pair-b'] })
    expect((await update(get(), changed, { terms: { event_kind: [] } })).terms).toEqual({ event_kind: [] })
  })

  test('a name of two terms is ambiguous, and a post always has a category', async () => {
    await get().arrange(
      { op: 'term', taxonomy: 'event_kind', name: 'Both', slug: 'both-a' },
      { op: 'term', taxonomy: 'event_kind', name: 'Both', slug: 'both-b' },
    )
    const ambiguous = { op: 'create', fields: { title: 'x', terms: { event_kind: ['Both'] } } }
    expect(await applyCode(get(), ambiguous)).toBe('invalid_field')
    const made = await create(get(), { terms: { category: ['News'] } }, 'post')
    expect(made.terms['category']).toEqual(['News'])
    const fields = { terms: { category: [] } }
    const emptied = await applied(get(), { op: 'update', type: 'post', id: made.id, expect: made.etag, fields })
    expect(emptied.terms['category']).toEqual(['Uncategorized'])
  })

  test('meta is set and deleted by key; WordPress keeps a number as text', async () => {
    const made = await create(get(), { meta: { event_place: 'Hall', rank_math_title: 'Title' } })
    const changed = await update(get(), made, { meta: { rank_math_title: null, event_seats: 12 } })
    expect(changed.meta).toMatchObject({ event_place: 'Hall', event_seats: '12' })
    expect(changed.meta['rank_math_title'] ?? null).toBeNull()
  })

  test('a featured image is set and removed', async () => {
    const [image] = await get().arrange({ op: 'attachment', title: 'Featured', alt: 'Alt' })
    const made = await create(get(), { featured: { id: Number(image) } })
    expect(made.featured).toMatchObject({ id: image, alt: 'Alt' })
    expect((await update(get(), made, { featured: null })).featured).toBeNull()
  })

  test('the text of a featured image is changed where it is named, for every post that has the image', async () => {
    const [image] = await get().arrange({ op: 'attachment', title: 'Shared', alt: 'Alt' })
    const id = Number(image)
    const [made, other] = [await create(get(), { featured: { id } }), await create(get(), { featured: { id } })]
    const changed = await update(get(), made, { featured: { id, alt: 'A "new" \\ 🦊' } })
    expect(changed.featured).toMatchObject({ id, alt: 'A "new" \\ 🦊' })
    expect(changed.etag).not.toBe(made.etag)
    expect((await fetchOne(get(), other.id)).featured).toMatchObject({ id, alt: 'A "new" \\ 🦊' })
    expect((await update(get(), changed, { featured: { id, alt: '' } })).featured).toMatchObject({ id, alt: '' })
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
      { parent: 987_654 },
      { author: 987_654 },
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

  test('T25 a change that the site would alter is undone', async () => {
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

  test('T31 the same bytes are one image, whatever the address; its text is kept', async () => {
    const urls = await get().arrange(
      { op: 'file', name: 'contract-one.png', kind: 'image' },
      { op: 'file', name: 'contract-two.png', kind: 'image' },
    )
    const [first, second] = [await load(urls[0], newId('hash')), await load(urls[1], newId('hash'))]
    expect(second).toEqual({ ...first, reused: true })
    const made = await create(get(), { featured: { id: first.id } })
    const altAfter = async (alt: string) => {
      const args = { url: urls[0], hash: newId('hash'), filename: '', alt }
      expect(await run(get(), MediaData, 'media', args)).toMatchObject({ id: first.id, reused: true })
      return (await fetchOne(get(), made.id)).featured?.alt
    }
    expect(await altAfter('Other text')).toBe('A "fox" 🦊')
    await get().arrange({ op: 'alt', id: first.id, alt: '' })
    expect(await altAfter('Other text')).toBe('Other text')
  })

  test('a missing file and a file that is no image are refused', async () => {
    const [page] = await get().arrange({ op: 'file', name: 'contract-page.png', kind: 'page' })
    const code = (url: unknown) => codeOf(get(), 'media', { url, hash: newId('hash'), filename: 'x.png', alt: '' })
    expect(await code(`${get().url}/wp-content/uploads/absent.png`)).toBe('media_not_found')
    expect(await code(page)).toBe('media_not_image')
  })
}

/** What `apply` connects and refuses, and `media` (docs/protocol-content.md). */
export function describeRelations(get: () => Subject): void {
  describe('terms, meta, images and parents', () => relations(get))
  describe('refusals of apply', () => refusing(get))
  describe('media', () => media(get))
}
