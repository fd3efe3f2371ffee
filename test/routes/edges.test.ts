import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { integrations, sites } from '../../src/db/schema/index.ts'
import { createSigningSecret } from '../../src/lib/signature.ts'
import { addMember, createTestKey, inAccount } from '../support/identity.ts'
import {
  COLLECTION,
  CONNECT,
  connectBody,
  connectSite,
  createSiteWithKey,
  d1,
  readIntegration,
  signedBy,
  type ConnectedSite,
} from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'
import { playInternet, startModelSite } from '../support/plugin.ts'

beforeAll(playInternet)

/** Addresses that no request may go to. */
const REFUSED = [
  'https://user:secret@example.com',
  'https://secret@example.com',
  'https://10.0.0.1',
  'https://192.168.1.10/blog',
  'https://169.254.169.254/latest',
  'http://[fd00::1]/',
  'https://0x0a.1',
  'https://intranet',
  'https://nas.local',
  'https://wordpress.internal',
  'http://example.com:8443',
]

describe('an address that may not be called is never stored', () => {
  const isRefused = (answer: Awaited<ReturnType<typeof call>>, path: string) => {
    expect(refusal(answer)).toEqual([400, 'validation_error'])
    expect(answer.body.errors[0].path).toBe(path)
    expect(JSON.stringify(answer.body)).not.toContain('secret@')
  }

  test.each(REFUSED)('%s: neither with a site, nor with an integration', async (url) => {
    const site = await createSiteWithKey()
    const { token } = site.owner
    isRefused(await call('POST /api/v1/sites/', { token, body: { name: 'A site', url } }), 'body.url')
    isRefused(await call(`PATCH /api/v1/sites/${site.siteId}/`, { token, body: { url } }), 'body.url')
    const body = { site_id: site.siteId, api_key: site.key, site_url: url }
    isRefused(await call(`POST ${COLLECTION}/`, { token, body }), 'body.site_url')
    const made = await call(`POST ${COLLECTION}/`, { token, body: { site_id: site.siteId, api_key: site.key } })
    isRefused(await call(`PATCH ${COLLECTION}/${made.body.id}/`, { token, body: { site_url: url } }), 'body.site_url')
    const stored = [
      ...(await d1().select({ url: sites.url }).from(sites).where(eq(sites.id, site.siteId))),
      ...(await d1()
        .select({ url: integrations.siteUrl })
        .from(integrations)
        .where(eq(integrations.siteId, site.siteId))),
    ]
    expect(new Set(stored.map((row) => row.url))).toEqual(new Set([site.wordpress.url]))
  })

  test.each(REFUSED)('%s: neither by connecting, nor by a change that waits, nor by a move', async (url) => {
    const site = await connectSite()
    const codes = new Set(['invalid_site_url', 'private_address'])
    const asked = await call(CONNECT, { body: { ...connectBody(site), site_url: url } })
    expect([asked.status, codes.has(asked.body.code)]).toEqual([422, true])
    const body = { site_url: url, signing_secret: createSigningSecret() }
    const headers = await signedBy(site.wordpress.signingSecret, body)
    const moved = await call(`POST ${site.path}/move/`, { token: site.key, body, headers })
    expect([moved.status, codes.has(moved.body.code)]).toEqual([422, true])
    const waiting = await call(`GET ${site.path}/connection-change/`, { token: site.owner.token })
    expect(waiting.body.change).toBeNull()
    expect(await readIntegration(site.integrationId)).toMatchObject({ siteUrl: site.wordpress.url })
  })

  test('http:// is stored, as people type it, and one spelling of each address', async () => {
    const { owner } = await createSiteWithKey()
    const body = { name: 'A site', url: 'http://Example.com:80/blog/?x=1#y' }
    const made = await call('POST /api/v1/sites/', { token: owner.token, body })
    expect([made.status, made.body.url]).toEqual([201, 'http://example.com/blog'])
  })
})

describe('a webhook-id', () => {
  const event = {
    event: 'post.deleted',
    post_id: 1,
    post_type: 'post',
    status: 'x',
    modified_gmt: '2026-11-21T10:00:00Z',
  }
  const send = async (site: ConnectedSite, id: string) => {
    const headers = await signedBy(site.wordpress.signingSecret, event, undefined, id)
    const path = '/api/v1/integration/webhooks/wordpress/status/'
    return refusal(await call(`POST ${path}`, { token: site.key, body: event, headers }))
  }

  test('is bounded, though it is signed', async () => {
    const site = await connectSite()
    expect(await send(site, 'm'.repeat(100))).toEqual([202, undefined])
    for (const id of ['m'.repeat(101), 'm'.repeat(7000), 'a message', 'mé'])
      expect([id.length, ...(await send(site, id))]).toEqual([id.length, 400, 'webhook_id_invalid'])
  })
})

describe('a site whose clock is wrong', () => {
  const HOUR_S = 3600
  const signed = (site: ConnectedSite, body: unknown, secret = site.wordpress.signingSecret) =>
    signedBy(secret, body, Math.floor(Date.now() / 1000) - HOUR_S)

  test('is told of the clock, and not to have its change confirmed', async () => {
    const site = await connectSite()
    const body = { ...connectBody(site), signing_secret: createSigningSecret() }
    const answer = await call(CONNECT, { body, headers: await signed(site, body) })
    expect([...refusal(answer), answer.body.detail]).toEqual([
      422,
      'clock_skew',
      expect.stringMatching(/^The clock of the site is 36\d\d seconds behind ours\.$/),
    ])
    const options = { token: site.key, headers: await signed(site, undefined) }
    expect(refusal(await call(`DELETE ${site.path}/`, options))).toEqual([422, 'clock_skew'])
    const change = await call(`GET ${site.path}/connection-change/`, { token: site.owner.token })
    expect(change.body.change).toBeNull()
  })

  test('isn’t taken for the site for an old signature by another secret', async () => {
    const site = await connectSite()
    const body = { ...connectBody(site), signing_secret: createSigningSecret() }
    const headers = await signed(site, body, body.signing_secret)
    expect(refusal(await call(CONNECT, { body, headers }))).toEqual([409, 'connection_change_needs_confirmation'])
  })
})

