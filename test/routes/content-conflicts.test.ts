import { beforeAll, describe, expect, test, vi } from 'vitest'
import {
  connectWordPress,
  content,
  createShared,
  itemOf,
  patchItem,
  playWordPress,
  readItem,
  syncSite,
  type ContentSite,
  quiet,
} from '../support/content.ts'
import { signUpPerson, type Person } from '../support/identity.ts'
import { call, refusal } from '../support/openapi.ts'

let owner: Person

beforeAll(async () => {
  playWordPress()
  owner = await signUpPerson()
})

const connect = () => connectWordPress({ owner })
const setPolicy = (site: ContentSite, conflict_policy: string) =>
  call(`PATCH ${site.path}/`, { token: owner.token, body: { config_json: { conflict_policy } } })

/** An item whose title was changed on both sides, and the other fields on one each. */
async function sharedConflict(site: ContentSite) {
  const shared = await createShared(site, { slug: 'a' })
  site.model.editPost(shared.postId, { title: 'there', body: 'b' })
  await patchItem(site, shared.item.id, { title: 'here', excerpt: 'e' })
  await syncSite(site)
  return { ...shared, item: await readItem(site, shared.item.id) }
}

/** The plugin says of this post that its last save did not know what IGNY8 had written. */
function reportStaleSave(site: ContentSite, postId: number, base: Record<string, unknown>): void {
  const stale_save = { id: 'save1', by: 'Ada', at: 1_763_750_000, certain: true, kept: false, base }
  site.model.faults = {
    command: ({ name, args }) => {
      if (name === 'fetch')
        return { kind: 'data', data: { items: [{ ...site.model.document(postId), stale_save }], missing: [] } }
      if (name !== 'index' || args['type'] !== 'post' || args['fields'] === 'ids') return null
      const isWhole = args['fields'] === 'full'
      const item = {
        ...site.model.document(postId, isWhole ? 'full' : 'metadata'),
        stale_save: isWhole ? stale_save : { ...stale_save, base: null },
      }
      return { kind: 'data', data: { items: [item], next: null, total: 1, site_time: 1_763_750_000 } }
    },
  }
}

describe('T57 a save from an editor that was opened before our write', () => {
  test.each(['from_external', 'metadata'] as const)(
    'read by a run %s, is a conflict that names who saved',
    async (direction) => {
      const site = await connect()
      const { item, postId } = await createShared(site)
      await patchItem(site, item.id, { body: 'ours' })
      await syncSite(site, 'to_external')
      site.model.editPost(postId, { body: 'a and more' })
      reportStaleSave(site, postId, { body: 'a' })
      await syncSite(site, direction)
      await vi.waitFor(async () => expect((await readItem(site, item.id)).state).toBe('conflict'))
      const { conflict, body } = await readItem(site, item.id)
      expect(body).toBe('ours')
      expect(conflict).toMatchObject({
        fields: ['body'],
        wordpress: { body: 'a and more' },
        base: { body: 'a' },
        stale_save: { by: 'Ada', at: '2025-11-21T18:33:20.000Z' },
      })
    },
  )

  test('that only sent our field along is undone on the site without anybody asking', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    await patchItem(site, item.id, { body: 'ours' })
    await syncSite(site, 'to_external')
    site.model.editPost(postId, { body: 'a', title: 'theirs' })
    reportStaleSave(site, postId, { body: 'a' })
    // a run that nobody asked for may end after this one
    const started = await call(`POST ${site.path}/sync/`, { token: site.key, body: { direction: 'from_external' } })
    expect(started.status).toBe(202)
    await quiet(site)
    site.model.faults = {}
    await vi.waitFor(() => expect(site.model.document(postId)).toMatchObject({ body: 'ours', title: 'theirs' }))
    await vi.waitFor(async () =>
      expect(await readItem(site, item.id)).toMatchObject({ state: 'synced', body: 'ours', title: 'theirs' }),
    )
  })
})

