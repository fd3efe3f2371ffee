import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createItem, listItems, trashItem, updateItem } from '../../src/site/replica/content.ts'
import { presentItem } from '../../src/site/items/present.ts'
import { runNext } from '../../src/site/runs/runner.ts'
import { fillPosts } from '../model/fill.ts'
import { createRandom } from './random.ts'
import { World } from './world.ts'

vi.setConfig({ testTimeout: 30_000 })
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined))

async function imported(count: number, seed = 1): Promise<World> {
  const world = new World(seed)
  fillPosts(world.wordpress, { count, bodyCharacters: 200 })
  await world.connect()
  await run(world)
  world.nowMs += 60_000
  world.wordpress.resetStats()
  return world
}

async function run(world: World, direction: 'from_external' | 'to_external' | 'both' | 'metadata' = 'from_external') {
  world.enqueue(direction)
  await world.settle(1_000)
  return world.store.runsState(world.nowMs).lastRun
}

const stateOf = (world: World, postId: number) => {
  const record = world.store.replica.items.getByExternalId(postId)
  return record && presentItem(world.store.replica, 'site_sim', record, world.nowMs).state
}
/** Post ids of the items that are deleted. */
const deleted = (world: World) =>
  listItems(world.content, { state: 'deleted' }, null, 10_000)
    .results.map((item) => Number(item.external_id))
    .toReversed()

describe('a full import', () => {
  test('asks for a page of 200 posts at a time, and writes to D1 once a slice', async () => {
    const world = new World(1)
    fillPosts(world.wordpress, { count: 3_000, bodyCharacters: 100 })
    await world.connect()
    expect(await run(world)).toMatchObject({ status: 'succeeded', counts: { created: 3_000 } })
    expect(world.wordpress.stats.requests).toBeLessThanOrEqual(2 + (1.2 * 3_000) / 100)
    expect(world.d1Writes).toBeLessThanOrEqual(4)
  })

  test('tells how much it expects of each type before it has any, and in the end what there was', async () => {
    const world = new World(1)
    fillPosts(world.wordpress, { count: 250, bodyCharacters: 100 })
    await world.connect('manual', 100)
    const told: unknown[] = []
    const { onRun } = world.store.runs
    world.store.runs.onRun = (id) => {
      onRun(id)
      const progress = world.store.runs.find(id)?.run.progress
      if (progress && progress.total > 0) told.push(progress)
    }
    await run(world)
    expect(told[0]).toEqual({ done: 0, total: 100, by_type: { post: { done: 0, total: 100 } } })
    expect(told.at(-1)).toMatchObject({ done: 100, total: 100, by_type: { post: { done: 100, total: 100 } } })
  })

  test('stops at the limit of a type, says so, and goes on with the next run', async () => {
    const world = new World(1)
    fillPosts(world.wordpress, { count: 250, bodyCharacters: 100 })
    await world.connect('manual', 100)
    expect((await run(world))?.counts.created).toBe(100)
    expect([...world.store.replica.types.limited()]).toEqual(['post'])
    world.nowMs += 60_000
    expect((await run(world))?.counts.created).toBe(100)
    world.nowMs += 60_000
    expect((await run(world))?.counts.created).toBe(50)
    expect([...world.store.replica.types.limited()]).toEqual([])
  })

  test('goes over posts that share one second, without losing or repeating any', async () => {
    const world = new World(1)
    fillPosts(world.wordpress, { count: 700, bodyCharacters: 100, stepS: 0 })
    await world.connect()
    expect((await run(world))?.counts).toMatchObject({ created: 700, updated: 0, unchanged: 0 })
  })
})

