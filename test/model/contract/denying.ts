import { afterEach, describe, expect, test } from 'vitest'
import { CountsData, FetchData, TermsData } from '../../../src/contract/content-link.ts'
import { Structure } from '../../../src/contract/structure.ts'
import { applyCode, create, update } from './applying.ts'
import { fetchOne } from './common.ts'
import { codeOf, run, type Subject } from './subject.ts'

function denying(get: () => Subject): void {
  const deny = (slug: string, isDenied = true) =>
    get().arrange({ op: 'deny', kind: slug === 'event' ? 'post_types' : 'taxonomies', slug, isDenied })
  afterEach(async () => {
    await deny('event', false)
    await deny('event_kind', false)
  })

  test('a type refuses every command that reads or writes it, and its posts are not taken for deleted', async () => {
    const made = await create(get(), { title: 'Kept' })
    await deny('event')
    const change = { op: 'update', id: made.id, expect: made.etag, fields: { title: 'Written' } }
    expect(await applyCode(get(), change)).toBe('type_denied')
    expect(await applyCode(get(), { op: 'create', item_id: 'item_denied', fields: { title: 'New' } })).toBe(
      'type_denied',
    )
    expect(await codeOf(get(), 'index', { type: 'event', after: null, limit: 10, fields: 'full' })).toBe('type_denied')
    expect(await codeOf(get(), 'digest', { type: 'event', after: 0, until: null, symbols: 4 })).toBe('type_denied')
    const fetched = await run(get(), FetchData, 'fetch', { ids: [made.id, 999_999_999] })
    expect(fetched).toMatchObject({ items: [], missing: [999_999_999], denied: [made.id] })
    await deny('event', false)
    expect(await fetchOne(get(), made.id)).toMatchObject({ title: 'Kept' })
  })

  test('a type is said by the structure, which still counts it, and sends no webhook', async () => {
    const made = await create(get(), { title: 'Quiet' })
    await get().webhooks()
    await deny('event')
    await get().arrange({ op: 'edit', id: made.id, title: 'Edited' })
    expect(await get().webhooks()).toEqual([])
    const { post_types: types } = await run(get(), Structure, 'structure', {})
    expect(types['event']).toMatchObject({ denied: true, enabled: false, has_trash: true })
    expect(types['post']).toMatchObject({ denied: false, enabled: true })
    const { post_types: counts } = await run(get(), CountsData, 'counts', { post_types: ['event'] })
    expect(counts['event']).toBe(types['event']?.count)
  })

  test('a taxonomy refuses its terms, alone and with a post', async () => {
    const made = await create(get(), { title: 'With a kind', terms: { event_kind: ['Fair'] } })
    await deny('event_kind')
    const args = { taxonomy: 'event_kind', after: 0, limit: 10, if_etag: null }
    expect(await codeOf(get(), 'terms', args)).toBe('type_denied')
    const change = { op: 'update', id: made.id, expect: made.etag, fields: { terms: { event_kind: ['Other'] } } }
    expect(await applyCode(get(), change)).toBe('type_denied')
    expect(await update(get(), made, { title: 'Renamed' })).toMatchObject({ terms: { event_kind: ['Fair'] } })
    await deny('event_kind', false)
    expect((await run(get(), TermsData, 'terms', args)).terms.length).toBeGreaterThan(0)
  })
}

/** What the owner denies in wp-admin (docs/protocol-content.md). */
export const describeDenying = (get: () => Subject) => describe('a denied type', () => denying(get))