describe('T29 changes on both sides', () => {
  test('of different fields become one, on both sides', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    site.model.editPost(postId, {
      title: 'there',
      meta: { _yoast_wpseo_title: 'there' },
      terms: { category: ['there'] },
    })
    await patchItem(site, item.id, { body: 'here', meta: { rank_math_title: 'here' }, terms: { post_tag: ['here'] } })
    await syncSite(site)
    const merged = {
      title: 'there',
      body: 'here',
      meta: { _yoast_wpseo_title: 'there', rank_math_title: 'here' },
      terms: { category: ['there'], post_tag: ['here'] },
    }
    expect(await readItem(site, item.id)).toMatchObject({ ...merged, state: 'synced', conflict: null })
    expect(site.model.document(postId)).toMatchObject(merged)
  })

  test('of the same field are a conflict: both are kept, nothing is overwritten, and the item says so', async () => {
    const site = await connect()
    const { item, postId } = await sharedConflict(site)
    expect(item).toMatchObject({ state: 'conflict', title: 'here', body: 'b', excerpt: 'e' })
    expect(item.conflict).toMatchObject({
      fields: ['title'],
      wordpress: { title: 'there', body: 'b' },
      base: { title: 'A' },
    })
    await syncSite(site)
    expect(await readItem(site, item.id)).toEqual(item)
    expect(site.model.post(postId)).toMatchObject({ title: 'there', excerpt: '' })
    const listed = await content(site, 'GET ?state=conflict')
    expect(listed.body.results).toMatchObject([{ id: item.id, conflict_fields: ['title'] }])
    const tab = await call(`GET ${site.path}/content-types/`, { token: site.key })
    expect(tab.body.post_types.post).toMatchObject({ conflict_count: 1, synced_count: 0 })
  })

  test.each([
    [{ choice: 'igny8' }, 'here'],
    [{ choice: 'wordpress' }, 'there'],
    [{ fields: { title: 'wordpress' } }, 'there'],
  ])('resolved by %j are %s on both sides', async (resolution, title) => {
    const site = await connect()
    const { item, postId } = await sharedConflict(site)
    const resolved = await content(site, `POST /${item.id}/resolve/`, resolution)
    expect(resolved.body).toMatchObject({ title, conflict: null, can_undo: true, revision: item.revision + 1 })
    await syncSite(site)
    expect(await readItem(site, item.id)).toMatchObject({ title, excerpt: 'e', state: 'synced', can_undo: true })
    expect(site.model.post(postId)).toMatchObject({ title, body: 'b', excerpt: 'e' })
    expect(refusal(await content(site, `POST /${item.id}/resolve/`, resolution))).toEqual([409, 'no_conflict'])
  })

  test('need a choice for each field in conflict, at the current revision', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    site.model.editPost(postId, { title: 'there', body: 'there' })
    await patchItem(site, item.id, { title: 'here', body: 'here' })
    await syncSite(site)
    const resolve = (body: unknown) => content(site, `POST /${item.id}/resolve/`, body)
    expect(refusal(await resolve({ fields: { title: 'igny8' } }))).toEqual([409, 'resolution_incomplete'])
    expect(refusal(await resolve({ fields: { slug: 'igny8' } }))).toEqual([409, 'no_conflict'])
    expect(refusal(await resolve({ choice: 'igny8', if_revision: 1 }))).toEqual([409, 'conflict'])
    await resolve({ fields: { title: 'igny8', body: 'wordpress' } })
    await syncSite(site)
    expect(site.model.post(postId)).toMatchObject({ title: 'here', body: 'there' })
  })

  test('that were resolved and undone are in conflict again as before, and can be resolved the other way', async () => {
    const site = await connect()
    const { item, postId } = await sharedConflict(site)
    await content(site, `POST /${item.id}/resolve/`, { choice: 'igny8' })
    await syncSite(site)
    await patchItem(site, item.id, { slug: 'later' })
    await syncSite(site)
    const undone = await content(site, `POST /${item.id}/undo/`)
    expect(undone.body).toMatchObject({ state: 'conflict', title: 'here', slug: 'later', can_undo: false })
    expect(undone.body.conflict).toMatchObject({
      fields: ['title'],
      wordpress: { title: 'there' },
      base: { title: 'A' },
    })
    await syncSite(site)
    expect(site.model.post(postId)).toMatchObject({ title: 'here', slug: 'later' })
    await content(site, `POST /${item.id}/resolve/`, { choice: 'wordpress' })
    await syncSite(site)
    expect(await readItem(site, item.id)).toMatchObject({ title: 'there', slug: 'later', state: 'synced' })
    expect(site.model.post(postId)).toMatchObject({ title: 'there', slug: 'later', excerpt: 'e' })
    expect((await content(site, `POST /${item.id}/undo/`)).status).toBe(200)
  })

  test.each([
    ['wordpress', 'there'],
    ['igny8', 'here'],
  ])('under the policy %s are resolved automatically, and can be undone', async (policy, title) => {
    const site = await connect()
    await setPolicy(site, policy)
    const { item, postId } = await sharedConflict(site)
    expect(item).toMatchObject({ state: 'synced', title, can_undo: true })
    expect(site.model.post(postId).title).toBe(title)
    const undone = await content(site, `POST /${item.id}/undo/`)
    expect(undone.body).toMatchObject({ state: 'conflict', title: 'here', conflict: { wordpress: { title: 'there' } } })
  })

  test('that are the same change are none', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    site.model.editPost(postId, { title: 'B' })
    await patchItem(site, item.id, { title: 'B' })
    const run = await syncSite(site)
    expect(run.counts.conflicts).toBe(0)
    expect((await readItem(site, item.id)).state).toBe('synced')
  })
})