describe('a site that has not changed', () => {
  test.each([300, 3_000])('of %i posts is asked twice, and nothing is written', async (count) => {
    const world = await imported(count)
    const rows = world.store.replica.database.rows('SELECT count(*) AS n, max(updated_at) AS at FROM items')
    expect(await run(world)).toMatchObject({ counts: { created: 0, updated: 0, deleted: 0, failed: 0 } })
    expect(world.wordpress.stats.requests).toBe(2)
    expect(world.store.replica.database.rows('SELECT count(*) AS n, max(updated_at) AS at FROM items')).toEqual(rows)
  })

  test('but for one post is asked for that one', async () => {
    const world = await imported(1_000)
    world.wordpress.editPost(500, { title: 'Changed' })
    world.loseWebhooks()
    expect(await run(world)).toMatchObject({ counts: { updated: 1, created: 0 } })
    expect(world.wordpress.stats.bytesOut).toBeLessThan(10_000)
  })
})

describe('posts that are deleted without a word', () => {
  test('are found by comparing ids, and only those are deleted', async () => {
    const world = await imported(400)
    for (const id of [10, 200, 399]) world.wordpress.site.posts.remove(world.wordpress.post(id))
    expect(await run(world)).toMatchObject({ counts: { deleted: 3 } })
    expect(deleted(world)).toEqual([10, 200, 399])
  })

  test('T10 a pass that breaks off, or a site that forgets posts for a moment, deletes nothing', async () => {
    const world = await imported(400)
    world.wordpress.site.posts.remove(world.wordpress.post(10))
    let passes = 0
    world.wordpress.faults = {
      command: ({ name, args }) => {
        if (name === 'index' && args['fields'] === 'ids') {
          passes++
          return {
            kind: 'data',
            data: { items: [], next: [0, 5], total: 399, site_time: world.wordpress.site.timeS() },
          }
        }
        return passes > 0 ? { kind: 'die', when: 'before' } : null
      },
    }
    world.enqueue('from_external')
    await world.settle(3_600_000)
    expect(passes).toBeGreaterThan(0)
    expect(deleted(world)).toEqual([])
    world.wordpress.faults = {
      command: ({ name, args }) =>
        name === 'index' && args['fields'] === 'ids'
          ? { kind: 'data', data: { items: [], next: null, total: 399, site_time: world.wordpress.site.timeS() } }
          : null,
    }
    await run(world)
    expect(deleted(world)).toEqual([10])
  })
})

describe('what can not be read', () => {
  test('T5 fails alone, visibly, is tried again by itself, and recovers', async () => {
    const world = new World(1)
    fillPosts(world.wordpress, { count: 50, bodyCharacters: 100 })
    world.wordpress.editBehindItsBack(20, { isUnreadable: true })
    await world.connect()
    expect(await run(world)).toMatchObject({ status: 'succeeded', counts: { created: 49, failed: 1 } })
    const failed = listItems(world.content, { state: 'failed' }, null, 10).results
    expect(failed).toMatchObject([{ external_id: '20', error: { code: 'unreadable', fix: expect.any(String) } }])
    world.wordpress.editBehindItsBack(20, { isUnreadable: false })
    await world.settle(3_600_000)
    expect(stateOf(world, 20)).toBe('synced')
  })

  test('T6 an item above the limit of a batch goes alone, and one above all limits is named', async () => {
    const world = new World(1)
    fillPosts(world.wordpress, { count: 10, bodyCharacters: 100 })
    world.wordpress.editBehindItsBack(3, { body: 'x'.repeat(1_400_000) })
    world.wordpress.editBehindItsBack(4, { body: 'x'.repeat(1_400_000) })
    world.wordpress.editBehindItsBack(5, { body: 'x'.repeat(5_000_000) })
    await world.connect()
    expect(await run(world)).toMatchObject({ status: 'succeeded', counts: { created: 9, failed: 1 } })
    expect(listItems(world.content, { state: 'failed' }, null, 10).results).toMatchObject([
      { external_id: '5', error: { code: 'item_too_large' } },
    ])
  })

  test('a type that vanished ends its own list and no other', async () => {
    const world = await imported(10)
    world.wordpress.createPost({ type: 'product', title: 'A product' })
    world.loseWebhooks()
    world.wordpress.faults = {
      command: ({ name, args }) =>
        name === 'index' && args['type'] === 'page' ? { kind: 'error', code: 'unknown_type' } : null,
    }
    expect(await run(world)).toMatchObject({ status: 'succeeded', counts: { created: 1 } })
  })

  test('posts whose type vanished with its plugin are out of sight, not deleted', async () => {
    const world = await imported(3)
    const { id } = world.wordpress.createPost({ type: 'product', title: 'A product' })
    await run(world)
    world.nowMs += 60_000
    world.wordpress.unregisterType('product')
    world.store.replica.inbox.remind(id, world.nowMs, world.nowMs)
    await run(world)
    world.store.replica.inbox.remind(id, world.nowMs, world.nowMs)
    await world.settle(60_000)
    expect(deleted(world)).toEqual([])
    expect(stateOf(world, id)).toBe('synced')
  })

  test('a clock that is a day off fails the run by name', async () => {
    const world = new World(1)
    world.wordpress.setClockOffset(86_400)
    await world.connect()
    expect(await run(world)).toMatchObject({ status: 'failed', error: { code: 'clock_skew', fix: expect.any(String) } })
  })

  test('posts from the future, and a clock that is some minutes ahead, lose no later edit', async () => {
    const world = new World(1)
    world.wordpress.setClockOffset(250)
    fillPosts(world.wordpress, { count: 5, bodyCharacters: 100 })
    world.wordpress.createPost({ title: 'From the future', modifiedS: world.wordpress.site.timeS() + 400_000 })
    await world.connect()
    await run(world)
    world.nowMs += 60_000
    world.wordpress.editPost(2, { title: 'Edited later' })
    world.loseWebhooks()
    await run(world)
    expect(world.store.replica.items.getByExternalId(2)?.local.title).toBe('Edited later')
  })
})

