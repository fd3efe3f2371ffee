import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { and, eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import type { WebhookEvent } from '../../src/contract/content-link.ts'
import { syncEvents } from '../../src/db/events/schema.ts'
import { apiKeys } from '../../src/db/schema/index.ts'
import { createApiKey, hashApiKey } from '../../src/lib/api-key.ts'
import { createSigningSecret, signMessage } from '../../src/lib/signature.ts'
import type { CallingKey, WebhookMessage } from '../../src/site/rpc.ts'
import type { ModelWebhook } from '../model/wordpress.ts'
import {
  connectWordPress,
  createShared,
  deliver,
  deliverAll,
  eventually,
  hold,
  itemOf,
  playWordPress,
  readItem,
  syncSite,
  type ContentSite,
} from '../support/content.ts'
import { createTestKey, createTestSite, signUpPerson, type Person } from '../support/identity.ts'
import {
  countingBindings,
  d1,
  eventsD1,
  lastEvent,
  movableClock,
  signedBy,
  siteObject,
} from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'

const STATUS = '/api/v1/integration/webhooks/wordpress/status/'
const METADATA = '/api/v1/integration/webhooks/wordpress/metadata/'

let owner: Person
let site: ContentSite

beforeAll(async () => {
  playWordPress()
  owner = await signUpPerson()
  site = await connectWordPress({ owner })
})

let sent = 0
const eventOf = (event: Partial<WebhookEvent> = {}): WebhookEvent => ({
  event: 'post.status',
  post_id: 999_999,
  post_type: 'post',
  status: 'publish',
  modified_gmt: '2026-11-21T10:00:00Z',
  ...event,
})
const webhook = (event: Partial<WebhookEvent> = {}): ModelWebhook => ({ id: `msg_${++sent}`, event: eventOf(event) })

/** A message signed as a test says. */
async function send(
  path: string,
  options: {
    body?: unknown
    id?: string
    timestamp?: number
    secrets?: string[]
    headers?: Record<string, string>
    token?: string | null
    bindings?: Partial<Env>
  } = {},
) {
  const { body = eventOf(), id = `msg_${++sent}`, secrets = [site.model.signingSecret], token = site.key } = options
  const timestamp = options.timestamp ?? Math.floor(Date.now() / 1000)
  const signature = await signMessage({ id, timestamp, body: JSON.stringify(body), secrets })
  const signed = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
  const headers = Object.fromEntries(
    Object.entries({ ...signed, ...options.headers }).filter(([, value]) => value !== ''),
  )
  const { bindings = {} } = options
  return call(`POST ${path}`, { ...(token !== null && { token }), body, headers, bindings })
}

describe('a webhook', () => {
  test('is accepted at once, and the item follows its post', async () => {
    const { item, postId } = await createShared(site)
    site.outbox.length = 0
    site.model.editPost(postId, { title: 'B' })
    const release = hold(site)
    const [edited] = site.outbox.splice(0)
    if (!edited) throw new Error('no webhook')
    const answer = await deliver(site, edited)
    expect([answer.status, answer.body]).toEqual([202, { accepted: true, duplicate: false }])
    expect((await readItem(site, item.id)).title).toBe('A')
    release()
    await eventually(site, item.id, { title: 'B', state: 'synced' })
    await vi.waitFor(async () =>
      expect(await lastEvent(site.integrationId, 'webhook')).toMatchObject({ success: true, counts: { updated: 1 } }),
    )
  })

  test('of a post that is as it was leaves no event', async () => {
    const { postId } = await createShared(site)
    site.outbox.length = 0
    const ofSite = and(eq(syncEvents.integrationId, site.integrationId), eq(syncEvents.action, 'webhook'))
    const events = () => eventsD1().select().from(syncEvents).where(ofSite)
    const before = await events()
    site.model.editPost(postId, { title: 'B' })
    const [edited] = site.outbox.splice(0)
    if (!edited) throw new Error('no webhook')
    await deliver(site, edited)
    await vi.waitFor(async () => expect(await events()).toHaveLength(1 + before.length))
    const fetched = site.model.stats.commands['fetch'] ?? 0
    await deliver(site, { ...edited, id: `${edited.id}_again` })
    await vi.waitFor(() => expect(site.model.stats.commands['fetch']).toBe(fetched + 1))
    await siteObject(site.siteId).runs()
    expect(await events()).toHaveLength(1 + before.length)
  })

  test('of each kind has its route and its effect', async () => {
    const { item, postId } = await createShared(site)
    site.outbox.length = 0
    site.model.editPost(postId, { terms: { post_tag: ['new'] } })
    expect(site.outbox.map(({ event }) => event.event)).toEqual(['post.metadata'])
    await deliverAll(site)
    await eventually(site, item.id, { terms: { category: ['Uncategorized'], post_tag: ['new'] } })
    site.model.trash(postId)
    await deliverAll(site)
    await eventually(site, item.id, { status: 'trash' })
    site.model.untrash(postId)
    await deliverAll(site)
    await eventually(site, item.id, { status: 'draft' })
    site.model.deletePost(postId)
    expect(site.outbox.map(({ event }) => event.event)).toEqual(['post.deleted'])
    await deliverAll(site)
    await eventually(site, item.id, { state: 'deleted' })
    const made = site.model.createPost({ title: 'New' })
    await deliverAll(site)
    await vi.waitFor(async () => expect((await itemOf(site, made.id)).title).toBe('New'))
  })

  test('that comes again is accepted again, and has no effect', async () => {
    const { postId } = await createShared(site)
    site.outbox.length = 0
    site.model.editPost(postId, { title: 'B' })
    const [edited] = site.outbox.splice(0)
    if (!edited) throw new Error('no webhook')
    site.model.resetStats()
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(site, edited)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 202))
    expect(answers.filter(({ body }) => !body.duplicate)).toHaveLength(1)
    await eventually(site, (await itemOf(site, postId)).id, { title: 'B' })
    expect((await deliver(site, edited)).body.duplicate).toBe(true)
    await siteObject(site.siteId).runs()
    expect(site.model.stats.commands['fetch']).toBe(1)
  })

  test('that a broken site delays is not lost', async () => {
    const { item, postId } = await createShared(site)
    site.outbox.length = 0
    site.model.editPost(postId, { title: 'Late' })
    site.model.faults = { request: () => ({ kind: 'status', status: 500 }) }
    const clock = movableClock()
    await deliverAll(site)
    await vi.waitFor(async () => {
      const failed = await runInDurableObject(siteObject(site.siteId), (_instance, state) =>
        state.storage.sql.exec('SELECT error FROM inbox WHERE due_at IS NOT NULL AND attempts = 1').toArray(),
      )
      expect(failed).toEqual([{ error: 'wordpress_error' }])
    })
    site.model.faults = {}
    clock.advance(10 * 60_000)
    await runInDurableObject(siteObject(site.siteId), (instance) => instance.alarm())
    await eventually(site, item.id, { title: 'Late' })
  })

  test('of a burst is processed with the others, in few requests to the site', async () => {
    const posts = Array.from({ length: 12 }, (_, n) => site.model.createPost({ title: `Old ${n}` }))
    await syncSite(site, 'from_external')
    site.outbox.length = 0
    site.model.resetStats()
    for (const { id } of posts) {
      site.model.editPost(id, { title: 'New' })
      await deliverAll(site)
    }
    for (const { id } of posts) await eventually(site, (await itemOf(site, id)).id, { title: 'New' })
    expect(site.model.stats.commands['fetch']).toBeLessThan(6)
  })

  test('costs one read of the key and one call of the object, and no query', async () => {
    await send(STATUS)
    const { counts, bindings } = countingBindings()
    const calls: string[] = []
    const SITE_SYNC = {
      getByName: (name: string) =>
        new Proxy(siteObject(name), {
          get: (stub, method: 'receiveWebhook') => (key: CallingKey, message: WebhookMessage) => {
            calls.push(method)
            return stub[method](key, message)
          },
        }),
    } as unknown as Env['SITE_SYNC']
    const body = eventOf()
    const { headers } = await site.model.signWebhook({ id: `msg_${++sent}`, event: body })
    const answer = await call(`POST ${STATUS}`, {
      token: site.key,
      body,
      headers,
      bindings: { ...bindings, SITE_SYNC },
    })
    expect(answer.status).toBe(202)
    expect([counts, calls]).toEqual([{ queries: 0, keyReads: 1 }, ['receiveWebhook']])
  })
})