describe('T30 the life of an item', () => {
  /** Moves an item to the trash on both sides. */
  async function trash(site: ContentSite, id: string): Promise<void> {
    expect((await content(site, `DELETE /${id}`)).status).toBe(204)
    await syncSite(site)
    expect(await readItem(site, id)).toMatchObject({ status: 'trash', state: 'synced', deleted: false })
  }

  test('trash and untrash travel both ways', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    await patchItem(site, item.id, { status: 'trash' })
    await syncSite(site)
    expect(site.model.post(postId).status).toBe('trash')
    site.model.untrash(postId)
    await syncSite(site)
    expect(await readItem(site, item.id)).toMatchObject({ status: 'draft', state: 'synced', slug: 'a' })
    site.model.trash(postId)
    await syncSite(site)
    expect((await readItem(site, item.id)).status).toBe('trash')
    await patchItem(site, item.id, { status: 'publish' })
    await syncSite(site)
    expect(site.model.post(postId)).toMatchObject({ status: 'publish', slug: 'a' })
    expect(await readItem(site, item.id)).toMatchObject({ status: 'publish', state: 'synced', slug: 'a' })
  })

  test('deletion travels both ways', async () => {
    const site = await connect()
    const [one, two] = [await createShared(site), await createShared(site)]
    await trash(site, one.item.id)
    expect((await content(site, `DELETE /${one.item.id}?permanently=true`)).status).toBe(204)
    expect(await readItem(site, one.item.id)).toMatchObject({ state: 'local_ahead', deleted: true })
    site.model.deletePost(two.postId)
    const run = await syncSite(site)
    expect(run.counts).toMatchObject({ deleted: 2, failed: 0 })
    expect(site.model.site.posts.byId('post')).toEqual([])
    for (const { item } of [one, two]) expect((await readItem(site, item.id)).state).toBe('deleted')
    expect((await content(site, 'GET /')).body.results).toEqual([])
    await syncSite(site)
    expect(site.model.site.posts.byId('post')).toEqual([])
  })

  test.each([
    ['wordpress', 'deleted'],
    ['igny8', 'synced'],
  ])('deleted there and changed here is a conflict; for %s it is %s', async (choice, state) => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    site.model.deletePost(postId)
    await patchItem(site, item.id, { title: 'here' })
    await syncSite(site)
    const conflict = await readItem(site, item.id)
    expect(conflict).toMatchObject({
      state: 'conflict',
      title: 'here',
      conflict: { fields: ['deleted'], wordpress: null },
    })
    await content(site, `POST /${item.id}/resolve/`, { choice })
    await syncSite(site)
    expect((await readItem(site, item.id)).state).toBe(state)
    const titles = site.model.site.posts.byId('post').map(({ title }) => title)
    expect(titles).toEqual(choice === 'igny8' ? ['here'] : [])
  })

  test.each([
    ['wordpress', 'synced'],
    ['igny8', 'deleted'],
  ])('deleted here and changed there is a conflict; for %s it is %s', async (choice, state) => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    await trash(site, item.id)
    await content(site, `DELETE /${item.id}?permanently=true`)
    site.model.editPost(postId, { title: 'there' })
    await syncSite(site)
    const conflict = await readItem(site, item.id)
    expect(conflict).toMatchObject({
      state: 'conflict',
      conflict: { fields: ['deleted'], wordpress: { title: 'there' } },
    })
    expect(site.model.post(postId).title).toBe('there')
    await content(site, `POST /${item.id}/resolve/`, { choice })
    await syncSite(site)
    expect(await readItem(site, item.id)).toMatchObject({ state, deleted: state === 'deleted' })
    expect(site.model.site.posts.byId('post')).toHaveLength(choice === 'igny8' ? 0 : 1)
    const undone = await content(site, `POST /${item.id}/undo/`)
    expect(undone.body).toMatchObject({ state: 'conflict', conflict: { wordpress: { title: 'there' } } })
  })

  test('a post under another type is the same item', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    await createShared(site, { type: 'page' })
    site.model.editBehindItsBack(postId, { type: 'page', terms: {} })
    await syncSite(site)
    expect(await readItem(site, item.id)).toMatchObject({ type: 'page', state: 'synced', deleted: false })
    await patchItem(site, item.id, { title: 'B' })
    await syncSite(site)
    expect(site.model.post(postId)).toMatchObject({ type: 'page', title: 'B' })
  })

  test('a slug that is taken is the one that the site made of it', async () => {
    const site = await connect()
    await createShared(site, { slug: 'taken' })
    const { item, postId } = await createShared(site, { slug: 'mine' })
    await patchItem(site, item.id, { slug: 'taken' })
    await syncSite(site)
    expect(site.model.post(postId).slug).toBe('taken-2')
    expect(await readItem(site, item.id)).toMatchObject({ slug: 'taken-2', state: 'synced' })
  })

  test('a parent is sent before its child, and known by its own id on each side', async () => {
    const site = await connect()
    const { body: parent } = await content(site, 'POST /', { type: 'page', title: 'Parent' })
    const { body: child } = await content(site, 'POST /', { type: 'page', title: 'Child', parent_id: parent.id })
    await syncSite(site)
    const [above, below] = [await readItem(site, parent.id), await readItem(site, child.id)]
    expect(below).toMatchObject({ state: 'synced', parent_id: parent.id })
    expect(site.model.post(Number(below.external_id)).parent).toBe(Number(above.external_id))
  })

  test('a cycle of parents fails its item with the reason, and is mended by another parent', async () => {
    const site = await connect()
    const parent = site.model.createPost({ type: 'page', title: 'Parent' })
    const child = site.model.createPost({ type: 'page', title: 'Child', parent: parent.id })
    await syncSite(site)
    const [above, below] = [await itemOf(site, parent.id), await itemOf(site, child.id)]
    await patchItem(site, above.id, { parent_id: below.id })
    await syncSite(site)
    const failed = await readItem(site, above.id)
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'parent_cycle', fix: expect.any(String) } })
    expect((await content(site, `POST /${above.id}/retry/`)).status).toBe(200)
    await syncSite(site)
    expect((await readItem(site, above.id)).state).toBe('failed')
    await patchItem(site, above.id, { parent_id: null })
    await syncSite(site)
    expect(await readItem(site, above.id)).toMatchObject({ state: 'synced', error: null, parent_id: null })
  })
})

