import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { RunDirection } from '../../src/contract/sync.ts'
import { listItems, updateItem } from '../../src/site/replica/content.ts'
import { fillPosts } from '../model/fill.ts'
import { World } from './world.ts'

vi.setConfig({ testTimeout: 180_000 })
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined))

async function run(world: World, direction: RunDirection) {
  world.enqueue(direction)
  await world.settle(1_000)
  return world.store.runsState(world.nowMs).lastRun
}

async function imported(count: number, fetchLimit?: number): Promise<World> {
  const world = new World(1)
  fillPosts(world.wordpress, { count, bodyCharacters: 100 })
  await world.connect('manual', fetchLimit)
  await run(world, 'from_external')
  world.nowMs += 60_000
  world.wordpress.resetStats()
  return world
}

const checkDrift = (world: World) => run(world, 'drift_check')
const result = ({ store }: World) => store.driftChecks.result()
const titleOf = (world: World, postId: number) => world.store.replica.items.getByExternalId(postId)?.local.title
const deleted = (world: World) => listItems(world.content, { state: 'deleted' }, null, 10_000).results.length
const bytes = ({ wordpress }: World) => wordpress.stats.bytesIn + wordpress.stats.bytesOut

/** Causes drift by SQL: edits, and in every ten differences one deletion and one new post with an old time. */
function drift(world: World, count: number, size: number): void {
  for (let index = 0; index < count; index++) {
    const id = 1 + ((index * 7919) % size)
    if (index % 10 === 8) world.wordpress.site.posts.remove(world.wordpress.post(id))
    else if (index % 10 === 9)
      world.wordpress.importPost({ title: `Late ${index}`, status: 'publish', dateS: 1_600_000_000 })
    else world.wordpress.editBehindItsBack(id, { title: `By SQL ${index}` })
  }
  world.loseWebhooks()
}

