import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { Item } from '../../src/contract/content.ts'
import {
  connectWordPress,
  content,
  createShared,
  deliverAll,
  eventually,
  hold,
  itemOf,
  patchItem,
  playWordPress,
  quiet,
  readItem,
  syncSite,
} from '../support/content.ts'
import { signUpPerson, type Person } from '../support/identity.ts'
import { lastEvent } from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'

let owner: Person

beforeAll(async () => {
  playWordPress()
  owner = await signUpPerson()
})

const connect = () => connectWordPress({ owner })

describe('content of WordPress', () => {
  test('of every type comes in, with all of its fields', async () => {
    const site = await connect()
    const image = site.model.addImage('Sea', 'Blue')
    site.model.registerType('book', { label: 'Books', taxonomies: ['category'] })
    const parent = site.model.createPost({ type: 'page', title: 'Parent', status: 'publish' })
    const child = site.model.createPost({ type: 'page', title: 'Child', parent: parent.id, status: 'private' })
    const post = site.model.createPost({
      title: 'Hello',
      body: '<!-- wp:html --><p>&amp;</p><!-- /wp:html -->',
      excerpt: 'E',
      status: 'publish',
      terms: { category: ['News'], post_tag: ['b', 'a'] },
      meta: { _yoast_wpseo_title: 'SEO', hidden: 'x' },
      featured: image.id,
    })
    const book = site.model.createPost({ type: 'book', title: 'Book' })
    const run = await syncSite(site, 'from_external')
    expect(run.counts).toMatchObject({ created: 4, failed: 0 })
    expect(await itemOf(site, post.id)).toMatchObject({
      type: 'post',
      state: 'synced',
      title: 'Hello',
      body: '<!-- wp:html --><p>&amp;</p><!-- /wp:html -->',
      excerpt: 'E',
      slug: 'hello',
      status: 'publish',
      terms: { category: ['News'], post_tag: ['a', 'b'] },
      meta: { _yoast_wpseo_title: 'SEO' },
      featured_image: { url: `${site.model.url}/wp-content/uploads/sea.jpg`, alt: 'Blue' },
      external_url: `${site.model.url}/hello/`,
    })
    const above = await itemOf(site, parent.id)
    expect(await itemOf(site, child.id)).toMatchObject({ type: 'page', status: 'private', parent_id: above.id })
    expect((await itemOf(site, book.id)).type).toBe('book')
    const { body } = await call(`GET ${site.path}/content-types/`, { token: site.key })
    expect(body.post_types).toMatchObject({
      post: { synced_count: 1 },
      page: { synced_count: 2 },
      book: { synced_count: 1 },
    })
  })

  test('that is unchanged costs the same few requests, and no write', async () => {
    const site = await connect()
    for (let n = 0; n < 30; n++) site.model.createPost({ title: `Post ${n}`, status: 'publish' })
    await syncSite(site)
    await vi.waitFor(async () => {
      await syncSite(site)
      site.model.resetStats()
      expect((await syncSite(site)).counts).toMatchObject({ created: 0, updated: 0, unchanged: 0 })
    }, 15_000)
    expect(site.model.stats).toMatchObject({ writes: 0, commands: { structure: 1, index: 3 } })
    expect(site.model.stats.requests).toBeLessThanOrEqual(3)
  })

  test('past the limit of a run waits for the next one, and the tab says so', async () => {
    const site = await connect()
    const limit = { post_types: { post: { fetch_limit: 3 } }, taxonomies: { post_tag: { fetch_limit: 2 } } }
    await call(`PATCH ${site.path}/content-types/`, { token: owner.token, body: limit })
    for (let n = 0; n < 5; n++) site.model.createPost({ title: `Post ${n}`, terms: { post_tag: [`t${n}`] } })
    const tab = async () => (await call(`GET ${site.path}/content-types/`, { token: site.key })).body
    await syncSite(site, 'from_external')
    const limited = { post_types: { post: { synced_count: 3, limited: true }, page: { limited: false } } }
    expect(await tab()).toMatchObject({ ...limited, taxonomies: { post_tag: { limited: true } } })
    await syncSite(site, 'from_external')
    expect((await tab()).post_types.post).toMatchObject({ synced_count: 5, limited: false })
  })

  test('T5 that can not be read fails alone, and comes in when it can be', async () => {
    const site = await connect()
    const [bad, good] = ['Bad', 'Good'].map((title) => site.model.createPost({ title, status: 'publish' }))
    if (!bad || !good) throw new Error('no posts')
    site.model.editBehindItsBack(bad.id, { isUnreadable: true })
    const run = await syncSite(site, 'from_external')
    expect(run.counts).toMatchObject({ created: 1, failed: 1 })
    expect((await itemOf(site, good.id)).state).toBe('synced')
    const failed = await itemOf(site, bad.id)
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'unreadable', fix: expect.any(String) } })
    expect(refusal(await content(site, `PATCH /${failed.id}`, { title: 'X' }))).toEqual([409, 'item_unreadable'])
    site.model.editBehindItsBack(bad.id, { isUnreadable: false })
    expect((await content(site, `POST /${failed.id}/retry/`)).status).toBe(200)
    await vi.waitFor(async () =>
      expect(await readItem(site, failed.id)).toMatchObject({ state: 'synced', title: 'Bad' }),
    )
  })

  test('T10 is not deleted here by a pass that broke off', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    site.model.deletePost(postId)
    site.model.faults = {
      command: ({ name, args }) =>
        name === 'index' && args['fields'] === 'ids' ? { kind: 'error', code: 'command_failed' } : null,
    }
    const started = await call(`POST ${site.path}/sync/`, { token: site.key, body: { direction: 'from_external' } })
    await vi.waitFor(async () => {
      const { body } = await call(`GET ${site.path}/sync-status/`, { token: site.key })
      expect(body.current_run).toMatchObject({
        id: started.body.id,
        status: 'queued',
        error: { code: 'command_failed' },
      })
    })
    expect((await readItem(site, item.id)).state).toBe('synced')
  })
})

