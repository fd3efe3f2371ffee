import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { auditLog } from '../../src/db/schema/index.ts'
import { createSigningSecret, signMessage } from '../../src/lib/signature.ts'
import { createTestSite } from '../support/identity.ts'
import { connectSite, d1, lastEvent, readIntegration, siteObject, type ConnectedSite } from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'
import { modelSiteAt, playInternet, startModelSite, type ModelSite } from '../support/plugin.ts'

beforeAll(playInternet)

let made = 0
const newUrl = () => `https://moved-${++made}.example.net`

async function signed(body: unknown, secret: string, timestamp = Math.floor(Date.now() / 1000)) {
  const id = `msg_move_${++made}`
  const signature = await signMessage({ id, timestamp, body: JSON.stringify(body), secrets: [secret] })
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
}

/** The connected site at another address, with the link's secret, and with the status of a clone that waits for its owner. */
function standAt(url: string, { wordpress }: ConnectedSite): ModelSite {
  const there = startModelSite(url)
  there.signingSecret = wordpress.signingSecret
  there.status.install = { id: 'an-installation', connected_url: wordpress.url, is_clone: true }
  return there
}

interface Move {
  to: string
  secret?: string
  newSecret?: string
  more?: object
}

async function move(site: ConnectedSite, { to, secret, newSecret = createSigningSecret(), more }: Move) {
  const there = modelSiteAt(to)
  if (there?.status.install) there.pendingSecrets.push(newSecret)
  const body = { site_url: to, signing_secret: newSecret, ...more }
  const headers = await signed(body, secret ?? site.wordpress.signingSecret)
  return call(`POST ${site.path}/move/`, { token: site.key, body, headers })
}

const urlsOf = async (site: ConnectedSite) => {
  const [{ body: own }, { body: link }] = await Promise.all([
    call(`GET /api/v1/sites/${site.siteId}/`, { token: site.owner.token }),
    call(`GET ${site.path}/`, { token: site.owner.token }),
  ])
  return [own.url, link.site_url]
}

describe('T33 a site whose owner says that it has moved', () => {
  test('is called at its new address, and then followed by site and integration', async () => {
    const site = await connectSite()
    const to = newUrl()
    const there = standAt(to, site)
    const { status, body } = await move(site, { to: `${to}/` })
    expect([status, body.code, body.transport]).toEqual([200, 'moved', 'direct'])
    expect(there.executed).toEqual(['status'])
    expect(await urlsOf(site)).toEqual([to, to])
    expect(await readIntegration(site.integrationId)).toMatchObject({
      commandsUrl: `${to}/wp-json/igny8/v1/commands`,
      connection: 'structure_syncing',
    })
    const note = `Moved from ${site.wordpress.url} to ${to}.`
    expect(await lastEvent(site.integrationId, 'move')).toMatchObject({ success: true, detail: note })
    const moved = (await d1().select().from(auditLog).where(eq(auditLog.entityId, site.siteId))).at(-1)
    expect(moved).toMatchObject({ action: 'site.moved', metadata: { from: site.wordpress.url, to } })
  })

  test('has a new secret at once: what is left at the old address is believed nothing', async () => {
    const site = await connectSite()
    const event = {
      event: 'post.status',
      post_id: 1,
      post_type: 'post',
      status: 'publish',
      modified_gmt: '2026-11-22T00:00:00Z',
    }
    const tell = async (secret: string) =>
      call('POST /api/v1/integration/webhooks/wordpress/status/', {
        token: site.key,
        body: event,
        headers: await signed(event, secret),
      })
    expect((await tell(site.wordpress.signingSecret)).status).toBe(202)
    const [to, newSecret] = [newUrl(), createSigningSecret()]
    standAt(to, site)
    expect((await move(site, { to, newSecret })).status).toBe(200)
    expect(refusal(await tell(site.wordpress.signingSecret))).toEqual([401, 'signature_invalid'])
    expect((await tell(newSecret)).status).toBe(202)
  })

  test('can say so again where the answer got lost: with the new secret, and nothing changes', async () => {
    const site = await connectSite()
    const [to, newSecret] = [newUrl(), createSigningSecret()]
    const there = standAt(to, site)
    expect((await move(site, { to, newSecret })).status).toBe(200)
    there.signingSecret = newSecret
    expect((await move(site, { to, newSecret, secret: newSecret })).status).toBe(200)
    expect(await urlsOf(site)).toEqual([to, to])
  })

  test('that can’t be called there either proves that it calls, and is served by polling', async () => {
    const site = await connectSite()
    const [to, newSecret] = [newUrl(), createSigningSecret()]
    const there = standAt(to, site)
    there.fault = { kind: 'down' }
    const transports = ['direct', 'polling']
    const refused = await move(site, { to, newSecret, more: { transports } })
    expect(refusal(refused)).toEqual([422, 'connection_lost'])
    expect(await urlsOf(site)).toEqual([site.wordpress.url, site.wordpress.url])
    const challengeResult = (id: string) => ({
      transports,
      polling: { result: { id, ok: true, data: there.status, took_ms: 1 } },
    })
    const { challenge } = refused.body.polling
    // a challenge of another address, or an invented one, is not accepted
    const other = await move(site, { to: newUrl(), newSecret, more: challengeResult(challenge) })
    expect(refusal(other)).toEqual([422, 'dns_failed'])
    const { status, body } = await move(site, { to, newSecret, more: challengeResult(challenge) })
    expect([status, body.transport]).toEqual([200, 'polling'])
    expect(await urlsOf(site)).toEqual([to, to])
    expect(await siteObject(site.siteId).runs(site.integrationId)).toMatchObject({ currentRun: null })
  })
})

