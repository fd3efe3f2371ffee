/** What an API key alone can and can't do. Each name is a line of docs/leaked-key.md; test/tooling/docs.test.ts compares. */
import { env } from 'cloudflare:workers'
import { and, eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { SCOPES } from '../../src/contract/sites.ts'
import { notificationMessages } from '../../src/db/events/schema.ts'
import { auditLog, connectionChanges, integrations } from '../../src/db/schema/index.ts'
import { openSigningSecrets } from '../../src/lib/link-credentials.ts'
import { createSigningSecret } from '../../src/lib/signature.ts'
import { routes } from '../../src/routes/index.ts'
import { createTestContext, createTestKey } from '../support/identity.ts'
import {
  COLLECTION,
  CONNECT,
  connectBody,
  connectSite,
  connectSiteWithStructure,
  createSiteWithKey,
  d1,
  eventsD1,
  movableClock,
  readIntegration,
  revokeBehindTheEdge,
  signedBy,
  type ConnectedSite,
} from '../support/integration.ts'
import { passOn } from '../support/notifications.ts'
import { call, refusal } from '../support/openapi.ts'
import { playInternet, startModelSite } from '../support/plugin.ts'

beforeAll(playInternet)

const NEEDS_CONFIRMATION = [409, 'connection_change_needs_confirmation']

const secretsOf = async (site: ConnectedSite) => {
  const row = await readIntegration(site.integrationId)
  return row ? openSigningSecrets(createTestContext({ kind: 'anonymous' }).config.keyRing, row, Date.now()) : []
}

const WEBHOOK = '/api/v1/integration/webhooks/wordpress/status/'
const EVENT = {
  event: 'post.deleted',
  post_id: 1,
  post_type: 'post',
  status: 'x',
  modified_gmt: '2026-11-21T10:00:00Z',
}

/** A webhook that this secret has signed. */
const tell = async (site: ConnectedSite, secret: string) =>
  call(`POST ${WEBHOOK}`, { token: site.key, body: EVENT, headers: await signedBy(secret, EVENT) })

/** A connect request with the key alone. */
const connect = (site: ConnectedSite, extra: object) => call(CONNECT, { body: { ...connectBody(site), ...extra } })

const waiting = async (site: ConnectedSite) =>
  (await call(`GET ${site.path}/connection-change/`, { token: site.owner.token })).body.change

const decide = async (site: ConnectedSite, verb: 'confirm' | 'refuse', changeId?: string) =>
  call(`POST ${site.path}/connection-change/${verb}/`, {
    token: site.owner.token,
    body: { change_id: changeId ?? (await waiting(site)).id },
  })

const auditOf = async (site: ConnectedSite) =>
  (await d1().select().from(auditLog).where(eq(auditLog.entityId, site.integrationId))).map(({ action }) => action)

const messagesOf = async ({ owner }: ConnectedSite) => {
  await passOn()
  const { accountId, type } = notificationMessages
  const own = and(eq(accountId, owner.accountId), eq(type, 'connection.security'))
  const messages = await eventsD1().select().from(notificationMessages).where(own)
  return messages.map(({ summary, body }) => ({ summary, data: JSON.parse(body).data }))
}

/** Nothing that the connection rests on has changed. */
async function stays(site: ConnectedSite, work: () => Promise<void>) {
  const [before, secrets] = [await readIntegration(site.integrationId), await secretsOf(site)]
  await work()
  const after = await readIntegration(site.integrationId)
  expect(after).toMatchObject({ siteUrl: before?.siteUrl, credentials: before?.credentials })
  expect(await secretsOf(site)).toEqual(secrets)
}

describe('can', () => {
  it('read the connection, its content types, runs and events', async () => {
    const site = await connectSiteWithStructure()
    for (const path of ['', '/content-types', '/sync-status', '/runs', '/events', '/authors'])
      expect((await call(`GET ${site.path}${path}/`, { token: site.key })).status).toBe(200)
  })

  it('read and change the content of the site in IGNY8, from where two-way sync writes it to WordPress', async () => {
    const site = await connectSiteWithStructure()
    const path = `/api/v1/sites/${site.siteId}/content`
    const made = await call(`POST ${path}/`, { token: site.key, body: { title: 'Written with a key' } })
    expect(made.status).toBe(201)
    const changed = await call(`PATCH ${path}/${made.body.id}/`, { token: site.key, body: { title: 'Changed' } })
    expect([changed.status, changed.body.title]).toEqual([200, 'Changed'])
    expect((await call(`GET ${path}/`, { token: site.key })).body.results).toHaveLength(1)
  })

  it('start a sync, a connection test, the doctor and a drift check', async () => {
    const site = await connectSiteWithStructure()
    const token = site.key
    expect((await call(`POST ${site.path}/sync/`, { token, body: { direction: 'metadata' } })).status).toBe(202)
    expect((await call(`POST ${site.path}/test-connection/`, { token })).status).toBe(200)
    expect((await call(`POST ${site.path}/doctor/`, { token })).status).toBe(200)
    expect((await call(`POST ${site.path}/check-drift/`, { token })).status).toBe(202)
  })

  it('change the settings of the connection, and switch it and its sync off and on', async () => {
    const site = await connectSiteWithStructure()
    for (const body of [{ sync_enabled: false }, { is_active: false }, { is_active: true, sync_enabled: true }])
      expect((await call(`PATCH ${site.path}/`, { token: site.key, body })).status).toBe(200)
    const body = { config_json: { conflict_policy: 'newest' } }
    expect((await call(`PATCH ${site.path}/`, { token: site.key, body })).status).toBe(200)
  })

  it('connect the site where it has no connection', async () => {
    const site = await createSiteWithKey()
    const answer = await call(CONNECT, { body: connectBody(site) })
    expect(answer.status).toBe(201)
    const [entry] = await d1().select().from(auditLog).where(eq(auditLog.entityId, answer.body.integration_id))
    expect(entry).toMatchObject({ action: 'integration.connected', actor: `api_key:${site.keyId}` })
  })

  it('ask for a new signing secret or address, which waits a week for a person, and of which the account is told', async () => {
    const site = await connectSite()
    const to = 'https://elsewhere.example.org'
    const body = { ...connectBody(site), site_url: to, signing_secret: createSigningSecret() }
    const answer = await call(CONNECT, { body, headers: { 'cf-connecting-ip': '203.0.113.9' } })
    expect(refusal(answer)).toEqual(NEEDS_CONFIRMATION)
    expect(answer.body.fix).toContain(`/sites/${site.siteId}/connection`)
    const change = await waiting(site)
    expect(change).toMatchObject({
      state: 'waiting',
      new_secret: true,
      current_url: site.wordpress.url,
      new_url: to,
      api_key: `${site.key.slice(0, 10)}…${site.key.slice(-4)}`,
      requested_from: '203.0.113.9',
    })
    expect(await auditOf(site)).toContain('integration.change_requested')
    const [message] = await messagesOf(site)
    expect(message?.summary).toBe('A change of a connection waits for your confirmation')
    expect(message?.data).toMatchObject({
      requested_from: '203.0.113.9',
      changes: [{ what: 'confirmation_requested' }],
    })
    movableClock().advance(7 * 86_400_000 + 1)
    expect(await waiting(site)).toBeNull()
  })
})

describe('can’t', () => {
  it('replace the signing secret of a connection', async () => {
    const site = await connectSite()
    await stays(site, async () => {
      expect(refusal(await connect(site, { signing_secret: createSigningSecret() }))).toEqual(NEEDS_CONFIRMATION)
    })
    expect(site.wordpress.executed).toEqual(['status'])
  })

  it('pass another secret off as the connection’s: a signature with any other secret counts as none', async () => {
    const site = await connectSite()
    const secret = createSigningSecret()
    const body = { ...connectBody(site), signing_secret: secret }
    await stays(site, async () => {
      const headers = await signedBy(secret, body)
      expect(refusal(await call(CONNECT, { body, headers }))).toEqual(NEEDS_CONFIRMATION)
    })
  })

  it('have a new secret accepted that the site doesn’t answer with, even with a person’s confirmation', async () => {
    const site = await connectSite()
    await connect(site, { signing_secret: createSigningSecret() })
    await stays(site, async () => {
      const { body } = await decide(site, 'confirm')
      expect(body).toMatchObject({ success: false, code: 'signature_rejected' })
    })
    expect((await waiting(site)).state).toBe('waiting')
  })

  it('change the address of a connection: neither by connecting, nor in its settings, nor by a move', async () => {
    const site = await connectSite()
    const there = startModelSite()
    there.signingSecret = site.wordpress.signingSecret
    await stays(site, async () => {
      expect(refusal(await connect(site, { site_url: there.url }))).toEqual(NEEDS_CONFIRMATION)
      const patched = await call(`PATCH ${site.path}/`, { token: site.key, body: { site_url: there.url } })
      expect(refusal(patched)).toEqual([403, 'person_required'])
      const body = { site_url: there.url, signing_secret: createSigningSecret() }
      expect(refusal(await call(`POST ${site.path}/move/`, { token: site.key, body }))).toEqual([
        401,
        'signature_missing',
      ])
    })
    expect(there.requests).toEqual([])
  })

  it('delete a connection, to connect another site in its place', async () => {
    const site = await connectSite()
    await stays(site, async () => {
      const remove = (headers: Record<string, string>) => call(`DELETE ${site.path}/`, { token: site.key, headers })
      expect(refusal(await remove({}))).toEqual([403, 'signature_required'])
      expect(refusal(await remove(await signedBy(createSigningSecret(), undefined)))).toEqual([
        403,
        'signature_required',
      ])
    })
    const headers = await signedBy(site.wordpress.signingSecret, undefined)
    expect((await call(`DELETE ${site.path}/`, { token: site.key, headers })).status).toBe(204)
  })

  it('read, confirm or refuse a change that waits', async () => {
    const site = await connectSite()
    await connect(site, { signing_secret: createSigningSecret() })
    const { id } = await waiting(site)
    const path = `${site.path}/connection-change`
    const options = { token: site.key, body: { change_id: id } }
    expect(refusal(await call(`GET ${path}/`, { token: site.key }))).toEqual([403, 'person_required'])
    expect(refusal(await call(`POST ${path}/confirm/`, options))).toEqual([403, 'person_required'])
    expect(refusal(await call(`POST ${path}/refuse/`, options))).toEqual([403, 'person_required'])
    expect((await waiting(site)).state).toBe('waiting')
  })

  it('have another change confirmed than the one that the person has read', async () => {
    const site = await connectSite()
    await connect(site, { signing_secret: createSigningSecret() })
    const { id } = await waiting(site)
    movableClock().advance(61_000)
    await connect(site, { signing_secret: createSigningSecret(), site_url: 'https://elsewhere.example.org' })
    await stays(site, async () => {
      expect(refusal(await decide(site, 'confirm', id))).toEqual([404, 'connection_change_not_found'])
    })
  })

  it('push aside a change within a minute in which a person may read it', async () => {
    const site = await connectSite()
    await connect(site, { signing_secret: createSigningSecret() })
    const { id } = await waiting(site)
    expect(refusal(await connect(site, { signing_secret: createSigningSecret() }))).toEqual([429, 'too_many_requests'])
    expect((await waiting(site)).id).toBe(id)
  })

  it('have a refused change again by asking again', async () => {
    const site = await connectSite()
    const secret = createSigningSecret()
    await connect(site, { signing_secret: secret })
    expect((await decide(site, 'refuse')).status).toBe(204)
    expect(refusal(await connect(site, { signing_secret: secret }))).toEqual([409, 'connection_change_refused'])
    expect(await waiting(site)).toBeNull()
    expect(await auditOf(site)).toContain('integration.change_refused')
  })

  it('fill mailboxes: of its requests the account is told once an hour', async () => {
    const site = await connectSite()
    const clock = movableClock()
    for (let turn = 0; turn < 4; turn++) {
      await connect(site, { signing_secret: createSigningSecret() })
      clock.advance(61_000)
    }
    expect(await messagesOf(site)).toHaveLength(1)
    clock.advance(3_600_000)
    await connect(site, { signing_secret: createSigningSecret() })
    expect(await messagesOf(site)).toHaveLength(2)
  })

  it('keep more than one change waiting', async () => {
    const site = await connectSite()
    const clock = movableClock()
    for (let turn = 0; turn < 3; turn++) {
      await connect(site, { signing_secret: createSigningSecret() })
      clock.advance(61_000)
    }
    const rows = await d1()
      .select()
      .from(connectionChanges)
      .where(eq(connectionChanges.integrationId, site.integrationId))
    expect(rows).toHaveLength(1)
  })

  it('have its change confirmed once it is revoked', async () => {
    const site = await connectSite()
    await connect(site, { signing_secret: createSigningSecret() })
    const { id } = await waiting(site)
    await call(`DELETE /api/v1/sites/${site.siteId}/api-keys/${site.keyId}/`, { token: site.owner.token })
    expect(await waiting(site)).toBeNull()
    expect(refusal(await decide(site, 'confirm', id))).toEqual([404, 'connection_change_not_found'])
  })

  it('send webhooks or poll: both need the signing secret', async () => {
    const site = await connectSite()
    const poll = {
      protocol: 1,
      trigger: 'cron',
      clock: 1,
      transport: 'polling',
      wants: { commands: 1, bytes: 1000 },
      results: [],
    }
    const requests = [
      [WEBHOOK, EVENT],
      [`${site.path}/poll/`, poll],
    ] as const
    for (const [path, body] of requests) {
      const answer = await call(`POST ${path}`, { token: site.key, body })
      expect(refusal(answer)).toEqual([401, 'signature_missing'])
      const headers = await signedBy(createSigningSecret(), body)
      expect(refusal(await call(`POST ${path}`, { token: site.key, body, headers }))).toEqual([
        401,
        'signature_invalid',
      ])
    }
  })

  it('say as which WordPress user the plugin writes', async () => {
    const site = await connectSite()
    const push = (id: number) => ({ ...site.wordpress.structure, acting_user: { id, name: 'Ada', source: 'chosen' } })
    const send = async (body: object, secret?: string) => {
      const headers = secret === undefined ? {} : await signedBy(secret, body)
      expect((await call(`POST ${site.path}/update-structure/`, { token: site.key, body, headers })).status).toBe(200)
    }
    await send(push(3), site.wordpress.signingSecret)
    await send(push(4))
    await send(push(5), createSigningSecret())
    expect(await readIntegration(site.integrationId)).toMatchObject({ actingUser: { id: 3 } })
    expect(await auditOf(site)).not.toContain('integration.acting_user_changed')
    await send(push(6), site.wordpress.signingSecret)
    expect(await auditOf(site)).toContain('integration.acting_user_changed')
    expect((await messagesOf(site)).map(({ data }) => data.changes[0])).toEqual([
      { what: 'acting_user_changed', from: 'Ada (user 3, chosen)', to: 'Ada (user 6, chosen)' },
    ])
  })

  it('read a secret: neither a whole key nor a signing secret is in any answer', async () => {
    const site = await connectSiteWithStructure()
    await connect(site, { signing_secret: createSigningSecret() })
    const reads = routes.filter(
      ({ method, access, path }) => method === 'get' && access.kind === 'member' && !path.endsWith('live'),
    )
    for (const { path } of reads) {
      const filled = path.replace(':site_id', site.siteId).replace(':integration_id', site.integrationId)
      if (filled.includes(':')) continue
      const text = JSON.stringify((await call(`GET ${filled}/`, { token: site.key })).body)
      expect(text).not.toMatch(/whsec_|igny8_[0-9A-Za-z]{20}|v1\.[a-z0-9]+\./)
    }
  })

  it('see or change another site, of the same account or of another', async () => {
    const site = await connectSite()
    for (const other of [await connectSite(site.owner), await connectSite()]) {
      const token = site.key
      expect(refusal(await call(`GET ${other.path}/`, { token }))).toEqual([404, 'integration_not_found'])
      expect(refusal(await call(`GET /api/v1/sites/${other.siteId}/content/`, { token }))[0]).toBe(404)
      const body = { ...connectBody(other), api_key: site.key }
      expect(refusal(await call(CONNECT, { body }))).toEqual([403, 'invalid_api_key'])
    }
  })

  it('do what people do: manage keys, members, sites, endpoints or notifications', async () => {
    const site = await connectSite()
    for (const { path, method, access } of routes.filter((route) => route.access.kind === 'person')) {
      const filled = path.replace(':site_id', site.siteId).replace(':integration_id', site.integrationId)
      const answer = await call(`${method.toUpperCase()} ${filled.replaceAll(/:\w+/g, 'x')}/`, { token: site.key })
      expect([path, access.kind, ...refusal(answer)]).toEqual([path, 'person', 403, 'person_required'])
    }
  })

  it('go beyond its scopes', async () => {
    const site = await connectSite()
    for (const scope of SCOPES) {
      const { key } = await createTestKey(site.owner, site.siteId, { scopes: [scope] })
      const isRead = scope === 'integration:read'
      expect((await call(`GET ${site.path}/`, { token: key })).status).toBe(isRead ? 200 : 403)
      const body = { ...connectBody(site), api_key: key, signing_secret: createSigningSecret() }
      const expected = scope === 'integration:write' ? NEEDS_CONFIRMATION : [403, 'insufficient_scope']
      expect([scope, ...refusal(await call(CONNECT, { body }))]).toEqual([scope, ...expected])
    }
  })

  it('change what the plugin of a site is updated to', async () => {
    const site = await connectSite()
    const paths = ['manifest.json', 'igny8-wordpress-bridge.zip', '9.9.9/igny8-wordpress-bridge.zip']
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      for (const path of paths) {
        const request = {
          method,
          headers: { authorization: `Bearer ${site.key}` },
          body: '{"manifest":"","signatures":[]}',
        }
        expect((await createApp().request(`/plugin/${path}`, request, env)).status).toBe(404)
      }
  })

  it('write anything once it is revoked, from the next request on, even where KV still has it', async () => {
    const site = await connectSite()
    await revokeBehindTheEdge(site, { id: site.keyId, key: site.key })
    const sync = await call(`POST ${site.path}/sync/`, { token: site.key, body: { direction: 'metadata' } })
    expect(refusal(sync)).toEqual([401, 'api_key_revoked'])
    expect(refusal(await connect(site, { signing_secret: createSigningSecret() }))).toEqual([403, 'invalid_api_key'])
  })
})

describe('a site whose plugin has lost its secret', () => {
  it('is connected as soon as a person confirms, with the new secret alone', async () => {
    const site = await connectSite()
    const [old, secret] = [site.wordpress.signingSecret, createSigningSecret()]
    expect((await tell(site, old)).status).toBe(202)
    site.wordpress.signingSecret = secret
    expect(refusal(await connect(site, {}))).toEqual(NEEDS_CONFIRMATION)
    const { status, body } = await decide(site, 'confirm')
    expect([status, body.success, body.code]).toEqual([200, true, 'connected'])
    expect(await secretsOf(site)).toEqual([secret])
    expect(await waiting(site)).toBeNull()
    // the plugin's next try finds everything done
    expect((await connect(site, {})).status).toBe(200)
    expect(await secretsOf(site)).toEqual([secret])
    expect(await auditOf(site)).toEqual(
      expect.arrayContaining(['integration.change_confirmed', 'integration.connection_changed']),
    )
    expect((await messagesOf(site)).at(-1)?.data.changes).toEqual([{ what: 'secret_replaced', from: null, to: null }])
    // the object has kept the old secret, and forgets it
    expect((await tell(site, old)).status).toBe(401)
    expect((await tell(site, secret)).status).toBe(202)
  })

  it('that can’t be called is connected by its own next try, by polling, once a person has confirmed', async () => {
    const site = await connectSite()
    const secret = createSigningSecret()
    site.wordpress.signingSecret = secret
    site.wordpress.fault = { kind: 'down' }
    const transports = ['direct', 'polling']
    expect(refusal(await connect(site, { transports }))).toEqual(NEEDS_CONFIRMATION)
    const confirmed = await decide(site, 'confirm')
    expect(confirmed.body).toMatchObject({ success: false, code: 'connection_lost' })
    expect((await waiting(site)).state).toBe('confirmed')
    const offered = await connect(site, { transports })
    expect(refusal(offered)).toEqual([422, 'connection_lost'])
    const result = { id: offered.body.polling.challenge, ok: true, data: site.wordpress.status, took_ms: 1 }
    const body = { ...connectBody(site), transports, polling: { result } }
    const answer = await call(CONNECT, { body, headers: await signedBy(secret, body) })
    expect([answer.status, answer.body.transport]).toEqual([200, 'polling'])
    expect(await secretsOf(site)).toEqual([secret])
    expect(await waiting(site)).toBeNull()
  })

  it('is connected at once by the session of a person of the account, from editor up', async () => {
    const site = await connectSite()
    site.wordpress.signingSecret = createSigningSecret()
    const answer = await call(CONNECT, { body: connectBody(site), token: site.owner.token })
    expect(answer.status).toBe(200)
    expect(await secretsOf(site)).toEqual([site.wordpress.signingSecret])
  })
})

describe('a plugin that still has its secret', () => {
  it('rotates it without asking anybody, and its account is told', async () => {
    const site = await connectSite()
    const [old, secret] = [site.wordpress.signingSecret, createSigningSecret()]
    site.wordpress.pendingSecrets.push(secret)
    const body = { ...connectBody(site), signing_secret: secret }
    expect((await call(CONNECT, { body, headers: await signedBy(old, body) })).status).toBe(200)
    expect(await secretsOf(site)).toEqual([secret, old])
    expect((await messagesOf(site)).map(({ summary }) => summary)).toEqual([
      'The signing secret of a connection was replaced',
    ])
  })

  it('is not believed a new secret that its site answers with the old one to', async () => {
    const site = await connectSite()
    const old = site.wordpress.signingSecret
    const body = { ...connectBody(site), signing_secret: createSigningSecret() }
    await stays(site, async () => {
      const answer = await call(CONNECT, { body, headers: await signedBy(old, body) })
      expect(refusal(answer)).toEqual([422, 'signature_rejected'])
    })
  })

  it('tells the account which API key it uses from now on', async () => {
    const site = await connectSite()
    const { key } = await createTestKey(site.owner, site.siteId)
    expect((await connect(site, { api_key: key })).status).toBe(200)
    expect((await messagesOf(site)).at(-1)?.data.changes).toMatchObject([{ what: 'key_changed' }])
    expect(await auditOf(site)).toContain('integration.connection_changed')
    const [row] = await d1().select().from(integrations).where(eq(integrations.id, site.integrationId))
    expect(row?.apiKeyMasked).toBe(`${key.slice(0, 10)}…${key.slice(-4)}`)
  })
})

it('nothing is told of a first connection or of one that is made again unchanged', async () => {
  const site = await connectSite()
  expect((await connect(site, {})).status).toBe(200)
  expect((await call(`GET ${COLLECTION}/`, { token: site.owner.token })).status).toBe(200)
  expect(await messagesOf(site)).toEqual([])
})
