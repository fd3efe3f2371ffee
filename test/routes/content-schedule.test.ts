import { beforeAll, describe, expect, test } from 'vitest'
import type { Item } from '../../src/contract/content.ts'
import {
  connectWordPress,
  content,
  deliverAll,
  eventually,
  itemOf,
  playWordPress,
  readItem,
  syncSite,
  type ContentSite,
} from '../support/content.ts'
import { refusal } from '../support/openapi.ts'

let site: ContentSite

beforeAll(async () => {
  playWordPress()
  site = await connectWordPress({ twoWay: true })
})

const HOUR_MS = 3_600_000
const at = (aheadMs: number) => new Date(Math.floor((Date.now() + aheadMs) / 1000) * 1000).toISOString()
const [PAST, NEXT, LATER] = [at(-24 * HOUR_MS), at(24 * HOUR_MS), at(48 * HOUR_MS)]

async function create(body: Record<string, unknown>): Promise<Item> {
  const answer = await content(site, 'POST /', { title: 'Dated', ...body })
  expect(answer.status).toBe(201)
  return answer.body
}
const patch = (item: Pick<Item, 'id'>, body: Record<string, unknown>) => content(site, `PATCH /${item.id}`, body)

/** The item once WordPress has it, and how WordPress has it. */
async function sent(item: Pick<Item, 'id'>) {
  const synced = await eventually(site, item.id, { state: 'synced' })
  const { status, dateS } = site.model.post(Number(synced.external_id))
  return { item: synced, post: { status, date: dateS === null ? null : new Date(dateS * 1000).toISOString() } }
}

describe('T56 an item', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['scheduled', { status: 'future', date: NEXT }, { status: 'future', date: NEXT }],
    ['published with a date to come', { status: 'publish', date: NEXT }, { status: 'future', date: NEXT }],
    ['published with a past date', { status: 'publish', date: PAST }, { status: 'publish', date: PAST }],
    ['published before 1970', { status: 'publish', date: '1912-05-01T12:00:00.000Z' }, { status: 'publish' }],
    ['scheduled after 2038', { status: 'future', date: '2099-05-01T12:00:00.000Z' }, { status: 'future' }],
    ['that is private, with a date to come', { status: 'private', date: NEXT }, { status: 'private', date: NEXT }],
    ['that waits for review', { status: 'pending', date: null }, { status: 'pending', date: null }],
  ])('%s is the same on both sides', async (_name, body, expected) => {
    const made = await create(body)
    expect(made).toMatchObject(expected)
    const { item, post } = await sent(made)
    expect(item).toMatchObject({ ...expected, date: made.date, overdue_since: null, published_late_at: null })
    expect(post).toEqual({ status: item.status, date: made.date })
  })

  test('published without a date has the date of its publication, and keeps it', async () => {
    const { item } = await sent(await create({ status: 'publish' }))
    expect(Math.abs(Date.parse(item.date ?? '') - Date.now())).toBeLessThan(10_000)
    await patch(item, { status: 'draft' })
    await sent(item)
    await patch(item, { status: 'publish' })
    expect((await sent(item)).post).toEqual({ status: 'publish', date: item.date })
  })

  test('loses the fractions of a second, which WordPress doesn’t store', async () => {
    const made = await create({ status: 'draft', date: '2020-01-01T10:00:00.999Z' })
    expect(made.date).toBe('2020-01-01T10:00:00.000Z')
  })
})