describe('T33 a move that is refused', () => {
  const stays = async (site: ConnectedSite) => {
    expect(await urlsOf(site)).toEqual([site.wordpress.url, site.wordpress.url])
    const test = await call(`POST ${site.path}/test-connection/`, { token: site.key })
    expect(test.body).toMatchObject({ success: true })
  }

  test('by a key alone, by another secret, or of another time, calls no site', async () => {
    const site = await connectSite()
    const to = newUrl()
    const there = standAt(to, site)
    const body = { site_url: to, signing_secret: createSigningSecret() }
    const post = async (headers: Record<string, string>) =>
      refusal(await call(`POST ${site.path}/move/`, { token: site.key, body, headers }))
    expect(await post({})).toEqual([401, 'signature_missing'])
    expect(await post(await signed(body, body.signing_secret))).toEqual([401, 'signature_invalid'])
    expect(await post(await signed({ ...body, site_url: newUrl() }, site.wordpress.signingSecret))).toEqual([
      401,
      'signature_invalid',
    ])
    const late = Math.floor(Date.now() / 1000) - 301
    expect(await post(await signed(body, site.wordpress.signingSecret, late))).toEqual([401, 'timestamp_out_of_range'])
    expect(there.requests).toEqual([])
    await stays(site)
  })

  test('is refused if no site, or another site, answers there', async () => {
    const site = await connectSite()
    expect(refusal(await move(site, { to: newUrl() }))).toEqual([422, 'dns_failed'])
    const foreign = startModelSite(newUrl())
    expect(refusal(await move(site, { to: foreign.url }))).toEqual([422, 'signature_rejected'])
    expect(await lastEvent(site.integrationId, 'move')).toMatchObject({ success: false, code: 'signature_rejected' })
    await stays(site)
  })

  test('where what answers there calls itself otherwise', async () => {
    const site = await connectSite()
    const to = newUrl()
    standAt(to, site).status.home_url = 'https://elsewhere.example.net'
    const answer = await move(site, { to })
    expect(refusal(answer)).toEqual([422, 'invalid_site_url'])
    expect(answer.body.detail).toContain('https://elsewhere.example.net')
    await stays(site)
  })

  test.each([
    ['http://169.254.169.254/latest', 'private_address'],
    ['https://10.0.0.1', 'private_address'],
    ['https://intranet', 'private_address'],
    ['https://moved.example.net:8443', 'invalid_site_url'],
  ])('to an address that must not be called: %s', async (to, code) => {
    const site = await connectSite()
    expect(refusal(await move(site, { to }))).toEqual([422, code])
    await stays(site)
  })

  test('to the address of another site of the account, in whatever form it is written', async () => {
    const site = await connectSite()
    const to = newUrl()
    standAt(to, site)
    await createTestSite(site.owner, to.replace('https://', 'http://www.'))
    const answer = await move(site, { to })
    expect(refusal(answer)).toEqual([409, 'site_url_taken'])
    expect(answer.body.fix).toContain('copy')
    const neighbour = await connectSite(site.owner)
    standAt(`${neighbour.wordpress.url}/`, site)
    expect(refusal(await move(site, { to: neighbour.wordpress.url }))).toEqual([409, 'site_url_taken'])
    await stays(site)
  })

  test('is never refused for an address in another account, which would reveal it', async () => {
    const site = await connectSite()
    const to = newUrl()
    standAt(to, site)
    const stranger = await connectSite()
    await createTestSite(stranger.owner, to)
    expect((await move(site, { to })).status).toBe(200)
  })

  test('is one of two where two sites of the account come at once to the same address', async () => {
    const site = await connectSite()
    // as a site and its restored backup, each with its own connection
    const second = await connectSite(site.owner, site.wordpress.signingSecret)
    const to = newUrl()
    const there = standAt(to, site)
    const open = there.hold()
    const moves = [site, second].map(async (one) => move(one, { to }))
    await vi.waitFor(() => expect(there.requests).toHaveLength(2))
    open()
    const answers = await Promise.all(moves)
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('site_url_taken')
    const urls = [await urlsOf(site), await urlsOf(second)].flat()
    expect(urls.filter((url) => url === to)).toHaveLength(2)
    expect(new Set(urls).size).toBe(2)
  })

  test('when the integration is switched off', async () => {
    const site = await connectSite()
    await call(`PATCH ${site.path}/`, { token: site.owner.token, body: { is_active: false } })
    expect(refusal(await move(site, { to: newUrl() }))).toEqual([409, 'sync_disabled'])
  })
})