describe('a result that somebody edited', () => {
  const resolve = (site: ContentSite, id: string, body: object) => content(site, `POST /${id}/resolve`, body)

  test('goes to both sides in place of either text, and the resolution can be undone', async () => {
    const site = await connect()
    const { item, postId } = await sharedConflict(site)
    const values = { title: 'here and there' }
    const resolved = await resolve(site, item.id, { values, if_revision: item.revision })
    expect([resolved.status, resolved.body.title, resolved.body.conflict]).toEqual([200, 'here and there', null])
    await syncSite(site)
    expect(site.model.site.posts.get(postId)?.title).toBe('here and there')
    const undone = await content(site, `POST /${item.id}/undo`)
    expect([undone.body.state, undone.body.title, undone.body.conflict.wordpress.title]).toEqual([
      'conflict',
      'here',
      'there',
    ])
  })

  test('is refused for a field without a conflict, beside one side for all, and with text that can’t travel', async () => {
    const site = await connect()
    const { item } = await sharedConflict(site)
    expect(refusal(await resolve(site, item.id, { values: { title: 'x', body: 'x' } }))).toEqual([409, 'no_conflict'])
    expect(refusal(await resolve(site, item.id, { values: {} }))).toEqual([409, 'resolution_incomplete'])
    for (const body of [
      { choice: 'igny8', values: { title: 'x' } },
      { values: { title: 'x', slug: 'x' } },
      { values: { title: 'a\uD800' } },
    ])
      expect(refusal(await resolve(site, item.id, body))).toEqual([400, 'validation_error'])
    expect((await readItem(site, item.id)).state).toBe('conflict')
  })
})
