import { expect, test, vi } from 'vitest'
import { fillPosts } from '../model/fill.ts'
import { World } from './world.ts'

const POSTS = 650
/** A request reads one page of each type that is open: what is repeated at most. */
const PAGES_OF_A_REQUEST = 4

async function importKilledAt(await_: number) {
  const world = new World(7)
  fillPosts(world.wordpress, { count: POSTS, bodyCharacters: 100 })
  await world.connect()
  world.killAt = await_
  world.enqueue('from_external')
  await world.settle(60_000)
  return world
}

test(
  'T2 killed at every await of a full import it goes on by itself, repeats one page at most, and ends exact',
  { timeout: 120_000 },
  async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const undisturbed = await importKilledAt(Infinity)
    expect(undisturbed.awaits).toBeGreaterThan(15)
    const pages = undisturbed.wordpress.stats.commands['index'] ?? 0
    for (let at = 1; at <= undisturbed.awaits; at++) {
      const world = await importKilledAt(at)
      const { lastRun } = world.store.runsState(world.nowMs)
      expect(world.kills, `await ${at}`).toBe(1)
      expect(lastRun, `await ${at}`).toMatchObject({ status: 'succeeded', counts: { failed: 0 } })
      const [{ items, posts }] = world.store.replica.database.rows<{ items: number; posts: number }>(
        'SELECT count(*) AS items, count(DISTINCT external_id) AS posts FROM items',
      ) as [{ items: number; posts: number }]
      expect({ items, posts }, `await ${at}`).toEqual({ items: POSTS, posts: POSTS })
      expect(world.store.replica.counters.counts({}).post_types['post']?.synced, `await ${at}`).toBe(POSTS)
      expect((world.wordpress.stats.commands['index'] ?? 0) - pages, `await ${at}`).toBeLessThanOrEqual(
        PAGES_OF_A_REQUEST,
      )
    }
  },
)