describe('a drift check', () => {
  test('counts anew: a counter that was wrong hides no difference from the syncs after it', async () => {
    const world = await imported(30)
    const { counters, database } = world.store.replica
    world.wordpress.site.posts.remove(world.wordpress.post(8))
    world.loseWebhooks()
    database.rows("UPDATE counters SET external = external - 1, n = n + 5 WHERE type = 'post' AND state = 'synced'")
    // as many posts as the site has, it seems
    expect(await run(world, 'from_external')).toMatchObject({ counts: { deleted: 0 } })
    expect(await checkDrift(world)).toMatchObject({ status: 'succeeded', counts: { deleted: 1 } })
    expect(counters.countExternal('post')).toBe(29)
    expect(counters.counts({}).post_types['post']?.synced).toBe(29)
    expect(vi.mocked(console.warn)).toHaveBeenCalledWith(
      expect.objectContaining({ message: 'counters were wrong', counters: ['post/synced'] }),
    )
    world.wordpress.site.posts.remove(world.wordpress.post(9))
    world.loseWebhooks()
    world.nowMs += 60_000
    expect(await run(world, 'from_external')).toMatchObject({ counts: { deleted: 1 } })
  })

  test('T27 finds and repairs an edit that kept its time, a deleted row, and a new post with an old time', async () => {
    const world = await imported(300)
    world.wordpress.editBehindItsBack(7, { title: 'Changed by SQL' })
    world.wordpress.editBehindItsBack(9, { meta: { rank_math_title: 'Changed by SQL' } })
    world.wordpress.site.posts.remove(world.wordpress.post(8))
    world.wordpress.importPost({ title: 'From a backup', status: 'publish', dateS: 1_600_000_000 })
    world.loseWebhooks()
    expect(await checkDrift(world)).toMatchObject({
      status: 'succeeded',
      direction: 'drift_check',
      counts: { created: 1, updated: 2, deleted: 1, failed: 0 },
    })
    expect(titleOf(world, 7)).toBe('Changed by SQL')
    expect(world.store.replica.items.getByExternalId(9)?.local.meta).toEqual({ rank_math_title: 'Changed by SQL' })
    expect(deleted(world)).toBe(1)
    expect(result(world)).toMatchObject({ state: 'repaired', checked: 300, differing: 4, repaired: 4 })
    expect(result(world)?.types['post']).toMatchObject({ state: 'repaired', differing: 4 })
    expect(result(world)?.types['page']).toMatchObject({ state: 'equal', checked: 0 })
    expect(result(world)?.root).toMatch(/^[0-9a-f]{36}$/)
  })

  test('of equal sides takes one request, with the same root each time', async () => {
    const world = await imported(300)
    expect(await checkDrift(world)).toMatchObject({ status: 'succeeded', counts: { updated: 0, unchanged: 0 } })
    const first = result(world)
    expect(first).toMatchObject({ state: 'equal', checked: 300, differing: 0, repaired: 0 })
    expect(world.wordpress.stats.commands['digest']).toBe(3)
    expect(world.wordpress.stats.requests).toBeLessThanOrEqual(3)
    await checkDrift(world)
    expect(result(world)?.root).toBe(first?.root)
    world.wordpress.editBehindItsBack(7, { title: 'Changed by SQL' })
    await checkDrift(world)
    expect(result(world)?.root).not.toBe(first?.root)
  })

  test('keeps edits made in IGNY8: other fields merge, the same field is a conflict', async () => {
    const world = await imported(20)
    const idOf = (postId: number) => world.store.replica.items.getByExternalId(postId)?.id ?? ''
    updateItem(world.content, idOf(1), { excerpt: 'Ours' })
    updateItem(world.content, idOf(2), { title: 'Ours' })
    world.wordpress.editBehindItsBack(1, { title: 'Theirs' })
    world.wordpress.editBehindItsBack(2, { title: 'Theirs' })
    await checkDrift(world)
    expect(world.store.replica.items.getByExternalId(1)?.local).toMatchObject({ title: 'Theirs', excerpt: 'Ours' })
    expect(world.store.replica.items.getByExternalId(2)).toMatchObject({ conflictFields: ['title'] })
    expect(titleOf(world, 2)).toBe('Ours')
    expect(result(world)).toMatchObject({ state: 'repaired', differing: 2, repaired: 2 })
  })

  test('T10 deletes nothing because of a digest that fails, is wrong or ends early', async () => {
    const world = await imported(300)
    const nothing = { count: 0, symbols: btoa('\0'.repeat(22 * 64)), next: null }
    const lies = [
      { kind: 'data', data: nothing },
      { kind: 'data', data: { count: 0, symbols: 'AAAA', next: null } },
      { kind: 'data', data: { count: 5, symbols: btoa('\u0001'.repeat(22 * 64)), next: null } },
      { kind: 'error', code: 'internal' },
      { kind: 'die', when: 'before' },
    ] as const
    for (const lie of lies) {
      world.wordpress.faults = { command: ({ name }) => (name === 'digest' ? lie : null) }
      world.enqueue('drift_check')
      await world.settle(3_600_000)
      expect(deleted(world)).toBe(0)
    }
    expect(result(world)?.state).not.toBe('equal')
    world.wordpress.faults = {}
    await world.settle(3_600_000)
    await checkDrift(world)
    expect(result(world)?.state).toBe('equal')
  })

  test('T5 reports an unreadable post as different, and repairs the others', async () => {
    const world = await imported(50)
    world.wordpress.editBehindItsBack(5, { isUnreadable: true })
    world.wordpress.editBehindItsBack(6, { title: 'Changed by SQL' })
    expect(await checkDrift(world)).toMatchObject({ status: 'succeeded', counts: { failed: 1, updated: 1 } })
    expect(result(world)).toMatchObject({ state: 'differs', root: null, differing: 2, repaired: 1 })
    expect(titleOf(world, 6)).toBe('Changed by SQL')
  })

  test('compares only what was read of a type with a limit, and imports no more than the limit', async () => {
    const world = await imported(300, 100)
    world.wordpress.editBehindItsBack(7, { title: 'Changed by SQL' })
    await checkDrift(world)
    expect(titleOf(world, 7)).toBe('Changed by SQL')
    expect(world.store.replica.counters.countExternal('post')).toBe(200)
    expect(result(world)).toMatchObject({ state: 'repaired', checked: 200, differing: 1 })
  })

  test('compares again if the site is edited meanwhile, and ends', async () => {
    const world = await imported(50)
    world.wordpress.editBehindItsBack(1, { title: 'Before' })
    let edits = 0
    world.wordpress.faults = {
      command: ({ name }) => {
        if (name === 'fetch' && edits++ === 0) world.wordpress.editBehindItsBack(2, { title: 'Meanwhile' })
        if (name === 'fetch') world.wordpress.editBehindItsBack(1, { title: `Meanwhile ${edits}` })
        return null
      },
    }
    await checkDrift(world)
    expect(edits).toBe(2)
    expect(titleOf(world, 2)).toBe('Meanwhile')
    expect(result(world)).toMatchObject({ state: 'repaired', differing: 2, repaired: 2 })
  })

  test('continues where the site ran out of time', async () => {
    const world = await imported(5_000)
    world.wordpress.editBehindItsBack(7, { title: 'Changed by SQL' })
    world.wordpress.editBehindItsBack(4_900, { title: 'Changed by SQL' })
    world.wordpress.executor.costs.documentMs = 15
    await checkDrift(world)
    await world.settle(600_000)
    expect(world.wordpress.stats.commands['digest']).toBeGreaterThan(4)
    expect(result(world)).toMatchObject({ state: 'repaired', checked: 5_000, differing: 2, repaired: 2 })
  })

  test('reads a type again if nearly all of its posts differ', async () => {
    const world = await imported(12_000)
    for (let id = 1; id <= 12_000; id++) world.wordpress.editBehindItsBack(id, { excerpt: 'By SQL' })
    world.wordpress.site.posts.remove(world.wordpress.post(12_000))
    await checkDrift(world)
    expect(result(world)?.state).toBe('differs')
    await world.settle(7_200_000)
    expect(world.store.replica.items.getByExternalId(11_999)?.local.excerpt).toBe('By SQL')
    expect(deleted(world)).toBe(1)
    expect(result(world)?.state).toBe('equal')
  })
})