describe('calls to an address that never proved itself', () => {
  const counting = (allowed: number) => {
    const keys: string[] = []
    const limit = async ({ key }: { key: string }) => {
      keys.push(key)
      return { success: keys.filter((each) => each === key).length <= allowed }
    }
    return { keys, limit }
  }

  const unproven = async () => {
    const site = await createSiteWithKey()
    const body = { site_id: site.siteId, api_key: site.key }
    const made = await call(`POST ${COLLECTION}/`, { token: site.key, body })
    return { ...site, path: `${COLLECTION}/${made.body.id}` }
  }

  test.each(['POST test-connection', 'POST doctor', 'GET debug-status'])(
    '%s is limited per address',
    async (action) => {
      const [site, other] = [await unproven(), await unproven()]
      const { keys, limit } = counting(1)
      const bindings = { THROTTLE_UNVERIFIED: { limit } }
      const [method, rest] = action.split(' ')
      const ask = async ({ path, owner }: typeof site) =>
        (await call(`${method} ${path}/${rest}/`, { token: owner.token, bindings })).status
      expect(await ask(site)).toBe(200)
      const called = site.wordpress.requests.length
      expect(await ask(site)).toBe(429)
      expect(site.wordpress.requests).toHaveLength(called)
      expect(await ask(other)).toBe(200)
      expect(keys).toEqual(
        [1, 2]
          .map(() => `host:${new URL(site.wordpress.url).hostname}`)
          .concat(`host:${new URL(other.wordpress.url).hostname}`),
      )
    },
  )

  test('are limited per account, whatever the address', async () => {
    const site = await unproven()
    const bindings = { THROTTLE_UNVERIFIED_ACCOUNT: { limit: counting(2).limit } }
    const check = async (url: string) => {
      const body = { site_id: site.siteId, site_url: url }
      return (await call(CONNECT, { token: site.owner.token, body, bindings })).status
    }
    expect(await check('https://one.example.com')).toBe(422)
    expect(await check('https://two.example.com')).toBe(422)
    expect(await check('https://three.example.com')).toBe(429)
  })

  test('are limited again once a person changes the address, and not before', async () => {
    const site = await connectSite()
    const bindings = { THROTTLE_UNVERIFIED: { limit: counting(0).limit } }
    const { token } = site.owner
    const ask = async () => (await call(`POST ${site.path}/test-connection/`, { token, bindings })).status
    expect(await ask()).toBe(200)
    const body = { site_url: startModelSite().url }
    expect((await call(`PATCH ${site.path}/`, { token, body })).status).toBe(200)
    expect(await ask()).toBe(429)
  })
})

describe('the address of a notification endpoint', () => {
  test('is shown whole to those who may change it, and without path and query to others', async () => {
    const { owner } = await createSiteWithKey()
    const url = 'https://hooks.example.com/services/T0/B0/a-token?key=another'
    const made = await call('POST /api/v1/notifications/endpoints/', { token: owner.token, body: { url } })
    const path = `/api/v1/notifications/endpoints/${made.body.id}/`
    for (const [role, shown] of [
      ['admin', url],
      ['editor', 'https://hooks.example.com/…'],
      ['viewer', 'https://hooks.example.com/…'],
    ] as const) {
      const { token } = await addMember(owner, role)
      const options = { token, headers: inAccount(owner) }
      expect([role, (await call(`GET ${path}`, options)).body.url]).toEqual([role, shown])
      const list = await call('GET /api/v1/notifications/endpoints/', options)
      expect(list.body.results.map((each: { url: string }) => each.url)).toEqual([shown])
      const deliveries = await call('GET /api/v1/notifications/deliveries/', options)
      if (role !== 'admin') expect(JSON.stringify([list.body, deliveries.body])).not.toMatch(/a-token|another/)
    }
  })
})

describe('a file of the web app', () => {
  const immutable = { 'cache-control': 'public, max-age=31536000, immutable' }
  const ask = async (answer: Response) =>
    createApp().request('/assets/app-1a2b3c.js', {}, { ...env, ASSETS: { fetch: () => answer } })

  test('that isn’t there is a 404 that nobody keeps', async () => {
    const page = new Response('<!doctype html>', { headers: { 'content-type': 'text/html', ...immutable } })
    for (const missing of [page, new Response('Not found', { status: 404, headers: immutable })]) {
      const answer = await ask(missing)
      expect(answer.status).toBe(404)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    }
  })

  test('that is there is passed on as it is', async () => {
    const headers = { 'content-type': 'text/javascript', ...immutable }
    const answer = await ask(new Response('export {}', { headers }))
    expect([answer.status, await answer.text()]).toEqual([200, 'export {}'])
    expect(answer.headers.get('cache-control')).toBe(immutable['cache-control'])
  })
})

test('a key of another scope is not told more about addresses than its own', async () => {
  const site = await connectSite()
  const { key } = await createTestKey(site.owner, site.siteId, { scopes: ['content:read'] })
  const answer = await call(CONNECT, { body: { ...connectBody(site), api_key: key, site_url: 'https://10.0.0.1' } })
  expect(refusal(answer)).toEqual([403, 'insufficient_scope'])
})
