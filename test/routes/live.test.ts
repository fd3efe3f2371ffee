import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import {
  connectWordPress,
  content,
  createShared,
  deliverAll,
  playWordPress,
  syncSite,
  type ContentSite,
} from '../support/content.ts'
import { LiveHub } from '../../src/site/live/hub.ts'
import { openSiteDatabase } from '../../src/site/replica/database.ts'
import { SiteStore } from '../../src/site/replica/store.ts'
import { addMember, createTestKey, inAccount, signUpPerson, type Person } from '../support/identity.ts'
import { movableClock, siteObject } from '../support/integration.ts'
import { askToWatch, watch } from '../support/live.ts'
import { call } from '../support/openapi.ts'

let owner: Person

beforeAll(async () => {
  playWordPress()
  owner = await signUpPerson()
})

const connect = () => connectWordPress({ owner })
const watched = async () => {
  const site = await connect()
  const watcher = await watch(site.path, { token: site.key })
  await watcher.told('integration')
  return { site, watcher }
}
const refusalOf = async (answer: Response) => [answer.status, (await answer.json<{ code: string }>()).code]
const patch = (site: ContentSite, body: unknown, path = '') =>
  call(`PATCH ${site.path}/${path}`, { token: owner.token, body })

describe('a live connection', () => {
  test('begins with the state as it is, so that one who comes back has missed nothing', async () => {
    const site = await connect()
    for (const options of [{ token: site.key }, { token: owner.token }, { cookie: owner.cookie }]) {
      const { messages, told } = await watch(site.path, options)
      await told('integration')
      expect(messages.slice(0, 3).map(({ type }) => type)).toEqual(['ready', 'content_types', 'integration'])
      const [types, integration] = [
        await call(`GET ${site.path}/content-types/`, { token: site.key }),
        await call(`GET ${site.path}/`, { token: site.key }),
      ]
      expect(messages[1]).toEqual({ type: 'content_types', content_types: types.body })
      expect(messages[2]).toEqual({ type: 'integration', integration: integration.body })
    }
  })

  test('tells of a run from its start to its end, of its items and its event', async () => {
    const { site, watcher } = await watched()
    const posts = Array.from({ length: 3 }, (_, n) => site.model.createPost({ title: `Post ${n}` }))
    const run = await syncSite(site, 'from_external')
    await watcher.told('run', (message) => message.run.status === 'succeeded')
    expect(watcher.of('run').at(-1)?.run).toEqual(run)
    const { event } = await watcher.told('event', (message) => message.event.run_id === run.id)
    expect(event).toMatchObject({ action: 'sync', success: true, integration_id: site.integrationId })
    const { ids } = await watcher.told('items')
    const { body } = await content(site, 'GET /')
    expect(ids.toSorted()).toEqual(body.results.map(({ id }: { id: string }) => id).toSorted())
    expect(ids).toHaveLength(posts.length)
    await watcher.told('content_types', (message) => message.content_types.post_types['post']?.synced_count === 3)
    const ofRuns = watcher.of('event').map((message) => message.event.id)
    expect(new Set(ofRuns).size).toBe(ofRuns.length)
  })

  test('shows who connects in the middle of a run that run', async () => {
    const site = await connect()
    site.model.faults = { request: () => ({ kind: 'status', status: 500 }) }
    const { body: run } = await call(`POST ${site.path}/sync/`, { token: site.key, body: {} })
    await vi.waitFor(async () =>
      expect((await siteObject(site.siteId).runs()).currentRun?.error?.code).toBe('wordpress_error'),
    )
    const watcher = await watch(site.path, { token: site.key })
    expect((await watcher.told('run')).run).toMatchObject({ id: run.id, status: 'queued' })
    await call(`POST ${site.path}/runs/${run.id}/cancel/`, { token: site.key })
    await watcher.told('run', (message) => message.run.status === 'cancelled')
    await watcher.told('event', ({ event }) => event.action === 'cancel_run')
  })

  test('tells within a second what a webhook brought', async () => {
    const { site, watcher } = await watched()
    const { item, postId } = await createShared(site)
    await watcher.told('content_types', (message) => message.content_types.post_types['post']?.synced_count === 1)
    site.model.editPost(postId, { title: 'Edited there' })
    const startedAt = Date.now()
    await deliverAll(site)
    await watcher.told('event', ({ event }) => event.action === 'webhook')
    expect(watcher.of('items').at(-1)).toEqual({ type: 'items', ids: [item.id], more: false })
    expect(Date.now() - startedAt).toBeLessThan(1000)
  })

  test('shows the numbers of a post that was published, without a further request', async () => {
    const { site, watcher } = await watched()
    const count = () => watcher.of('content_types').at(-1)?.content_types.post_types['post']
    const before = count()?.count ?? 0
    const asOf = count()?.count_as_of ?? ''
    const asked = site.model.stats.requests
    const post = site.model.createPost({ title: 'New', status: 'publish', terms: { category: ['Brand new'] } })
    await deliverAll(site)
    await vi.waitFor(() => expect(count()).toMatchObject({ count: before + 1, synced_count: 1 }))
    // as of the site's response, not of the earlier structure
    expect(Date.parse(count()?.count_as_of ?? '')).toBeGreaterThan(Date.parse(asOf))
    expect(site.model.stats.requests).toBe(asked + 1)
    site.model.deletePost(post.id)
    await deliverAll(site)
    await vi.waitFor(() => expect(count()).toMatchObject({ count: before, synced_count: 0 }))
    await syncSite(site, 'metadata')
    expect((await call(`GET ${site.path}/content-types/`, { token: site.key })).body.post_types.post.count).toBe(before)
  })

  test('shows the numbers of what was made here', async () => {
    const { site, watcher } = await watched()
    const count = () => watcher.of('content_types').at(-1)?.content_types.post_types['post']
    const before = count()?.count ?? 0
    const made = await content(site, 'POST /', { title: 'Made here', status: 'publish' })
    await syncSite(site, 'to_external')
    await vi.waitFor(() => expect(count()).toMatchObject({ count: before + 1, synced_count: 1 }))
    await content(site, `DELETE /${made.body.id}`)
    await syncSite(site, 'to_external')
    await vi.waitFor(() => expect(count()).toMatchObject({ count: before, synced_count: 0 }))
  })

  test('outlasts the object’s memory', async () => {
    const { site, watcher } = await watched()
    await evictDurableObject(siteObject(site.siteId))
    await patch(site, { sync_enabled: false })
    await watcher.told('integration', ({ integration }) => !integration.sync_enabled)
  })

  test('costs nothing while there is no connection', async () => {
    const site = await connect()
    await runInDurableObject(siteObject(site.siteId), async (_instance, state) => {
      const read = vi.fn(() => Promise.resolve(null))
      const hub = new LiveHub(state, { store: () => new SiteStore(openSiteDatabase(state.storage)), read })
      hub.publish({ row: true })
      await scheduler.wait(300)
      expect(read).not.toHaveBeenCalled()
    })
  })

  test('tells what editors change, and nothing twice', async () => {
    const { site, watcher } = await watched()
    await patch(site, { post_types: { post: { enabled: false } } }, 'content-types/')
    await watcher.told('content_types', (message) => message.content_types.post_types['post']?.enabled === false)
    expect(watcher.of('integration')).toHaveLength(1)
    await patch(site, { sync_enabled: false })
    await watcher.told('integration', ({ integration }) => !integration.sync_enabled)
    await patch(site, { is_active: false })
    await watcher.told('content_types', (message) => message.content_types.connection === 'disabled')
    await content(site, 'POST /', { title: 'Made here' })
    await watcher.told('items')
    const texts = watcher.texts.filter((text) => text.includes('"content_types"'))
    expect(new Set(texts).size).toBe(texts.length)
  })

  test('names a hundred items at most, and says that there are more', async () => {
    const { site, watcher } = await watched()
    for (let n = 0; n < 130; n++) site.model.createPost({ title: `Post ${n}` })
    await patch(site, { post_types: { post: { fetch_limit: 1000 } } }, 'content-types/')
    await syncSite(site, 'from_external')
    const { ids } = await watcher.told('items', ({ more }) => more)
    expect(ids).toHaveLength(100)
  })

  test('answers ping with pong, and ends at any other message', async () => {
    const { watcher } = await watched()
    watcher.socket.send('ping')
    await vi.waitFor(() => expect(watcher.texts).toContain('pong'))
    watcher.socket.send('{"type":"subscribe"}')
    expect((await watcher.closed).code).toBe(1008)
    expect(watcher.of('bye')).toMatchObject([{ code: 'message_refused' }])
  })

  test('ends when the integration is deleted, or its site', async () => {
    for (const what of ['integration', 'site']) {
      const site = await connect()
      const watcher = await watch(site.path, { token: owner.token })
      await watcher.told('integration')
      const path = what === 'site' ? `/api/v1/sites/${site.siteId}` : site.path
      expect((await call(`DELETE ${path}/`, { token: owner.token })).status).toBe(204)
      expect([what, (await watcher.closed).code]).toEqual([what, 4004])
      expect(watcher.messages.at(-1)).toMatchObject({ type: 'bye', code: 'integration_deleted' })
    }
  })

  test('of a key ends when the key is revoked, and no other', async () => {
    const { site, watcher } = await watched()
    const spare = await createTestKey(owner, site.siteId)
    const other = await watch(site.path, { token: spare.key })
    await call(`DELETE /api/v1/sites/${site.siteId}/api-keys/${spare.id}/`, { token: owner.token })
    expect((await other.closed).code).toBe(4003)
    await patch(site, { sync_enabled: false })
    await watcher.told('integration', ({ integration }) => !integration.sync_enabled)
  })

  test('ends after ten minutes, so that access is checked again', async () => {
    const site = await connect()
    const clock = movableClock()
    const person = await addMember(owner, 'editor')
    const query = `?account_id=${owner.accountId}`
    const watcher = await watch(site.path, { cookie: person.cookie, query })
    await watcher.told('integration')
    await call(`DELETE /api/v1/members/${person.userId}/`, { token: owner.token })
    clock.advance(10 * 60_000 + 1)
    const before = watcher.messages.length
    await patch(site, { sync_enabled: false })
    expect((await watcher.closed).code).toBe(4001)
    expect(watcher.messages.slice(before)).toMatchObject([{ type: 'bye', code: 'reauthorize' }])
    expect(await refusalOf(await askToWatch(site.path, { cookie: person.cookie, query }))).toEqual([403, 'no_account'])
  })

  test('is one of a hundred at most', async () => {
    const site = await connect()
    const all = await Promise.all(Array.from({ length: 100 }, () => watch(site.path, { token: site.key })))
    const refused = await askToWatch(site.path, { token: site.key })
    expect([...(await refusalOf(refused)), refused.headers.get('retry-after')]).toEqual([
      429,
      'too_many_requests',
      '60',
    ])
    const [first] = all
    first?.socket.close()
    await vi.waitFor(async () => expect((await askToWatch(site.path, { token: site.key })).status).toBe(101))
  })
})