test('T14 T15 the counters equal a recount after 10,000 random operations', () => {
  const world = new World(1)
  const random = createRandom(42)
  const { database } = world.store.replica
  const types = ['post', 'page', 'product']
  const itemStates = ['synced', 'local_ahead', 'conflict', 'failed', 'deleted']
  const pick = (list: string[]) => list[Math.floor(random() * list.length)] ?? ''
  for (let step = 0; step < 10_000; step++) {
    const id = `item_${Math.floor(random() * 500)}`
    if (random() < 0.3) {
      database.rows(
        "INSERT INTO items (id, type, state, title, slug, status, updated_at) VALUES (?, ?, ?, '', '', 'publish', 0) ON CONFLICT DO NOTHING",
        id,
        pick(types),
        pick(itemStates),
      )
    } else if (random() < 0.8)
      database.rows('UPDATE items SET state = ?, type = ? WHERE id = ?', pick(itemStates), pick(types), id)
    else database.rows('DELETE FROM items WHERE id = ?', id)
  }
  const recount = database.rows(
    'SELECT type, state, count(*) AS n FROM items GROUP BY type, state ORDER BY type, state',
  )
  expect(database.rows('SELECT type, state, n FROM counters WHERE n <> 0 ORDER BY type, state')).toEqual(recount)
})

test('a site whose outbox overflowed is compared in full: edits that kept their time are found, and deletions', async () => {
  const world = await imported(300)
  world.wordpress.editBehindItsBack(7, { title: 'Changed by SQL' })
  world.wordpress.site.posts.remove(world.wordpress.post(8))
  expect(await world.receive({ event: 'site.digest', since: '2026-11-21T10:00:00Z' })).toMatchObject({
    ok: true,
    value: { isRepeat: false },
  })
  await world.settle(60_000)
  expect(world.store.replica.items.getByExternalId(7)?.local.title).toBe('Changed by SQL')
  expect(deleted(world)).toEqual([8])
  expect(world.store.runsState(world.nowMs).lastRun).toMatchObject({
    status: 'succeeded',
    counts: { created: 0, updated: 1, deleted: 1 },
  })
})

