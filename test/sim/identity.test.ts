import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { RunDirection } from '../../src/contract/sync.ts'
import {
  createItem,
  deleteItem,
  trashItem,
  listItems,
  resolveItem,
  updateItem,
} from '../../src/site/replica/content.ts'
import { ITEM_KEY } from '../model/document.ts'
import { World } from './world.ts'

beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined))

async function connected(): Promise<World> {
  const world = new World(1)
  await world.connect()
  return world
}

/** Runs and waits, past every backoff, until nothing is left to do. */
async function run(world: World, direction: RunDirection = 'both', quietMs = 1_000) {
  world.enqueue(direction)
  await world.settle(quietMs)
  world.nowMs += 10_000
  return world.store.runsState(world.nowMs).lastRun
}

function create(world: World, title: string): string {
  const made = createItem(world.content, { type: 'post', title, body: 'x', status: 'publish' })
  if (!made.ok) throw new Error(made.code)
  return made.value.id
}

const item = (world: World, id: string) => world.store.replica.items.get(id)
const itemOfPost = (world: World, postId: number) => world.store.replica.items.getByExternalId(postId)
const listed = (world: World) =>
  listItems(world.content, {}, null, 100)
    .results.map(({ title, state, external_id: id }) => [title, state, id])
    .toReversed()

describe('T55 a copy of a post with all its meta', () => {
  test('that was made while the answer to the create was lost is an item of its own; the post is the item’s', async () => {
    const world = await connected()
    const id = create(world, 'Original')
    world.wordpress.faults = { request: () => ({ kind: 'reset', when: 'after' }) }
    world.enqueue('to_external')
    await world.settle(0)
    world.wordpress.faults = {}
    const copy = world.wordpress.copyPost(1, 'publish')
    // the copy comes first in every list
    world.wordpress.editBehindItsBack(copy.id, { modifiedS: 1_000 })
    expect(await run(world)).toMatchObject({ status: 'succeeded' })
    expect(item(world, id)?.externalId).toBe(1)
    expect(listed(world)).toEqual([
      ['Original', 'synced', '1'],
      ['Original', 'synced', '2'],
    ])
  })

  test('of an unfinished post is whole, and the post is finished by the retry', async () => {
    const world = await connected()
    const id = create(world, 'Half')
    updateItem(world.content, id, { meta: { rank_math_title: 'SEO' } })
    let writes = 0
    world.wordpress.faults = {
      command: ({ name }) => (name === 'apply' && writes++ === 0 ? { kind: 'die', when: 'within' } : null),
    }
    world.enqueue('to_external')
    await world.settle(0)
    expect(world.wordpress.document(1)).toMatchObject({ item_id: id, unfinished: true, meta: {} })
    world.wordpress.copyPost(1, 'publish')
    expect(await run(world, 'both', 60_000)).toMatchObject({ status: 'succeeded' })
    expect(item(world, id)).toMatchObject({ externalId: 1, external: { meta: { rank_math_title: 'SEO' } } })
    expect(listed(world)).toHaveLength(2)
    expect(itemOfPost(world, 2)?.local.meta).toEqual({})
  })

  test('stays when the item is deleted: only the post is deleted', async () => {
    const world = await connected()
    const id = create(world, 'Original')
    await run(world)
    world.wordpress.copyPost(1, 'publish')
    trashItem(world.content, id)
    await run(world)
    deleteItem(world.content, id)
    await run(world)
    expect(listed(world)).toEqual([['Original', 'synced', '2']])
    expect(world.wordpress.site.posts.get(1)).toBeUndefined()
  })

  test('that a backup brought back in place of the post is a new item, and the item is deleted', async () => {
    const world = await connected()
    const id = create(world, 'Original')
    await run(world)
    world.wordpress.copyPost(1, 'publish')
    world.wordpress.site.posts.remove(world.wordpress.post(1))
    world.loseWebhooks()
    expect(await run(world)).toMatchObject({ status: 'succeeded' })
    expect(item(world, id)?.deletion).toBe('both')
    expect(listed(world)).toEqual([['Original', 'synced', '2']])
  })
})

describe('an older plugin, which takes copies for the post itself', () => {
  const claim = (world: World, postId: number, itemId: string) => ({
    ...world.wordpress.document(postId),
    id: postId,
    item_id: itemId,
  })

  test('T55 answers a create with a copy: the item fails alone, and the copy stays another item', async () => {
    const world = await connected()
    const id = create(world, 'Original')
    await run(world)
    const copy = world.wordpress.copyPost(1, 'publish')
    await run(world)
    world.wordpress.deletePost(1)
    updateItem(world.content, id, { title: 'Original, edited' })
    await run(world)
    resolveItem(world.content, id, { choice: 'igny8' })
    const other = create(world, 'Other')
    world.wordpress.faults = {
      command: ({ name, args }) =>
        name === 'apply' && args['item_id'] === id
          ? { kind: 'data', data: { outcome: 'applied', item: claim(world, copy.id, id), created: false } }
          : null,
    }
    expect(await run(world, 'to_external', 0)).toMatchObject({ status: 'succeeded', counts: { failed: 1 } })
    expect(item(world, id)?.error).toMatchObject({ code: 'post_of_other_item', fix: expect.stringMatching(/plugin/) })
    expect(item(world, other)?.externalId).toBe(3)
    expect(itemOfPost(world, copy.id)?.id).not.toBe(id)
    world.wordpress.faults = {}
    await run(world, 'both', 3_600_000)
    expect(item(world, id)).toMatchObject({ externalId: 4, error: null })
  })

  test('T55 names an item for a post that was never sent, or that is deleted: that post is another item', async () => {
    const world = await connected()
    const gone = create(world, 'Gone')
    await run(world)
    world.wordpress.deletePost(1)
    await run(world)
    const unsent = create(world, 'Unsent')
    const posts = [gone, unsent].map((id) => {
      const { id: postId } = world.wordpress.createPost({ title: `Of ${id}`, status: 'publish' })
      return claim(world, postId, id)
    })
    world.loseWebhooks()
    const data = { items: posts, next: null, total: 2, site_time: world.wordpress.site.timeS() }
    world.wordpress.faults = {
      command: ({ name, args }) =>
        name === 'index' && args['type'] === 'post' && args['fields'] === 'full' ? { kind: 'data', data } : null,
    }
    await run(world, 'from_external')
    expect(item(world, unsent)).toMatchObject({ externalId: null, deletion: null })
    expect(item(world, gone)?.deletion).toBe('both')
    expect(posts.map(({ id }) => itemOfPost(world, id)?.local.title)).toEqual([`Of ${gone}`, `Of ${unsent}`])
  })
})

