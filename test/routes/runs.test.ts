import { runInDurableObject } from 'cloudflare:test'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import {
  connectWordPress,
  content,
  createShared,
  hold,
  itemOf,
  patchItem,
  playWordPress,
  quiet,
  readItem,
  syncSite,
  type ContentSite,
} from '../support/content.ts'
import { signUpPerson, type Person } from '../support/identity.ts'
import { lastEvent, movableClock, readRun, siteObject } from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'

let owner: Person

beforeAll(async () => {
  playWordPress()
  owner = await signUpPerson()
})

const connect = () => connectWordPress({ owner })
const start = async (site: ContentSite, body: unknown = {}) =>
  (await call(`POST ${site.path}/sync/`, { token: site.key, body })).body
const runsOf = async (site: ContentSite, query = '') =>
  (await call(`GET ${site.path}/runs/${query}`, { token: site.key })).body
const cancel = (site: ContentSite, runId: string) =>
  call(`POST ${site.path}/runs/${runId}/cancel/`, { token: site.key })
const statusOf = async (site: ContentSite) => (await call(`GET ${site.path}/sync-status/`, { token: site.key })).body
const idsOf = (page: { results: { id: string }[] }) => page.results.map(({ id }) => id)

describe('the runs of an integration', () => {
  test('are listed newest first, by pages', async () => {
    const site = await connect()
    const [first] = idsOf(await runsOf(site))
    const later = []
    for (const direction of ['from_external', 'to_external', 'both'] as const)
      later.push(await syncSite(site, direction))
    const ids = [...later.map(({ id }) => id).toReversed(), first]
    const all = await runsOf(site)
    expect(idsOf(all)).toEqual(ids)
    expect(all.next).toBeNull()
    const last = later.at(-1)
    expect(all.results[0]).toEqual({ ...last, actor: { ...last?.actor, name: expect.stringMatching(/^igny8_/) } })
    const page = await runsOf(site, '?limit=3')
    expect(idsOf(page)).toEqual(ids.slice(0, 3))
    expect(await runsOf(site, `?limit=3&cursor=${page.next}`)).toMatchObject({ results: [{ id: first }], next: null })
    expect(refusal(await call(`GET ${site.path}/runs/?cursor=x`, { token: site.key }))).toEqual([400, 'invalid_cursor'])
  })

  test('show how far they are, and what they did', async () => {
    const site = await connect()
    for (let n = 0; n < 3; n++) site.model.createPost({ title: `Post ${n}` })
    site.model.createPost({ type: 'page', title: 'Page' })
    await syncSite(site, 'from_external')
    const [run] = (await runsOf(site)).results
    expect(run).toMatchObject({ direction: 'from_external', status: 'succeeded', counts: { created: 4 }, error: null })
    expect(run.progress).toMatchObject({
      done: 4,
      total: 4,
      by_type: { post: { done: 3, total: 3 }, page: { done: 1 } },
    })
    expect(Date.parse(run.finished_at)).toBeGreaterThanOrEqual(Date.parse(run.started_at))
  })

  test('are both ways unless a direction is given', async () => {
    const site = await connect()
    expect(await start(site)).toMatchObject({ direction: 'both', status: 'queued' })
    await quiet(site)
    for (const direction of ['metadata', 'from_external', 'to_external', 'both']) {
      expect((await start(site, { direction })).direction).toBe(direction)
      await quiet(site)
    }
  })

  test('T11 asked for 100 times at once are one', async () => {
    const site = await connect()
    const release = hold(site)
    const answers = await Promise.all(Array.from({ length: 100 }, () => start(site, { direction: 'both' })))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    release()
    await quiet(site)
    expect((await runsOf(site)).results).toHaveLength(2)
  })
})