test('a webhook that arrives while its post is being fetched stays due, and the later edit is imported', async () => {
  const world = await imported(3)
  const edit = async (title: string) => {
    world.wordpress.editPost(2, { title })
    world.loseWebhooks()
    const modified_gmt = new Date(world.nowMs).toISOString().replace(/\.\d+Z$/, 'Z')
    await world.receive({ event: 'post.status', post_id: 2, post_type: 'post', status: 'publish', modified_gmt })
  }
  const titleOf = () => world.store.replica.items.getByExternalId(2)?.local.title
  await edit('First edit')
  const context = world.context()
  let requests = 0
  const fetch: typeof context.fetch = async (url, init) => {
    const answer = await context.fetch(url, init)
    if (requests++ === 0) await edit('Second edit')
    return answer
  }
  await runNext({ ...context, fetch })
  expect([requests, titleOf()]).toEqual([1, 'First edit'])
  expect(world.store.replica.inbox.pending().n).toBe(1)
  await world.settle(1_000)
  expect(titleOf()).toBe('Second edit')
  expect(world.store.replica.inbox.pending().n).toBe(0)
})

test('an edit whose answer was lost, and which the site’s author took back since, is not repeated: the later edit holds', async () => {
  const world = await imported(3)
  const idOf = (postId: number) => world.store.replica.items.getByExternalId(postId)?.id ?? ''
  updateItem(world.content, idOf(2), { status: 'draft' })
  let answers = 0
  world.wordpress.faults = { request: () => (answers++ < 1 ? { kind: 'reset', when: 'after' } : null) }
  world.enqueue('to_external')
  await world.settle(0)
  expect(world.wordpress.post(2).status).toBe('draft')
  world.wordpress.editBehindItsBack(2, { status: 'publish' })
  world.loseWebhooks()
  await world.settle(3_600_000)
  expect(world.wordpress.post(2).status).toBe('publish')
  expect(stateOf(world, 2)).toBe('synced')
  expect(world.store.replica.items.getByExternalId(2)?.local.status).toBe('publish')
})

test('an edit whose answer was lost is seen by a metadata run, without its body: the post is fetched whole', async () => {
  const world = await imported(3)
  updateItem(world.content, world.store.replica.items.getByExternalId(2)?.id ?? '', { title: 'Ours' })
  world.wordpress.faults = { command: ({ name }) => (name === 'apply' ? { kind: 'die', when: 'after' } : null) }
  await run(world, 'to_external')
  expect([world.wordpress.post(2).title, stateOf(world, 2)]).toEqual(['Ours', 'local_ahead'])
  world.wordpress.faults = {}
  await run(world, 'metadata')
  await world.settle(1_000)
  expect(stateOf(world, 2)).toBe('synced')
})

test('an item that is deleted after its create was interrupted is gone once the site has answered, and so is what the create left', async () => {
  const world = await imported(3)
  const made = createItem(world.content, { title: 'Half', type: 'post', status: 'publish', body: 'x' })
  if (!made.ok) throw new Error('not made')
  const left = () => world.wordpress.site.posts.byModified('post').filter(({ title }) => title === 'Half')
  // an interrupted create, then a firewall that refuses whatever writes the item
  world.wordpress.faults = { command: ({ name }) => (name === 'apply' ? { kind: 'die', when: 'within' } : null) }
  world.enqueue('to_external')
  await world.settle(0)
  trashItem(world.content, made.value.id)
  const writes = (commands: readonly { name: string }[]) => commands.some(({ name }) => name === 'apply')
  world.wordpress.faults = { request: ({ commands }) => (writes(commands) ? { kind: 'status', status: 406 } : null) }
  await world.settle(60_000)
  expect(left()).toHaveLength(1)
  world.wordpress.faults = {}
  world.nowMs += 3_600_000
  await run(world, 'to_external')
  expect(left().filter(({ status }) => status !== 'trash')).toEqual([])
})

