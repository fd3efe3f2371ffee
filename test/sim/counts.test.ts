import { expect, test, vi } from 'vitest'
import { integrations } from '../../src/db/schema/index.ts'
import { describeContentTypes } from '../../src/services/integrations/present.ts'
import {
  createItem,
  deleteItem,
  listItems,
  restoreItem,
  trashItem,
  updateItem,
} from '../../src/site/replica/content.ts'
import { World } from './world.ts'

const TYPES = ['post', 'page', 'product'] as const
const STATUSES = ['publish', 'draft', 'private', 'pending', 'hidden-by-plugin', 'auto-draft'] as const
const SEEDS = 25

function pick<T>(world: World, list: readonly T[]): T | undefined {
  return list[Math.floor(world.random() * list.length)]
}

/** Something that somebody does on either side, with every status a site has. */
function act(world: World): void {
  const { wordpress, content, random } = world
  const posts = TYPES.flatMap((type) => wordpress.site.posts.byModified(type).map(({ id }) => id))
  const items = [
    ...listItems(content, {}, null, 1000).results,
    ...listItems(content, { state: 'deleted' }, null, 9).results,
  ]
  const [post, item] = [pick(world, posts), pick(world, items)]
  const [type, status] = [pick(world, TYPES) ?? 'post', pick(world, STATUSES) ?? 'draft']
  const chance = random()
  if (chance < 0.3) wordpress.createPost({ type, status, password: random() < 0.2 ? 'secret' : '' })
  else if (chance < 0.4) createItem(content, { type, title: 'Ours', status: 'publish' })
  else if (post === undefined || !item) return
  else if (chance < 0.5) wordpress.editPost(post, { status })
  else if (chance < 0.6) wordpress.trash(post)
  else if (chance < 0.66) wordpress.untrash(post)
  else if (chance < 0.72) wordpress.deletePost(post)
  else if (chance < 0.8) trashItem(content, item.id)
  else if (chance < 0.86) deleteItem(content, item.id)
  else if (chance < 0.92) restoreItem(content, item.id)
  else updateItem(content, item.id, { title: `Edited ${chance}` })
}

/** What the Content Types tab shows. */
async function shown(world: World) {
  const [row] = await world.context().db.select().from(integrations)
  if (!row) throw new Error('no integration')
  return describeContentTypes(row).post_types
}

test(`totals and synced counts are of the same set, after anything that both sides do (${SEEDS} seeds)`, async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = new World(seed)
    await world.connect()
    for (let round = 0; round < 6; round++) {
      for (let index = 0; index < 6; index++) act(world)
      world.enqueue('both')
      await world.settle(60_000)
      world.nowMs += 10_000
      world.enqueue('both')
      await world.settle(60_000)
      const types = await shown(world)
      for (const type of TYPES) {
        const { count, synced_count: synced } = types[type] ?? { count: -1, synced_count: -1 }
        const listed = world.wordpress.site.posts
          .byId(type)
          .filter(({ status }) => !world.wordpress.site.hiddenStatuses.has(status))
        const items = listItems(world.content, { type, state: 'synced' }, null, 1000).results
        const ids = new Set(listed.map(({ id }) => String(id)))
        const recount = items.filter(({ external_id: id }) => id !== null && ids.has(id)).length
        const where = `seed ${seed}, round ${round}, ${type}`
        expect([count, synced], where).toEqual([listed.length, recount])
        expect(synced, where).toBeLessThanOrEqual(count)
      }
      world.nowMs += 10_000
    }
  }
})
