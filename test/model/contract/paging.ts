import { describe, expect, test } from 'vitest'
import { FetchData, IndexData } from '../../../src/contract/content-link.ts'
import { fetchOne, idsOf, insertEvents, START_S } from './common.ts'
import { codeOf, run, type Subject } from './subject.ts'

type Position = [number, number] | null

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

  test('a page continues strictly after a position that no post has', async () => {
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
  test('unknown, private and removed types are refused, and their posts are missing', async () => {
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

function refusals(get: () => Subject): void {
  test('arguments out of bounds are refused, not adjusted', async () => {
    const bad: [string, Record<string, unknown>][] = [
      ['index', { limit: 201, fields: 'full' }],
      ['index', { limit: 5001, fields: 'ids' }],
      ['index', { limit: 0 }],
      ['index', { after: [1] }],
      ['index', { after: 'x' }],
      ['index', { fields: 'everything' }],
      ['fetch', { ids: Array.from({ length: 101 }, (_, index) => index + 1) }],
      ['fetch', { ids: ['1'] }],
      ['fetch', {}],
      ['terms', { taxonomy: 'event_kind', limit: 1001 }],
    ]
    for (const [name, args] of bad) {
      expect(await codeOf(get(), name, { type: 'event', ...args }), JSON.stringify(args)).toBe('invalid_field')
    }
  })
}

/** Pages of `index`, and `fetch` (docs/protocol-content.md). */
export function describePaging(get: () => Subject): void {
  describe('index', () => paging(get))
  describe('types', () => types(get))
  describe('refusals of index, fetch and terms', () => refusals(get))
}