describe('T38 a live connection is refused', () => {
  test('without an upgrade', async () => {
    const site = await connect()
    const answer = await call(`GET ${site.path}/live/`, { token: site.key })
    expect([answer.status, answer.body.code]).toEqual([426, 'upgrade_required'])
    const other = await askToWatch(site.path, { token: site.key, headers: { upgrade: 'h2c' } })
    expect(await refusalOf(other)).toEqual([426, 'upgrade_required'])
  })

  test('to the pages of others, whatever cookie their visitors have', async () => {
    const site = await connect()
    const { cookie } = owner
    for (const origin of ['https://evil.example', 'null', 'http://api.test.evil.example', 'https://api.test']) {
      const answer = await askToWatch(site.path, { cookie, headers: { origin } })
      expect([origin, ...(await refusalOf(answer))]).toEqual([origin, 403, 'origin_not_allowed'])
    }
    for (const origin of ['http://api.test', 'http://app.test']) {
      const watcher = await watch(site.path, { cookie, headers: { origin } })
      await watcher.told('integration')
    }
  })

  test('to people who may not read the integration', async () => {
    const site = await connect()
    const viewer = await addMember(owner, 'viewer')
    const stranger = await signUpPerson()
    const asViewer = { token: viewer.token, headers: inAccount(owner) }
    expect(await refusalOf(await askToWatch(site.path, asViewer))).toEqual([403, 'role_too_low'])
    expect(await refusalOf(await askToWatch(site.path, { token: stranger.token }))).toEqual([
      404,
      'integration_not_found',
    ])
    expect(await refusalOf(await askToWatch(site.path, {}))).toEqual([401, 'credentials_missing'])
    const inOther = { token: stranger.token, query: `?account_id=${owner.accountId}` }
    expect(await refusalOf(await askToWatch(site.path, inOther))).toEqual([403, 'no_account'])
  })
})