describe('the key of a webhook', () => {
  test('may come in its own header, where the host strips or fills Authorization', async () => {
    const own = { 'x-igny8-key': site.key }
    const attempts: [Record<string, string>, string | null][] = [
      [own, null],
      [{ ...own, authorization: `Basic ${btoa('user:password')}` }, null],
      [{ ...own, cookie: owner.cookie }, null],
      [{ 'x-igny8-key': 'nonsense' }, site.key],
    ]
    for (const [headers, token] of attempts) expect((await send(STATUS, { headers, token })).status).toBe(202)
    const listed = await call('GET /api/v1/sites/', { headers: own })
    expect(listed.body.results).toMatchObject([{ id: site.siteId }])
  })

  test.each([
    ['no key', {}, 'credentials_missing'],
    ['an empty key', { 'x-igny8-key': ' ' }, 'api_key_malformed'],
    ['no API key', { 'x-igny8-key': 'hello' }, 'api_key_malformed'],
    ['Basic credentials', { authorization: `Basic ${btoa('a:b')}` }, 'credentials_missing'],
  ])('is required: %s is refused', async (_name, headers, code) => {
    expect(refusal(await send(STATUS, { headers, token: null }))).toEqual([401, code])
  })

  test('T38 is required: a session is refused without a query', async () => {
    const { counts, bindings } = countingBindings()
    expect(refusal(await send(STATUS, { token: owner.token, bindings }))).toEqual([401, 'credentials_missing'])
    const cookie = await send(STATUS, { token: null, headers: { cookie: owner.cookie }, bindings })
    expect(refusal(cookie)).toEqual([401, 'credentials_missing'])
    expect(counts).toEqual({ queries: 0, keyReads: 0 })
  })

  /** A key that has expired. Only D1 knows it: the first request reads it there, and later ones from the copy in KV. */
  async function createExpiredKey() {
    const created = await createTestKey(owner, site.siteId)
    const isIt = eq(apiKeys.id, created.id)
    const [row] = await d1()
      .update(apiKeys)
      .set({ expiresAt: new Date(Date.now() - 1) })
      .where(isIt)
      .returning({ hash: apiKeys.hash })
    await env.API_KEYS.delete(row?.hash ?? '')
    return created
  }

  test('T38 must be a valid one, with the scope', async () => {
    const expired = await createExpiredKey()
    const reader = await createTestKey(owner, site.siteId, { scopes: ['integration:read', 'content:write'] })
    const revoked = await createTestKey(owner, site.siteId)
    await call(`DELETE /api/v1/sites/${site.siteId}/api-keys/${revoked.id}/`, { token: owner.token })
    const attempts: [string, number, string][] = [
      [`${site.key.slice(0, -1)}${site.key.endsWith('0') ? '1' : '0'}`, 401, 'api_key_malformed'],
      [createApiKey().plaintext, 401, 'api_key_unknown'],
      [expired.key, 401, 'api_key_expired'],
      [revoked.key, 401, 'api_key_revoked'],
      [reader.key, 403, 'insufficient_scope'],
    ]
    for (const path of [STATUS, METADATA]) {
      const event = path === STATUS ? 'post.status' : 'post.metadata'
      for (const [token, ...expected] of attempts) {
        expect(refusal(await send(path, { token, body: eventOf({ event }) }))).toEqual(expected)
      }
    }
  })

  test('says whose webhook it is: signed by one site, it is not another’s', async () => {
    const other = await connectWordPress({ owner })
    expect(refusal(await send(STATUS, { token: other.key }))).toEqual([401, 'signature_invalid'])
  })

  test('of a site that is switched off is refused', async () => {
    const other = await connectWordPress({ owner })
    await call(`PATCH /api/v1/sites/${other.siteId}/`, { token: owner.token, body: { is_active: false } })
    expect(refusal(await deliver(other, webhook()))).toEqual([403, 'site_inactive'])
  })

  test('of a site without an integration leads to none', async () => {
    const { key } = await createTestKey(owner, await createTestSite(owner))
    expect(refusal(await send(STATUS, { token: key }))).toEqual([404, 'integration_not_found'])
  })

  test('leads to none once the integration was deleted', async () => {
    const other = await connectWordPress({ owner })
    expect((await deliver(other, webhook())).status).toBe(202)
    await call(`DELETE ${other.path}/`, { token: owner.token })
    expect(refusal(await deliver(other, webhook()))).toEqual([404, 'integration_not_found'])
  })

  test('T39 that was revoked does nothing from the next request on, though the edge still lets it in', async () => {
    const { item, postId } = await createShared(site)
    const { key, id } = await createTestKey(owner, site.siteId)
    expect((await deliver(site, webhook(), { token: key })).status).toBe(202)
    const hash = await hashApiKey(readConfig(env).apiKeyPepper, key)
    const copy = await env.API_KEYS.get(hash)
    await call(`DELETE /api/v1/sites/${site.siteId}/api-keys/${id}/`, { token: owner.token })
    await env.API_KEYS.put(hash, copy ?? '')
    site.outbox.length = 0
    site.model.editPost(postId, { title: 'B' })
    const [edited] = site.outbox.splice(0)
    if (!edited) throw new Error('no webhook')
    expect(refusal(await deliver(site, edited, { token: key }))).toEqual([401, 'api_key_revoked'])
    expect((await readItem(site, item.id)).title).toBe('A')
    expect((await deliver(site, edited)).body).toEqual({ accepted: true, duplicate: false })
  })
})