describe('a change', () => {
  test('T33 waits where a copy of the site refuses it, and gets there once the site is itself again', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    site.model.faults = {
      command: ({ name }) => (name === 'status' ? null : { kind: 'error', code: 'clone_detected' }),
    }
    await patchItem(site, item.id, { title: 'Edited here' })
    const started = await call(`POST ${site.path}/sync/`, { token: site.key, body: { direction: 'to_external' } })
    expect(started.status).toBe(202)
    await vi.waitFor(async () => {
      const { body } = await call(`GET ${site.path}/runs/${started.body.id}/`, { token: site.key })
      expect(body).toMatchObject({ status: 'failed', error: { code: 'clone_detected' } })
    })
    expect(await readItem(site, item.id)).toMatchObject({ state: 'local_ahead', title: 'Edited here' })
    expect(site.model.document(postId)).not.toMatchObject({ title: 'Edited here' })
    site.model.faults = {}
    await syncSite(site, 'to_external')
    expect(site.model.document(postId)).toMatchObject({ title: 'Edited here' })
  })

  test('on either side is followed by the other', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    site.model.editPost(postId, { title: 'B', terms: { category: ['Sport'] } })
    await syncSite(site, 'from_external')
    expect(await readItem(site, item.id)).toMatchObject({ title: 'B', terms: { category: ['Sport'] }, state: 'synced' })
    await patchItem(site, item.id, {
      body: 'b',
      status: 'draft',
      slug: 'bb',
      terms: { post_tag: ['new'] },
      meta: { rank_math_title: 'R' },
    })
    const run = await syncSite(site, 'to_external')
    expect(run.counts).toMatchObject({ updated: 1, failed: 0 })
    expect(site.model.document(postId)).toMatchObject({
      title: 'B',
      body: 'b',
      status: 'draft',
      slug: 'bb',
      terms: { category: ['Sport'], post_tag: ['new'] },
      meta: { rank_math_title: 'R' },
    })
    expect((await readItem(site, item.id)).state).toBe('synced')
    const event = await lastEvent(site.integrationId, 'sync')
    expect(event).toMatchObject({ success: true, direction: 'to_external', runId: run.id })
  })

  test('in the direction that was not asked for waits', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    await patchItem(site, item.id, { excerpt: 'here' })
    site.model.editPost(postId, { body: 'there' })
    await syncSite(site, 'from_external')
    expect(await readItem(site, item.id)).toMatchObject({ body: 'there', excerpt: 'here', state: 'local_ahead' })
    expect(site.model.post(postId).excerpt).toBe('')
  })

  test('T25 arrives byte for byte', async () => {
    const site = await connect()
    const body = '<!-- wp:x {"a":"\\u002d"} -->\r\n<p>😀 𝒳 \u0000\t“&nbsp;”\\n</p>[gallery ids="1,2"]'
    const { body: made } = await content(site, 'POST /', { title: '😀 <b>"A"</b>', body, status: 'publish' })
    await syncSite(site, 'to_external')
    const { external_id: externalId, state } = await readItem(site, made.id)
    expect([state, site.model.document(Number(externalId))['body']]).toEqual(['synced', body])
    expect((await readItem(site, made.id)).body).toBe(body)
  })

  test('T25 that the site would not keep as it is is refused by it, and says why', async () => {
    const site = await connect()
    site.model.site.alterText = (text) => text.replaceAll('😀', '?')
    const { body: made } = await content(site, 'POST /', { title: '😀' })
    await syncSite(site, 'to_external')
    const item = await readItem(site, made.id)
    expect(item).toMatchObject({
      state: 'failed',
      title: '😀',
      error: { code: 'content_altered', fix: expect.any(String) },
    })
    await patchItem(site, item.id, { title: 'Plain' })
    await syncSite(site, 'to_external')
    expect(await readItem(site, item.id)).toMatchObject({ state: 'synced', error: null })
  })

  test('T26 that was sent comes back in a webhook, and causes no further write', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    await patchItem(site, item.id, { title: 'B', terms: { category: ['Sport'] } })
    await syncSite(site, 'to_external')
    const before = await readItem(site, item.id)
    site.model.site.touch(site.model.post(postId), 'status')
    site.model.flush()
    site.model.resetStats()
    expect(site.outbox.length).toBeGreaterThan(0)
    await deliverAll(site)
    await vi.waitFor(() => expect(site.model.stats.commands['fetch']).toBe(1))
    await syncSite(site)
    expect(site.model.stats).toMatchObject({ writes: 0 })
    expect(site.model.stats.commands['apply']).toBeUndefined()
    expect(await readItem(site, item.id)).toEqual(before)
  })

  test('T31 of an image in several items makes one attachment', async () => {
    const site = await connect()
    const url = 'https://images.test/sea.jpg'
    site.model.site.internet.set(url, 'image')
    for (const title of ['A', 'B', 'C']) {
      await content(site, 'POST /', { title, featured_image: { url, alt: 'Sea' } })
    }
    await syncSite(site, 'to_external')
    expect(site.model.site.posts.byId('attachment')).toHaveLength(1)
    const { body } = await content(site, 'GET ?type=post')
    for (const { state, featured_image: image } of body.results) {
      expect(state).toBe('synced')
      expect(image.url).toContain(site.model.url)
    }
  })

  test('of a child goes after its parent, also where the parent was made later and far behind it', async () => {
    const site = await connect()
    const make = async (title: string) => (await content(site, 'POST /', { type: 'page', title })).body.id as string
    const [leaf, middle, sibling] = [await make('Leaf'), await make('Middle'), await make('Sibling')]
    for (let n = 0; n < 25; n++) await make(`Between ${n}`)
    const top = await make('Top')
    await patchItem(site, leaf, { parent_id: middle })
    await patchItem(site, middle, { parent_id: top })
    await patchItem(site, sibling, { parent_id: top })
    const run = await syncSite(site, 'to_external')
    expect(run.counts.failed).toBe(0)
    for (const [id, parent] of [
      [leaf, middle],
      [middle, top],
      [sibling, top],
      [top, null],
    ] as const) {
      expect(await readItem(site, id)).toMatchObject({ state: 'synced', parent_id: parent, error: null })
    }
    expect(site.model.site.posts.byId('page').filter(({ title }) => title === 'Top')).toHaveLength(1)
  })

  test('of a child whose parent is refused says so, and both are sent when that is mended', async () => {
    const site = await connect()
    const child = (await content(site, 'POST /', { type: 'page', title: 'Child' })).body.id as string
    const featured = { url: 'https://images.test/none.jpg', alt: '' }
    const { body: parent } = await content(site, 'POST /', { type: 'page', title: 'Parent', featured_image: featured })
    await patchItem(site, child, { parent_id: parent.id })
    await syncSite(site, 'to_external')
    expect(await readItem(site, child)).toMatchObject({ state: 'failed', error: { code: 'parent_not_sent' } })
    await patchItem(site, parent.id, { featured_image: null })
    await content(site, `POST /${child}/retry`)
    const run = await syncSite(site, 'to_external')
    expect(run.counts.failed).toBe(0)
    expect(await readItem(site, child)).toMatchObject({ state: 'synced', parent_id: parent.id })
  })

  test('of the text of an image alone travels, whichever address the image is called by', async () => {
    const site = await connect()
    const url = 'https://images.test/sea.jpg'
    site.model.site.internet.set(url, 'image')
    const [{ body: item }, { body: other }] = [
      await content(site, 'POST /', { title: 'A', featured_image: { url, alt: 'Sea' } }),
      await content(site, 'POST /', { title: 'B', featured_image: { url, alt: 'Sea' } }),
    ]
    await syncSite(site, 'to_external')
    const { featured_image: image } = await readItem(site, item.id)
    for (const featured of [
      { url: image?.url ?? '', alt: 'Blue' },
      { url, alt: 'Green' },
      { url: image?.url ?? '', alt: '' },
    ]) {
      await patchItem(site, item.id, { featured_image: featured })
      await syncSite(site, 'both')
      const expected: Partial<Item> = { state: 'synced', featured_image: { url: image?.url ?? '', alt: featured.alt } }
      expect(await readItem(site, item.id)).toMatchObject(expected)
      await deliverAll(site)
      await eventually(site, other.id, expected)
    }
    expect(site.model.site.posts.byId('attachment')).toHaveLength(1)
  })

  test('of an image that there is not fails its item alone', async () => {
    const site = await connect()
    const { body: bad } = await content(site, 'POST /', {
      title: 'A',
      featured_image: { url: 'https://images.test/no.jpg' },
    })
    const { body: good } = await content(site, 'POST /', { title: 'B' })
    await syncSite(site, 'to_external')
    expect(await readItem(site, bad.id)).toMatchObject({ state: 'failed', error: { code: 'media_not_found' } })
    expect((await readItem(site, good.id)).state).toBe('synced')
  })
})

test('an item that is deleted while its create is under way goes to the trash there', async () => {
  const site = await connect()
  const { body: item } = await content(site, 'POST /', { title: 'A' })
  const release = hold(site, 'answers')
  await call(`POST ${site.path}/sync/`, { token: site.key, body: { direction: 'to_external' } })
  await vi.waitFor(() => expect(site.model.site.posts.byId('post')).toHaveLength(1))
  expect((await content(site, `DELETE /${item.id}`)).status).toBe(204)
  release()
  await quiet(site)
  await syncSite(site)
  expect(await readItem(site, item.id)).toMatchObject({ state: 'synced', status: 'trash' })
  expect(site.model.site.posts.byId('post').map(({ status }) => status)).toEqual(['trash'])
})