describe('T56 a scheduled item', () => {
  const schedule = async () => (await sent(await create({ status: 'future', date: NEXT }))).item

  test('is moved, unscheduled with its date, and scheduled again', async () => {
    const item = await schedule()
    for (const [change, expected] of [
      [{ date: LATER }, { status: 'future', date: LATER }],
      [{ status: 'draft' }, { status: 'draft', date: LATER }],
      [{ status: 'future' }, { status: 'future', date: LATER }],
      [{ status: 'pending' }, { status: 'pending', date: LATER }],
      [
        { status: 'publish', date: NEXT },
        { status: 'future', date: NEXT },
      ],
    ] as const) {
      expect((await patch(item, change)).body).toMatchObject(expected)
      expect((await sent(item)).post).toEqual(expected)
    }
  })

  test('published now is live at once, with the date of now', async () => {
    const { item, post } = await sent((await patch(await schedule(), { status: 'publish' })).body)
    expect([item.status, post.status]).toEqual(['publish', 'publish'])
    expect(Math.abs(Date.parse(item.date ?? '') - Date.now())).toBeLessThan(10_000)
  })

  test('published now is live at once, although the clock of the site is four minutes behind', async () => {
    const item = await schedule()
    site.model.setClockOffset(-240)
    await patch(item, { status: 'publish' })
    const { post } = await sent(item)
    site.model.setClockOffset(0)
    expect(post.status).toBe('publish')
  })

  test('keeps its schedule where something else is edited', async () => {
    const item = await schedule()
    await patch(item, { title: 'Other', status: 'future' })
    expect((await sent(item)).post).toEqual({ status: 'future', date: NEXT })
  })
})

describe('T56 scheduling is refused', () => {
  test.each<[string, Record<string, unknown>]>([
    ['without a date', { status: 'future' }],
    ['without a date, explicitly', { status: 'future', date: null }],
    ['with a past date', { status: 'future', date: PAST }],
  ])('%s, and nothing goes live', async (_name, body) => {
    const created = await content(site, 'POST /', { title: 'Refused', ...body })
    expect(refusal(created)).toEqual([400, 'future_date_required'])
    expect(created.body.errors).toEqual([
      { path: 'body.date', code: 'future_date_required', message: expect.any(String) },
    ])
    expect(created.body.fix).toMatch(/future date/)
    const { item } = await sent(await create({ status: 'draft' }))
    expect(refusal(await patch(item, body))).toEqual([400, 'future_date_required'])
    expect(await readItem(site, item.id)).toEqual(item)
    expect((await sent(item)).post.status).toBe('draft')
    expect((await content(site, 'GET ?q=Refused')).body.results).toEqual([])
  })

  test.each<[string, Record<string, unknown>]>([
    ['a past date', { date: PAST }],
    ['no date', { date: null }],
  ])('of a scheduled item that gets %s', async (_name, body) => {
    const item = await create({ status: 'future', date: NEXT })
    expect(refusal(await patch(item, body))).toEqual([400, 'future_date_required'])
    expect((await sent(item)).post).toEqual({ status: 'future', date: NEXT })
  })

  test('of a published item that has no date to come: it stays live', async () => {
    const { item } = await sent(await create({ status: 'publish', date: PAST }))
    expect(refusal(await patch(item, { status: 'future' }))).toEqual([400, 'future_date_required'])
    expect((await sent(item)).post).toEqual({ status: 'publish', date: PAST })
  })

  test('where a resolution would schedule for a past date: both sides are one decision', async () => {
    const own = await connectWordPress({ owner: site.owner })
    const id = own.model.createPost({ status: 'draft', dateS: Date.parse(LATER) / 1000 }).id
    await syncSite(own)
    const item = await itemOf(own, id)
    await content(own, `PATCH /${item.id}`, { date: PAST })
    own.model.editPost(id, { status: 'future', dateS: Date.parse(NEXT) / 1000 })
    await deliverAll(own)
    const open = await eventually(own, item.id, { state: 'conflict' })
    expect(open.conflict?.fields.toSorted()).toEqual(['date', 'status'])
    const mixed = { fields: { status: 'wordpress', date: 'igny8' } }
    const answer = await content(own, `POST /${item.id}/resolve/`, mixed)
    expect(refusal(answer)).toEqual([400, 'future_date_required'])
    expect(answer.body.fix).toMatch(/same side/)
    expect((await readItem(own, item.id)).state).toBe('conflict')
    const resolved = await content(own, `POST /${item.id}/resolve/`, { choice: 'wordpress' })
    expect(resolved.body).toMatchObject({ state: 'synced', status: 'future', date: NEXT })
  })
})