describe('the body of a webhook', () => {
  test.each<[string, string, unknown]>([
    ['a deletion at the metadata route', METADATA, eventOf({ event: 'post.deleted' })],
    ['a status at the metadata route', METADATA, eventOf()],
    ['metadata at the status route', STATUS, eventOf({ event: 'post.metadata' })],
    ['a digest at the metadata route', METADATA, { event: 'site.digest', since: '2026-11-21T10:00:00Z' }],
    ['an event that there is not', STATUS, { ...eventOf(), event: 'post.eaten' }],
    ['no post', STATUS, { event: 'post.status', post_type: 'post' }],
    ['a post id of 0', STATUS, eventOf({ post_id: 0 })],
    ['a post id as text', STATUS, { ...eventOf(), post_id: '12' }],
    ['a list', STATUS, [eventOf()]],
    ['nothing', STATUS, null],
  ])('is refused with %s', async (_name, path, body) => {
    expect(refusal(await send(path, { body }))).toEqual([400, 'validation_error'])
  })

  test('may have more than is known today, and less than is sent', async () => {
    expect((await send(STATUS, { body: { ...eventOf(), colour: 'red' } })).status).toBe(202)
    const bare = { event: 'post.metadata', post_id: 999_999, post_type: 'post' }
    expect((await send(METADATA, { body: bare })).status).toBe(202)
  })

  test('is what was signed, byte for byte', async () => {
    const body = `{ "event":"post.status",\r\n"post_id": 999999, "post_type": "post", "status": "\\u00fc\u00fc" }\n`
    const timestamp = Math.floor(Date.now() / 1000)
    const signature = await signMessage({ id: 'msg_raw', timestamp, body, secrets: [site.model.signingSecret] })
    const request = new Request('http://api.test/', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    const { createApp } = await import('../../src/app.ts')
    const answer = await createApp().request(
      STATUS,
      {
        method: 'POST',
        body: await request.text(),
        headers: {
          authorization: `Bearer ${site.key}`,
          'content-type': 'application/json',
          'webhook-id': 'msg_raw',
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signature,
        },
      },
      env,
      { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} },
    )
    expect([answer.status, await answer.json()]).toEqual([202, { accepted: true, duplicate: false }])
  })

  test('that asks for a full check starts one run that does it', async () => {
    const other = await connectWordPress({ owner })
    const { item, postId } = await createShared(other)
    other.model.editBehindItsBack(postId, { title: 'By import' })
    other.model.site.isModifiedFrozen = true
    const extra = other.model.importPost({ title: 'Old', status: 'publish', dateS: 1_000_000_000 })
    const digest = () =>
      send(STATUS, {
        id: 'msg_digest',
        body: { event: 'site.digest', since: '2026-11-21T10:00:00Z' },
        token: other.key,
        secrets: [other.model.signingSecret],
      })
    expect((await digest()).body).toEqual({ accepted: true, duplicate: false })
    expect((await digest()).body).toEqual({ accepted: true, duplicate: true })
    await vi.waitFor(async () => expect((await itemOf(other, extra.id)).title).toBe('Old'))
    expect((await readItem(other, item.id)).state).toBe('synced')
  })
})