describe('a run that is cancelled', () => {
  test('while it asks the site ends, writes nothing more, and leaves no integration that seems to be syncing', async () => {
    const site = await connect()
    for (let n = 0; n < 3; n++) site.model.createPost({ title: `Post ${n}` })
    const release = hold(site)
    const run = await start(site, { direction: 'from_external' })
    await vi.waitFor(async () => expect((await statusOf(site)).current_run).toMatchObject({ status: 'running' }))
    const { status, body } = await cancel(site, run.id)
    expect([status, body]).toMatchObject([200, { id: run.id, status: 'cancelled', finished_at: expect.any(String) }])
    release()
    await vi.waitFor(async () => expect((await statusOf(site)).sync_status).toBe('pending'))
    expect((await statusOf(site)).current_run).toBeNull()
    expect((await content(site, 'GET /')).body.results).toEqual([])
    expect(await lastEvent(site.integrationId, 'cancel_run')).toMatchObject({ success: true, runId: run.id })
    await vi.waitFor(async () =>
      expect(await lastEvent(site.integrationId, 'sync')).toMatchObject({ success: false, code: 'cancelled' }),
    )
    await syncSite(site, 'from_external')
    expect((await content(site, 'GET /')).body.results).toHaveLength(3)
  })

  test('while it waits for its next attempt ends too', async () => {
    const site = await connect()
    site.model.faults = { request: () => ({ kind: 'status', status: 500 }) }
    const run = await start(site)
    await vi.waitFor(async () => expect((await readRun(site.siteId, run.id)).error).not.toBeNull())
    expect((await cancel(site, run.id)).body).toMatchObject({ status: 'cancelled' })
    const asked = site.model.stats.requests
    await vi.waitFor(async () =>
      expect(await statusOf(site)).toMatchObject({ sync_status: 'pending', current_run: null }),
    )
    expect(site.model.stats.requests).toBe(asked)
  })

  test('between two slices ends too, and leaves no integration that seems to be syncing', async () => {
    const site = await connect()
    const clock = movableClock()
    site.model.faults = {
      command: ({ name }) => {
        if (name === 'index') clock.advance(21_000)
        return null
      },
    }
    site.model.createPost({ title: 'A' })
    await patchItem(site, (await content(site, 'POST /', { title: 'B' })).body.id, { title: 'C' })
    const run = await start(site)
    await vi.waitFor(async () => {
      const row = await readRun(site.siteId, run.id)
      expect(row).toMatchObject({ status: 'running', attempt: 1 })
      expect(row.lease_until).toBeLessThanOrEqual(Date.now())
    })
    expect((await cancel(site, run.id)).body).toMatchObject({ status: 'cancelled' })
    await runInDurableObject(siteObject(site.siteId), (instance) => instance.alarm())
    expect(await statusOf(site)).toMatchObject({ sync_status: 'pending', current_run: null })
    expect(site.model.site.posts.byId('post')).toHaveLength(1)
  })

  test('after it has ended stays as it is', async () => {
    const site = await connect()
    const run = await syncSite(site)
    const answer = await cancel(site, run.id)
    expect([answer.status, answer.body]).toEqual([200, run])
  })

  test('is none where there is none, or it is another site’s', async () => {
    const [site, other] = [await connect(), await connect()]
    const [run] = idsOf(await runsOf(other))
    for (const id of [run, 'run_0']) expect(refusal(await cancel(site, id ?? ''))).toEqual([404, 'run_not_found'])
  })
})

