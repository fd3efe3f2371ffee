import {
  createExecutionContext,
  createScheduledController,
  runInDurableObject,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { integrations } from '../../src/db/schema/index.ts'
import worker from '../../src/index.ts'
import { signMessage } from '../../src/lib/signature.ts'
import { forgetApiKeys } from '../../src/services/api-keys/store.ts'
import { createTestKey } from '../support/identity.ts'
import {
  CONNECT,
  connectBody,
  connectSiteWithStructure,
  d1,
  movableClock,
  readIntegration,
  revokeBehindTheEdge,
  runEnd,
  siteObject,
  type ConnectedSite,
} from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'

beforeAll(playInternet)

// The procedures of docs/operations.md that can be run here.

let sent = 0
async function sendWebhook(site: ConnectedSite, bindings: Partial<Env> = {}) {
  const body = {
    event: 'post.deleted',
    post_id: ++sent,
    post_type: 'post',
    status: 'x',
    modified_gmt: '2026-11-21T10:00:00Z',
  }
  const [id, timestamp] = [`msg_operations_${sent}`, Math.floor(Date.now() / 1000)]
  const secrets = [site.wordpress.signingSecret]
  const signature = await signMessage({ id, timestamp, body: JSON.stringify(body), secrets })
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
  return call('POST /api/v1/integration/webhooks/wordpress/status/', { token: site.key, body, headers, bindings })
}

async function sync(site: ConnectedSite, bindings: Partial<Env> = {}) {
  const body = { direction: 'metadata' }
  const started = await call(`POST ${site.path}/sync/`, { token: site.owner.token, body, bindings })
  expect(started.status).toBe(202)
  expect(await runEnd(site, started.body.id)).toMatchObject({ status: 'succeeded' })
}

const newKey = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))
const first = JSON.parse(env.ENCRYPTION_KEYS) as Record<string, string>

/** Deploys other encryption keys, at the edge and in the site's object. */
async function deployKeys(site: ConnectedSite, keys: Record<string, string>): Promise<Partial<Env>> {
  const bindings = { ENCRYPTION_KEYS: JSON.stringify(keys) }
  await runInDurableObject(siteObject(site.siteId), (instance) => {
    Object.assign(instance, { env: { ...env, ...bindings } })
  })
  return bindings
}

const sealedWith = async (site: ConnectedSite) =>
  (await readIntegration(site.integrationId))?.credentials?.split('.')[1]

describe('T42 an encryption key is replaced', () => {
  test('by putting a new one first, waiting for the health checks, and taking the old one away: none is refused', async () => {
    const site = await connectSiteWithStructure()
    expect((await sendWebhook(site)).status).toBe(202)
    const second = { k9: newKey() }

    const both = await deployKeys(site, { ...second, ...first })
    expect((await sendWebhook(site, both)).status).toBe(202)
    await sync(site, both)
    expect(await sealedWith(site)).toBe(Object.keys(first)[0])
    await call(`POST ${site.path}/test-connection/`, { token: site.owner.token, bindings: both })
    await vi.waitFor(async () => expect(await sealedWith(site)).toBe('k9'))

    const alone = await deployKeys(site, second)
    expect((await sendWebhook(site, alone)).status).toBe(202)
    await sync(site, alone)
    expect((await call(`POST ${site.path}/test-connection/`, { token: site.key, bindings: alone })).body.success).toBe(
      true,
    )
  })

  test('removed too early for a site that was not checked since: a person confirms its secret, and it works', async () => {
    const site = await connectSiteWithStructure()
    const alone = await deployKeys(site, { k9: newKey() })
    const answer = await call(CONNECT, { body: connectBody(site), bindings: alone })
    expect(refusal(answer)).toEqual([409, 'connection_change_needs_confirmation'])
    const options = { token: site.owner.token, bindings: alone }
    const { change } = (await call(`GET ${site.path}/connection-change/`, options)).body
    const confirmed = await call(`POST ${site.path}/connection-change/confirm/`, {
      ...options,
      body: { change_id: change.id },
    })
    expect(confirmed.body).toMatchObject({ success: true, code: 'connected' })
    expect(await sealedWith(site)).toBe('k9')
    expect((await sendWebhook(site, alone)).status).toBe(202)
  })
})