describe('T21 T23 the signature of a webhook', () => {
  test.each([
    ['id', { 'webhook-id': '' }],
    ['time', { 'webhook-timestamp': '' }],
    ['signature', { 'webhook-signature': '' }],
  ])('is refused without its %s', async (_name, headers) => {
    expect(refusal(await send(STATUS, { headers }))).toEqual([401, 'signature_missing'])
  })

  test.each([
    [-299, 202, undefined],
    [299, 202, undefined],
    [-302, 401, 'timestamp_out_of_range'],
    [302, 401, 'timestamp_out_of_range'],
  ])('made %i seconds from now is answered %i', async (offset, status, code) => {
    const answer = await send(STATUS, { timestamp: Math.floor(Date.now() / 1000) + offset })
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  test('fits its message and no other', async () => {
    const timestamp = Math.floor(Date.now() / 1000)
    const body = eventOf()
    const sign = (id: string, at: number, text: unknown) =>
      signMessage({ id, timestamp: at, body: JSON.stringify(text), secrets: [site.model.signingSecret] })
    const wrong = [
      await sign('msg_other', timestamp, body),
      await sign('msg_x', timestamp - 1, body),
      await sign('msg_x', timestamp, { ...body, post_id: 999_998 }),
      (await sign('msg_x', timestamp, body)).slice(0, -4),
      (await sign('msg_x', timestamp, body)).replace('v1,', 'v2,'),
      (await sign('msg_x', timestamp, body)).replace('v1,', ''),
      'v1,',
    ]
    for (const signature of wrong) {
      const answer = await send(STATUS, { id: 'msg_x', timestamp, body, headers: { 'webhook-signature': signature } })
      expect([signature, ...refusal(answer)]).toEqual([signature, 401, 'signature_invalid'])
    }
    expect(refusal(await send(STATUS, { secrets: [createSigningSecret()] }))).toEqual([401, 'signature_invalid'])
    const several = `v1,AAAA ${await sign('msg_x', timestamp, body)}`
    const answer = await send(STATUS, { id: 'msg_x', timestamp, body, headers: { 'webhook-signature': several } })
    expect(answer.body).toEqual({ accepted: true, duplicate: false })
  })
})

describe('T24 a secret that is rotated under load', () => {
  const rotate = async (at: ContentSite) => {
    const fresh = createSigningSecret()
    const body = { site_id: at.siteId, api_key: at.key, site_url: at.model.url, signing_secret: fresh }
    const headers = await signedBy(at.model.signingSecret, body)
    at.model.http.signingSecrets = [fresh, ...at.model.http.signingSecrets]
    const answer = await call('POST /api/v1/integration/integrations/test-connection/', { body, headers })
    expect(answer.status).toBe(200)
    return fresh
  }
  const post = (at: ContentSite, secrets: string[]) => send(STATUS, { token: at.key, secrets })

  test('refuses no webhook inside the grace, and the old one after it', async () => {
    const at = await connectWordPress({ owner })
    const old = at.model.signingSecret
    expect((await post(at, [old])).status).toBe(202)
    const clock = movableClock()
    clock.advance(60_000)
    const answers: number[] = []
    const traffic = { isOn: true }
    const load = (async () => {
      while (traffic.isOn) answers.push((await post(at, [old])).status)
    })()
    try {
      const fresh = await rotate(at)
      for (let n = 0; n < 10; n++) answers.push((await post(at, [fresh])).status, (await post(at, [fresh, old])).status)
    } finally {
      traffic.isOn = false
      await load
    }
    const fresh = at.model.signingSecret
    expect(answers.length).toBeGreaterThan(20)
    expect(new Set(answers)).toEqual(new Set([202]))
    clock.advance(60_000)
    const newest = await rotate(at)
    expect((await post(at, [newest])).status).toBe(202)
    expect((await post(at, [fresh])).status).toBe(202)
    expect(refusal(await post(at, [old]))).toEqual([401, 'signature_invalid'])
  })
})

test('webhooks while sync is off are accepted, and nothing is done', async () => {
  const other = await connectWordPress({ owner })
  const { item, postId } = await createShared(other)
  await call(`PATCH ${other.path}/`, { token: owner.token, body: { sync_enabled: false } })
  other.model.editPost(postId, { title: 'B' })
  other.model.resetStats()
  await deliverAll(other)
  await vi.waitFor(async () => expect((await siteObject(other.siteId).runs()).currentRun).toBeNull())
  expect(other.model.stats.requests).toBe(0)
  expect((await readItem(other, item.id)).title).toBe('A')
})
