import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { ItemUpdate } from '../../src/contract/content.ts'
import type { Transport } from '../../src/contract/polling.ts'
import { createItem, getItem, updateItem } from '../../src/site/replica/content.ts'
import { fillPosts } from '../model/fill.ts'
import { World } from './world.ts'

vi.setConfig({ testTimeout: 30_000 })
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined))

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** A site with three posts that IGNY8 knows, and every status that its posts take from now on. */
async function open(transport: Transport = 'direct') {
  const world = new World(1, transport)
  fillPosts(world.wordpress, { count: 3, bodyCharacters: 20 })
  await world.connect()
  world.enqueue('both')
  await world.settle(1_000)
  world.wordpress.resetStats()
  const statuses: string[] = []
  const touch = world.wordpress.site.touch.bind(world.wordpress.site)
  world.wordpress.site.touch = (post, kind) => {
    statuses.push(post.status)
    touch(post, kind)
  }
  const idOf = (postId: number) => world.store.replica.items.getByExternalId(postId)?.id ?? ''
  const read = (id: string) => {
    const item = getItem(world.content, id)
    if (!item.ok) throw new Error(item.code)
    return item.value
  }
  const edit = async (id: string, patch: ItemUpdate, quietMs = 1_000) => {
    expect(updateItem(world.content, id, patch)).toMatchObject({ ok: true })
    world.enqueue('to_external')
    await world.settle(quietMs)
  }
  const at = (aheadMs: number) => new Date(Math.floor((world.nowMs + aheadMs) / 1000) * 1000).toISOString()
  return { world, statuses, idOf, read, edit, at }
}

describe('T56 a site that can’t be reached at the time an item was scheduled for', () => {
  test.each([
    ['a new item', null],
    ['an item that the site has', 1],
  ])('gets %s published with that date, and the item says so', async (_name, postId) => {
    const { world, statuses, idOf, read, at } = await open()
    world.wordpress.faults = { request: () => ({ kind: 'reset', when: 'before' }) }
    const date = at(HOUR_MS)
    const patch = { status: 'future', date } as const
    const made = postId === null ? createItem(world.content, { type: 'post', title: 'New', ...patch }) : null
    const id = made?.ok ? made.value.id : idOf(1)
    if (postId !== null) updateItem(world.content, id, patch)
    world.enqueue('to_external')
    await world.settle(30 * MINUTE_MS)
    expect(read(id)).toMatchObject({ ...patch, state: 'local_ahead', published_late_at: null })
    world.nowMs = Date.parse(date) + HOUR_MS
    expect(read(id)).toMatchObject({ ...patch, overdue_since: date })
    world.wordpress.faults = {}
    world.enqueue('to_external')
    await world.settle(HOUR_MS)
    const live = read(id)
    expect(live).toMatchObject({ state: 'synced', status: 'publish', date, overdue_since: null })
    expect(Date.parse(live.published_late_at ?? '')).toBeGreaterThan(Date.parse(date))
    const post = world.wordpress.post(Number(live.external_id))
    expect([post.status, (post.dateS ?? 0) * 1000]).toEqual(['publish', Date.parse(date)])
    expect(statuses).not.toContain('future')
  })

  test('gets nothing published that was unscheduled meanwhile', async () => {
    const { world, statuses, idOf, read, edit, at } = await open()
    await edit(idOf(1), { status: 'draft' })
    statuses.length = 0
    world.wordpress.faults = { request: () => ({ kind: 'reset', when: 'before' }) }
    await edit(idOf(1), { status: 'future', date: at(HOUR_MS) })
    await edit(idOf(1), { status: 'draft' })
    world.nowMs += 2 * HOUR_MS
    world.wordpress.faults = {}
    world.enqueue('to_external')
    await world.settle(HOUR_MS)
    expect(read(idOf(1))).toMatchObject({ state: 'synced', status: 'draft' })
    expect(statuses).not.toContain('publish')
  })
})