describe('an item that ends the site’s request each time', () => {
  test('T5 T52 fails alone: the batch is divided until it is found, and the others go through', async () => {
    const world = await imported(3)
    for (let n = 0; n < 12; n++) {
      createItem(world.content, { title: n === 7 ? 'Poison' : `Item ${n}`, type: 'post', status: 'publish', body: 'x' })
    }
    world.wordpress.faults = {
      command: ({ args }) => (JSON.stringify(args).includes('Poison') ? { kind: 'die', when: 'before' } : null),
    }
    world.enqueue('to_external')
    await world.settle(25_000)
    const { lastRun } = world.store.runsState(world.nowMs)
    expect(lastRun).toMatchObject({ status: 'succeeded', counts: { created: 11, failed: 1 } })
    const failed = listItems(world.content, { state: 'failed' }, null, 10).results
    expect(failed.map(({ title, error }) => [title, error?.code])).toEqual([['Poison', 'request_interrupted']])
    world.wordpress.faults = {}
    world.nowMs += 10 * 60_000
    await run(world, 'to_external')
    expect(listItems(world.content, { state: 'failed' }, null, 10).results).toEqual([])
  })

  test('is not asked about over and over while the run that sends it again waits for its next attempt', async () => {
    const world = await imported(3)
    createItem(world.content, { title: 'Poison', type: 'post', status: 'publish', body: 'x' })
    world.wordpress.faults = { command: ({ name }) => (name === 'apply' ? { kind: 'die', when: 'before' } : null) }
    await run(world, 'to_external')
    world.nowMs = (world.store.replica.items.nextRetryAt() ?? 0) + 1
    await runNext(world.context())
    expect(world.store.runsState(world.nowMs).currentRun).toMatchObject({ direction: 'to_external', status: 'queued' })
    expect(world.store.nextWorkAt()).toBeGreaterThan(world.nowMs)
  })

  test('or that a firewall refuses fails alone too, unless the firewall refuses whatever is written', async () => {
    const world = await imported(3)
    for (let n = 0; n < 12; n++)
      createItem(world.content, { title: n === 7 ? 'Poison' : `Item ${n}`, type: 'post', status: 'publish', body: 'x' })
    const refuse = (word: string) => ({
      request: ({ commands }: { commands: unknown[] }) =>
        JSON.stringify(commands).includes(word) ? ({ kind: 'status', status: 406 } as const) : null,
    })
    world.wordpress.faults = refuse('Poison')
    expect(await run(world, 'to_external')).toMatchObject({ status: 'succeeded', counts: { created: 11, failed: 1 } })
    const failed = () => listItems(world.content, { state: 'failed' }, null, 100).results
    expect(failed().map(({ title, error }) => [title, error?.code])).toEqual([['Poison', 'request_refused']])
    for (let n = 0; n < 12; n++) createItem(world.content, { title: `Later ${n}`, type: 'post', body: 'x' })
    world.wordpress.faults = refuse('apply')
    expect(await run(world, 'to_external')).toMatchObject({ status: 'failed', error: { code: 'blocked_by_firewall' } })
    expect(failed().length).toBeLessThanOrEqual(4)
  })

  test('or that a firewall refuses goes by polling, if the site can poll', async () => {
    const world = await imported(3)
    createItem(world.content, { title: 'Poison', type: 'post', status: 'publish', body: 'x' })
    world.store.transport.notePoll(world.nowMs)
    world.wordpress.faults = {
      request: ({ commands }) => (JSON.stringify(commands).includes('Poison') ? { kind: 'status', status: 406 } : null),
    }
    world.enqueue('to_external')
    await world.settle(0)
    expect(world.store.transport.read().transport).toBe('polling')
    expect(listItems(world.content, { state: 'failed' }, null, 10).results).toEqual([])
  })

  test('an outage fails no item', async () => {
    const world = await imported(3)
    createItem(world.content, { title: 'New', type: 'post', status: 'publish', body: 'x' })
    world.wordpress.faults = { request: () => ({ kind: 'status', status: 500 }) }
    world.enqueue('to_external')
    await world.settle(10)
    expect(listItems(world.content, { state: 'failed' }, null, 10).results).toEqual([])
  })
})