describe('the key store is lost', () => {
  async function emptyKeyStore() {
    for (const { name } of (await env.API_KEYS.list()).keys) await env.API_KEYS.delete(name)
    expect((await env.API_KEYS.list()).keys).toEqual([])
    forgetApiKeys(env.API_KEYS)
  }

  test('and every key goes on working, and is put back as it is used', async () => {
    const site = await connectSiteWithStructure()
    await emptyKeyStore()
    expect((await call(`GET ${site.path}/content-types/`, { token: site.key })).status).toBe(200)
    expect((await env.API_KEYS.list()).keys).toHaveLength(1)
    await emptyKeyStore()
    expect((await sendWebhook(site)).status).toBe(202)
    expect((await call(`POST ${site.path}/sync/`, { token: site.key, body: {} })).status).toBe(202)
  })

  test('with the tombstones: a revoked key is refused all the same', async () => {
    const site = await connectSiteWithStructure()
    const other = await createTestKey(site.owner, site.siteId)
    await revokeBehindTheEdge(site, other)
    await emptyKeyStore()
    expect(refusal(await call('GET /api/v1/sites/', { token: other.key }))).toEqual([401, 'api_key_revoked'])
  })

  test('and away for a while: D1 answers for it', async () => {
    const site = await connectSiteWithStructure()
    const away = () => Promise.reject(new Error('away'))
    const bindings = { API_KEYS: { get: away, put: away } as unknown as KVNamespace }
    expect((await call('GET /api/v1/sites/', { token: site.key, bindings })).status).toBe(200)
  })
})

describe('D1 is restored to an earlier moment, while the object goes on', () => {
  /** D1's rows at the time of the backup. Later rows are lost. */
  async function restore(row: NonNullable<Awaited<ReturnType<typeof readIntegration>>>) {
    await d1().update(integrations).set(row).where(eq(integrations.id, row.id))
  }

  test('and shows after the next sync what the object has', async () => {
    const site = await connectSiteWithStructure()
    await sync(site)
    const then = await readIntegration(site.integrationId)
    if (!then) throw new Error('no row')
    site.wordpress.structure.post_types['post'] = { label: 'Posts', count: 777, enabled: true }
    await sync(site)
    await sync(site)
    const later = await readIntegration(site.integrationId)
    expect(later?.syncEpoch).toBeGreaterThan(then.syncEpoch)
    await restore(then)
    expect((await sendWebhook(site)).status).toBe(202)
    await sync(site)
    const { body } = await call(`GET ${site.path}/content-types/`, { token: site.key })
    expect(body.post_types.post.count).toBe(777)
    expect(await readIntegration(site.integrationId)).toMatchObject({ syncStatus: 'success', connection: 'ready' })
  })

  test('under a run: that run says nothing wrong to D1, and the next one says what is right', async () => {
    const site = await connectSiteWithStructure()
    const then = await readIntegration(site.integrationId)
    if (!then) throw new Error('no row')
    const release = site.wordpress.hold()
    const started = await call(`POST ${site.path}/sync/`, { token: site.key, body: { direction: 'metadata' } })
    await vi.waitFor(async () => expect((await readIntegration(site.integrationId))?.syncStatus).toBe('syncing'))
    await restore(then)
    release()
    await call(`POST ${site.path}/runs/${started.body.id}/cancel/`, { token: site.key })
    await sync(site)
    expect(await readIntegration(site.integrationId)).toMatchObject({ syncStatus: 'success' })
  })

  test('and health checks overdue because of it are made by the cron', async () => {
    const site = await connectSiteWithStructure()
    const then = await readIntegration(site.integrationId)
    if (!then) throw new Error('no row')
    await restore({ ...then, nextCheckAt: new Date(Date.now() - 3_600_000), lastVerifiedAt: null })
    const execution = createExecutionContext()
    await worker.scheduled(createScheduledController({ scheduledTime: new Date(), cron: '* * * * *' }), env)
    await waitOnExecutionContext(execution)
    await vi.waitFor(async () => expect((await readIntegration(site.integrationId))?.lastVerifiedAt).not.toBeNull(), {
      timeout: 10_000,
    })
  })

  test('without a site: the site’s object refuses its key within a minute, with the reason', async () => {
    const site = await connectSiteWithStructure()
    await call(`DELETE ${site.path}/`, { token: site.owner.token })
    await env.DB.prepare('DELETE FROM api_keys WHERE id = ?').bind(site.keyId).run()
    movableClock().advance(61_000)
    expect(refusal(await sendWebhook(site))).toEqual([401, 'api_key_revoked'])
  })
})
