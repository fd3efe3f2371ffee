import { afterEach, describe, expect, test } from 'vitest'
import { CountsData, DigestData, FetchData, IndexData } from '../../../src/contract/content-link.ts'
import { applyCode, create, update } from './applying.ts'
import { fetchOne } from './common.ts'
import { run, type Subject } from './subject.ts'

function leavingAlone(get: () => Subject): void {
  const marked: number[] = []
  const leaveAlone = async (id: number, isLeftAlone = true) => {
    marked.push(id)
    await get().arrange({ op: 'leave_alone', id, isLeftAlone })
  }
  afterEach(async () => {
    for (const id of marked.splice(0)) await get().arrange({ op: 'leave_alone', id, isLeftAlone: false })
    await get().webhooks()
  })

  const list = async (fields: string) =>
    run(get(), IndexData, 'index', { type: 'event', after: fields === 'ids' ? [0, 0] : null, limit: 200, fields })

  test('is in no list and no sketch, and is not taken for deleted', async () => {
    const made = await create(get(), { title: 'Mine' })
    const digest = () => run(get(), DigestData, 'digest', { type: 'event', after: 0, until: null, symbols: 4 })
    const before = { total: (await list('ids')).total, sketch: (await digest()).count }
    await leaveAlone(made.id)
    for (const fields of ['full', 'metadata', 'ids']) {
      const page = await list(fields)
      expect(page.total, fields).toBe(before.total - 1)
      expect(
        page.items.map(({ id }) => id),
        fields,
      ).not.toContain(made.id)
    }
    expect((await digest()).count).toBe(before.sketch - 1)
    const fetched = await run(get(), FetchData, 'fetch', { ids: [made.id, 999_999_999] })
    expect(fetched).toMatchObject({ items: [], missing: [999_999_999], denied: [made.id], left_alone: [made.id] })
    expect((await run(get(), CountsData, 'counts', { post_types: ['event'] })).post_types['event']).toBeGreaterThan(0)
  })

  test('is written by no command, and by no repeat of one', async () => {
    const made = await create(get(), { title: 'Mine' })
    const change = { op: 'update', id: made.id, expect: made.etag, fields: { title: 'Written' } }
    await leaveAlone(made.id)
    for (const op of ['update', 'trash', 'untrash', 'delete'])
      expect(await applyCode(get(), { ...change, op, fields: op === 'update' ? change.fields : {} }), op).toBe(
        'post_left_alone',
      )
    await leaveAlone(made.id, false)
    expect(await fetchOne(get(), made.id)).toMatchObject({ title: 'Mine', etag: made.etag })
    expect(await update(get(), made, { title: 'Agreed' })).toMatchObject({ title: 'Agreed' })
  })

  test('tells that there is something to ask for, nothing of its changes, and that it is gone or synced again', async () => {
    const made = await create(get(), { title: 'Mine' })
    await get().webhooks()
    await leaveAlone(made.id)
    const told = { event: 'post.metadata', post_id: made.id, post_type: 'event', status: null }
    expect(await get().webhooks()).toMatchObject([told])
    await get().arrange({ op: 'edit', id: made.id, title: 'Private matter' })
    await get().arrange({ op: 'trash', id: made.id })
    await get().arrange({ op: 'untrash', id: made.id })
    expect(await get().webhooks()).toEqual([])
    await leaveAlone(made.id, false)
    expect(await get().webhooks()).toMatchObject([{ event: 'post.status', post_id: made.id }])
    await leaveAlone(made.id)
    await get().webhooks()
    await get().arrange({ op: 'delete', id: made.id })
    expect(await get().webhooks()).toMatchObject([{ event: 'post.deleted', post_id: made.id }])
    marked.length = 0
  })
}

/** What somebody decides about a single post in its editor (docs/protocol-content.md). */
export const describeLeavingAlone = (get: () => Subject) =>
  describe('a post that is left alone', () => leavingAlone(get))