describe('a post id that WordPress gives again, after a backup was restored', () => {
  test.each([
    ['unchanged', false],
    ['edited in IGNY8', true],
  ])(
    'T55 belongs to the new post; the item that had it, %s, lost its post and blocks no run',
    async (_name, isEdited) => {
      const world = await connected()
      const first = create(world, 'First')
      await run(world)
      world.wordpress.site.posts.remove(world.wordpress.post(1))
      world.wordpress.site.posts.nextId = 1
      if (isEdited) updateItem(world.content, first, { title: 'First, edited' })
      const second = create(world, 'Second')
      world.wordpress.faults = {
        command: ({ args }) => (args['item_id'] === first ? { kind: 'error', code: 'write_failed' } : null),
      }
      expect(await run(world, 'to_external', 0)).toMatchObject({ status: 'succeeded' })
      expect(item(world, second)).toMatchObject({ externalId: 1, error: null })
      expect(item(world, first)?.externalId).toBeNull()
      const edited = listItems(world.content, { state: 'conflict' }, null, 10).results.map(({ id }) => id)
      expect(edited).toEqual(isEdited ? [first] : [])
      if (isEdited) expect(item(world, first)?.local.title).toBe('First, edited')
      else expect(item(world, first)?.deletion).toBe('both')
    },
  )
})

test('T51 an item that is deleted before its interrupted create is finished leaves its post in the trash', async () => {
  const world = await connected()
  const id = create(world, 'Half')
  let writes = 0
  world.wordpress.faults = {
    command: ({ name }) => (name === 'apply' && writes++ === 0 ? { kind: 'die', when: 'within' } : null),
  }
  world.enqueue('to_external')
  await world.settle(0)
  expect(world.wordpress.post(1).meta[ITEM_KEY]).toBe(id)
  trashItem(world.content, id)
  await run(world, 'both', 60_000)
  await run(world, 'both', 60_000)
  expect(world.wordpress.post(1).status).toBe('trash')
  expect(item(world, id)?.local.status).toBe('trash')
})

describe('an item that is deleted before the answer to its create came', () => {
  async function deletedUnanswered(world: World, when: 'before' | 'after'): Promise<string> {
    const id = create(world, 'Sent')
    world.wordpress.faults = { request: () => ({ kind: 'reset', when }) }
    world.enqueue('to_external')
    await world.settle(0)
    world.wordpress.faults = {}
    trashItem(world.content, id)
    return id
  }
  const states = (world: World) => world.wordpress.site.posts.byModified('post').map(({ status }) => status)

  test('leaves its post in the trash, though nothing else tells of the post', async () => {
    const world = await connected()
    const id = await deletedUnanswered(world, 'after')
    expect(states(world)).toEqual(['publish'])
    await run(world, 'to_external', 60_000)
    expect(states(world)).toEqual(['trash'])
    expect(item(world, id)).toMatchObject({ externalId: 1, deletion: null, local: { status: 'trash', body: 'x' } })
  })

  test('was never shown to visitors if the create did not arrive', async () => {
    const world = await connected()
    await deletedUnanswered(world, 'before')
    await run(world, 'to_external', 60_000)
    expect(states(world)).toEqual(['trash'])
    expect(world.wordpress.site.posts.byModified('post')[0]?.meta['_wp_trash_meta_status']).not.toBe('publish')
  })

  test('is gone if the site refuses to write it, and waits while the first create is still being played', async () => {
    const world = await connected()
    const id = await deletedUnanswered(world, 'before')
    let isBusy = true
    world.wordpress.faults = {
      command: ({ name }) =>
        name === 'apply' ? { kind: 'error', code: isBusy ? 'busy' : 'not_permitted', isRetryable: isBusy } : null,
    }
    await run(world, 'to_external', 60_000)
    await run(world, 'to_external')
    expect(item(world, id)).toMatchObject({ deletion: 'local', error: { code: 'busy' } })
    isBusy = false
    world.nowMs += 6 * 3_600_000
    await run(world, 'to_external', 60_000)
    expect(item(world, id)).toMatchObject({ deletion: 'both', error: null })
  })
})