describe('sync-wordpress-content', () => {
  const sync = (site: ContentSite, content_id: unknown, token = site.key) =>
    call(`POST ${site.path}/sync-wordpress-content/`, { token, body: { content_id } })

  test('brings one item up to date on both sides, by its id or its post id', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    const other = await createShared(site)
    site.model.editPost(other.postId, { title: 'Left alone' })
    for (const [n, id] of [item.id, postId, String(postId)].entries()) {
      site.model.editPost(postId, { title: `there ${n}` })
      await patchItem(site, item.id, { body: `here ${n}` })
      const { status, body } = await sync(site, id)
      expect([status, body]).toMatchObject([
        200,
        { id: item.id, title: `there ${n}`, body: `here ${n}`, state: 'synced' },
      ])
      expect(site.model.post(postId)).toMatchObject({ title: `there ${n}`, body: `here ${n}` })
    }
    expect((await readItem(site, other.item.id)).title).toBe('A')
    const event = await lastEvent(site.integrationId, 'sync_item')
    expect(event).toMatchObject({ success: true, direction: 'both', itemIds: [item.id] })
  })

  test('imports a post that is new here, and sends an item that is new there', async () => {
    const site = await connect()
    const post = site.model.createPost({ title: 'New there' })
    expect((await sync(site, post.id)).body).toMatchObject({ title: 'New there', state: 'synced' })
    expect((await itemOf(site, post.id)).title).toBe('New there')
    const { body: made } = await content(site, 'POST /', { title: 'New here' })
    const { body: sent } = await sync(site, made.id)
    expect(sent).toMatchObject({ id: made.id, state: 'synced', external_id: expect.any(String) })
    expect(site.model.post(Number(sent.external_id)).title).toBe('New here')
  })

  test('sends the parents that the site lacks before an item below them, each once', async () => {
    const site = await connect()
    const make = async (title: string, more = {}): Promise<string> =>
      (await content(site, 'POST /', { type: 'page', title, ...more })).body.id
    // the child is the oldest, so its parents are behind it in the queue
    const child = await make('Child')
    const top = await make('Top')
    const middle = await make('Middle', { parent_id: top })
    const apart = await make('Apart')
    await patchItem(site, child, { parent_id: middle })
    const { status, body } = await sync(site, child)
    expect([status, body]).toMatchObject([200, { id: child, state: 'synced', parent_id: middle, error: null }])
    const posts = Object.fromEntries([...site.model.site.posts.byId('page')].map((post) => [post.title, post]))
    expect(Object.keys(posts).toSorted()).toEqual(['Child', 'Middle', 'Top'])
    expect([posts['Child']?.parent, posts['Middle']?.parent]).toEqual([posts['Middle']?.id, posts['Top']?.id])
    for (const id of [top, middle]) expect((await readItem(site, id)).state).toBe('synced')
    expect((await readItem(site, apart)).state).toBe('local_ahead')
    expect(await lastEvent(site.integrationId, 'sync_item')).toMatchObject({ itemIds: [top, middle, child] })
    expect((await sync(site, child)).body.state).toBe('synced')
    expect([...site.model.site.posts.byId('page')]).toHaveLength(3)
  })

  test('of an item whose parent is refused fails both, each with its reason', async () => {
    const site = await connect()
    const featured = { url: 'https://images.test/none.jpg', alt: '' }
    const { body: parent } = await content(site, 'POST /', { type: 'page', title: 'Parent', featured_image: featured })
    const { body: child } = await content(site, 'POST /', { type: 'page', title: 'Child', parent_id: parent.id })
    expect((await sync(site, child.id)).body).toMatchObject({ state: 'failed', error: { code: 'parent_not_sent' } })
    expect(await readItem(site, parent.id)).toMatchObject({ state: 'failed', error: { code: 'media_not_found' } })
    expect([...site.model.site.posts.byId('page')]).toHaveLength(0)
  })

  test('shows a conflict, and a deletion', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    site.model.editPost(postId, { title: 'there' })
    await patchItem(site, item.id, { title: 'here' })
    expect((await sync(site, item.id)).body).toMatchObject({ state: 'conflict', conflict: { fields: ['title'] } })
    expect(site.model.post(postId).title).toBe('there')
    const gone = await createShared(site)
    site.model.deletePost(gone.postId)
    expect((await sync(site, gone.item.id)).body).toMatchObject({ id: gone.item.id, state: 'deleted' })
  })

  test('answers 200 with the item that failed, and its reason', async () => {
    const site = await connect()
    const { body: item } = await content(site, 'POST /', { title: 'A', type: 'nothing' })
    const { status, body } = await sync(site, item.id)
    expect([status, body]).toMatchObject([
      200,
      { state: 'failed', error: { code: 'unknown_type', fix: expect.any(String) } },
    ])
    expect(await lastEvent(site.integrationId, 'sync_item')).toMatchObject({ success: false, code: 'unknown_type' })
  })

  test('says what neither side has', async () => {
    const site = await connect()
    for (const id of ['item_0', 424_242, '424242', '0', '-1', "'--"]) {
      expect(refusal(await sync(site, id))).toEqual([404, 'item_not_found'])
    }
    for (const id of ['', 0, -1, 1.5, null, {}, [1], 'x'.repeat(65)]) {
      expect(refusal(await sync(site, id))).toEqual([400, 'validation_error'])
    }
  })

  test('says why the site can not be asked, and remembers it', async () => {
    const site = await connect()
    const { item } = await createShared(site)
    site.model.faults = { request: () => ({ kind: 'status', status: 503 }) }
    expect(refusal(await sync(site, item.id))).toEqual([422, 'wordpress_busy'])
    expect(await lastEvent(site.integrationId, 'sync_item')).toMatchObject({ success: false, code: 'wordpress_busy' })
    expect((await readItem(site, item.id)).state).toBe('synced')
  })

  test.each([{ sync_enabled: false }, { is_active: false }])(
    'of what is switched off by %j is a 409',
    async (patch) => {
      const site = await connect()
      const { item } = await createShared(site)
      await call(`PATCH ${site.path}/`, { token: owner.token, body: patch })
      expect(refusal(await sync(site, item.id))).toEqual([409, 'sync_disabled'])
    },
  )

  test('waits for what is under way: one request at a time goes to the site', async () => {
    const site = await connect()
    const items = []
    for (let n = 0; n < 5; n++) items.push((await createShared(site)).item)
    site.model.resetStats()
    const run = start(site)
    const answers = await Promise.all(items.map(({ id }) => sync(site, id)))
    await run
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    await quiet(site)
    expect(site.model.stats.maxParallel).toBe(1)
    expect((await siteObject(site.siteId).runs()).lastRun?.status).toBe('succeeded')
  })
})