describe('a drift check runs', () => {
  test('by itself, a day after the first sync and each day after', async () => {
    const world = await imported(20)
    world.wordpress.editBehindItsBack(3, { title: 'Changed by SQL' })
    const pass = async (hours: number) => {
      world.nowMs += hours * 3_600_000
      await world.settle(1_000)
    }
    await pass(20)
    expect(result(world)).toBeNull()
    await pass(8)
    expect(titleOf(world, 3)).toBe('Changed by SQL')
    const first = result(world)?.at ?? ''
    await pass(28)
    expect(Date.parse(result(world)?.at ?? '') - Date.parse(first)).toBeGreaterThan(20 * 3_600_000)
  })

  test('soon after the site was away', async () => {
    const world = await imported(20)
    world.wordpress.faults = { request: () => ({ kind: 'reset', when: 'before' }) }
    world.enqueue('from_external')
    await world.settle(3_600_000)
    world.wordpress.editBehindItsBack(3, { title: 'Changed by SQL' })
    world.wordpress.faults = {}
    await run(world, 'from_external')
    await world.settle(120_000)
    expect(titleOf(world, 3)).toBe('Changed by SQL')
  })

  test('at once if the plugin lost track of its changes; with an older plugin, all types are read again', async () => {
    for (const isOld of [false, true]) {
      const world = await imported(300)
      if (isOld)
        world.wordpress.faults = {
          command: ({ name }) => (name === 'digest' ? { kind: 'error', code: 'unknown_command' } : null),
        }
      world.wordpress.editBehindItsBack(7, { title: 'Changed by SQL' })
      world.wordpress.site.posts.remove(world.wordpress.post(8))
      await world.receive({ event: 'site.digest', since: '2026-11-21T10:00:00Z' })
      await world.settle(60_000)
      expect(titleOf(world, 7)).toBe('Changed by SQL')
      expect(deleted(world)).toBe(1)
      expect(result(world)?.state ?? 'never').toBe(isOld ? 'never' : 'repaired')
    }
  })
})

/**
 * `npm run test:nightly` has 100,000: what a check asks for depends on the differences, not on how many posts there
 * are.
 */
const SIZE = Number(process.env['SIM_POSTS'] ?? 10_000)

describe(`T28 differences in ${SIZE} posts`, () => {
  test('1, 10 and 1,000 are all found and repaired in few requests and bytes', async () => {
    const world = await imported(SIZE)
    for (const [count, requests, kilobytes] of [
      [1, 10, 100],
      [10, 10, 100],
      [1_000, 10, 2_000],
    ] as const) {
      drift(world, count, SIZE / 2 + count)
      world.wordpress.resetStats()
      expect(await checkDrift(world)).toMatchObject({ status: 'succeeded', counts: { failed: 0, conflicts: 0 } })
      console.info(`${count}: ${world.wordpress.stats.requests} requests, ${bytes(world)} bytes`)
      expect(result(world)).toMatchObject({ state: 'repaired' })
      expect(result(world)?.repaired).toBe(result(world)?.differing)
      expect(result(world)?.differing).toBeGreaterThanOrEqual(0.9 * count)
      expect(world.wordpress.stats.requests).toBeLessThanOrEqual(requests)
      expect(bytes(world)).toBeLessThanOrEqual(kilobytes * 1000)
      world.nowMs += 60_000
      await checkDrift(world)
      expect(result(world)).toMatchObject({ state: 'equal', differing: 0 })
      world.nowMs += 60_000
    }
  })
})
