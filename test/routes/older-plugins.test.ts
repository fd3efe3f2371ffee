import { beforeAll, describe, expect, test, vi } from 'vitest'
import { signMessage } from '../../src/lib/signature.ts'
import { call, refusal } from '../support/openapi.ts'
import {
  CONNECT,
  connectBody,
  connectSite,
  connectSiteWithStructure,
  createSiteWithKey,
  lastEvent,
  readIntegration,
  type ConnectedSite,
} from '../support/integration.ts'
import { playInternet } from '../support/plugin.ts'

beforeAll(playInternet)

/** What a later release may add, anywhere. */
const LATER = { a_later_field: { of: ['another', 'release'] } }

let sent = 0
async function sendSigned(site: ConnectedSite, path: string, body: unknown) {
  const [id, timestamp] = [`msg_older_${++sent}`, Math.floor(Date.now() / 1000)]
  const secrets = [site.wordpress.signingSecret]
  const signature = await signMessage({ id, timestamp, body: JSON.stringify(body), secrets })
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
  return call(`POST ${path}`, { token: site.key, body, headers })
}

describe('T50 a plugin of another release', () => {
  test('may say more than this API knows, in everything that it sends', async () => {
    const site = await createSiteWithKey()
    site.wordpress.status = { ...site.wordpress.status, ...LATER }
    const connected = await call(CONNECT, { body: { ...connectBody(site), ...LATER, plugin_version: '9.9.9' } })
    expect(connected.status).toBe(201)
    const own = {
      ...site,
      integrationId: connected.body.integration_id,
      path: `/api/v1/integration/integrations/${connected.body.integration_id}`,
    }
    const structure = { ...site.wordpress.structure, ...LATER }
    expect((await call(`POST ${own.path}/update-structure/`, { token: own.key, body: structure })).status).toBe(200)
    const event = {
      event: 'post.deleted',
      post_id: 1,
      post_type: 'post',
      status: 'x',
      modified_gmt: '2026-11-21T10:00:00Z',
    }
    const webhook = await sendSigned(own, '/api/v1/integration/webhooks/wordpress/status/', { ...event, ...LATER })
    expect(webhook.status).toBe(202)
    const heartbeat = {
      protocol: 1,
      trigger: 'something_later',
      clock: 1,
      transport: 'polling',
      wants: { commands: 1, bytes: 1000, ...LATER },
      results: [{ id: 'cmd_x', ok: true, data: {}, took_ms: 1, ...LATER }],
      ...LATER,
    }
    expect((await sendSigned(own, `${own.path}/poll/`, heartbeat)).status).toBe(200)
  })

  test('that sends only what the first release sent connects and is checked', async () => {
    const site = await createSiteWithKey()
    const { status } = site.wordpress
    for (const later of ['outbox', 'install', 'polling'] as const) expect(status).not.toHaveProperty(later)
    expect((await call(CONNECT, { body: connectBody(site) })).status).toBe(201)
  })

  test('that is too old is refused with a fix, before it is called, and leaves nothing', async () => {
    const site = await createSiteWithKey()
    const answer = await call(CONNECT, { body: { ...connectBody(site), plugin_version: '0.0.9' } })
    expect(refusal(answer)).toEqual([422, 'plugin_too_old'])
    expect(answer.body).toMatchObject({
      fix: expect.stringContaining('Update'),
      detail: expect.stringContaining('0.0.9'),
    })
    expect(site.wordpress.requests).toEqual([])
    const list = await call(`GET /api/v1/integration/integrations/?site_id=${site.siteId}`, { token: site.key })
    expect(list.body.results).toEqual([])
  })

  test('that was connected before it became too old goes on, degraded, with the reason', async () => {
    const site = await connectSiteWithStructure()
    site.wordpress.status = { ...site.wordpress.status, plugin_version: '0.0.9' }
    await call(`POST ${site.path}/test-connection/`, { token: site.key })
    expect(await readIntegration(site.integrationId)).toMatchObject({
      connection: 'degraded',
      connectionReason: 'plugin_outdated',
      connectionDetail: expect.stringContaining('0.0.9'),
    })
    await call(`POST ${site.path}/sync/`, { token: site.key, body: { direction: 'metadata' } })
    await vi.waitFor(async () => expect(await lastEvent(site.integrationId, 'sync')).toMatchObject({ success: true }))
  })

  test('may answer a command with more than is asked', async () => {
    const site = await connectSite()
    site.wordpress.structure = { ...site.wordpress.structure, ...LATER }
    await call(`POST ${site.path}/sync/`, { token: site.key, body: { direction: 'metadata' } })
    await vi.waitFor(async () => expect(await lastEvent(site.integrationId, 'sync')).toMatchObject({ success: true }))
  })
})