describe('T56 a site that polls only after the time an item was scheduled for', () => {
  /** The command to schedule the first post is queued, and its time passes before the site polls. */
  async function queue() {
    const site = await open('polling')
    const { world, statuses, idOf, edit, at } = site
    await edit(idOf(1), { status: 'draft' }, HOUR_MS)
    statuses.length = 0
    const date = at(HOUR_MS)
    world.patience = 0
    await edit(idOf(1), { status: 'future', date })
    world.nowMs = Date.parse(date) + MINUTE_MS
    world.patience = Infinity
    return { ...site, date }
  }

  test('publishes it with that date', async () => {
    const { world, idOf, read, date } = await queue()
    await world.settle(HOUR_MS)
    const live = read(idOf(1))
    expect(live).toMatchObject({ state: 'synced', status: 'publish', date, error: null })
    expect(live.published_late_at).not.toBeNull()
  })

  test('publishes nothing that was unscheduled before it polled', async () => {
    const { world, statuses, idOf, read, edit, date } = await queue()
    await edit(idOf(1), { status: 'draft' }, HOUR_MS)
    expect(read(idOf(1))).toMatchObject({ state: 'synced', status: 'draft', date, published_late_at: null })
    expect(statuses).not.toContain('publish')
    expect(world.wordpress.post(1).status).toBe('draft')
  })
})

test('T56 a plugin of 0.2.0, which lets WordPress publish it at once: the item says that it is late', async () => {
  const { world, idOf, read, at } = await open()
  const date = at(HOUR_MS)
  updateItem(world.content, idOf(1), { status: 'future', date })
  world.wordpress.faults = {
    command: ({ name }) => {
      if (name !== 'apply') return null
      world.nowMs = Date.parse(date) + MINUTE_MS
      world.wordpress.editBehindItsBack(1, { status: 'publish', dateS: Date.parse(date) / 1000 })
      return { kind: 'data', data: { outcome: 'applied', item: world.wordpress.document(1), was_applied: true } }
    },
  }
  world.enqueue('to_external')
  await world.settle(1_000)
  expect(read(idOf(1))).toMatchObject({ state: 'synced', status: 'publish', date, error: null })
  expect(read(idOf(1)).published_late_at).not.toBeNull()
})

describe('T56 a post that the site has scheduled', () => {
  async function schedule(transport: Transport = 'direct') {
    const site = await open(transport)
    const { world, idOf, edit, at } = site
    const date = at(HOUR_MS)
    await edit(idOf(1), { status: 'future', date })
    expect(world.wordpress.post(1).status).toBe('future')
    world.wordpress.resetStats()
    world.nowMs = Date.parse(date)
    return { ...site, date }
  }

  test('is asked for when it should be live, so that a lost webhook is no loss', async () => {
    const { world, idOf, read } = await schedule()
    world.wordpress.runCron()
    world.loseWebhooks()
    await world.settle(10 * MINUTE_MS)
    expect(read(idOf(1))).toMatchObject({ state: 'synced', status: 'publish', published_late_at: null })
    expect(world.wordpress.stats.requests).toBeLessThanOrEqual(2)
  })

  test('is asked for then, although a webhook had it fetched before, or could not', async () => {
    const { world, idOf, read, edit, at } = await open()
    const date = at(HOUR_MS)
    await edit(idOf(1), { status: 'future', date })
    for (const fault of [null, { kind: 'reset', when: 'before' } as const]) {
      world.wordpress.faults = { request: () => fault }
      const modified_gmt = new Date(world.nowMs).toISOString()
      await world.receive({ event: 'post.metadata', post_id: 1, post_type: 'post', status: 'future', modified_gmt })
      await world.settle(MINUTE_MS)
    }
    world.wordpress.faults = {}
    await world.settle(30 * MINUTE_MS)
    world.nowMs = Date.parse(date)
    world.wordpress.runCron()
    world.loseWebhooks()
    await world.settle(10 * MINUTE_MS)
    expect(read(idOf(1)).status).toBe('publish')
  })

  test.each<Transport>(['direct', 'polling'])('is published although its cron is dead (%s)', async (transport) => {
    const { world, statuses, idOf, read, date } = await schedule(transport)
    world.nowMs += 5 * MINUTE_MS
    expect(read(idOf(1))).toMatchObject({ status: 'future', overdue_since: date })
    statuses.length = 0
    await world.settle(15 * MINUTE_MS)
    expect(read(idOf(1))).toMatchObject({ state: 'synced', status: 'publish', date, overdue_since: null })
    expect(statuses).toEqual(['publish'])
  })
})
