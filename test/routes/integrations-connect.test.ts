import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { ERRORS } from '../../src/contract/errors.ts'
import { integrations } from '../../src/db/schema/index.ts'
import { createId } from '../../src/lib/ids.ts'
import { openSigningSecrets } from '../../src/lib/link-credentials.ts'
import { addMember, createTestContext, createTestKey, inAccount, signUpPerson } from '../support/identity.ts'
import {
  COLLECTION,
  CONNECT,
  connectBody,
  connectSite,
  connectSiteWithStructure,
  createSiteWithKey,
  d1,
  lastEvent,
  movableClock,
  readIntegration,
  signedBy,
  type TestSite,
} from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'
import { playInternet, shortenTimeouts, startModelSite, type Fault } from '../support/plugin.ts'

beforeAll(playInternet)

const integrationOf = async ({ siteId }: TestSite) => {
  const [row] = await d1().select().from(integrations).where(eq(integrations.siteId, siteId))
  return row
}
const connect = (site: TestSite, extra: Record<string, unknown> = {}) =>
  call(CONNECT, { body: { ...connectBody(site), ...extra } })
const secretsOf = async (site: TestSite) => {
  const row = await integrationOf(site)
  return row ? openSigningSecrets(createTestContext({ kind: 'anonymous' }).config.keyRing, row, Date.now()) : []
}

/** Bindings that hold a request before its first delete. */
function deletionsAtGate() {
  const opened = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  const wait = async <T>(run: () => Promise<T>): Promise<T> => {
    reached.resolve()
    await opened.promise
    return run()
  }
  const held = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get(target, name) {
        if (name === 'bind') return (...values: unknown[]) => held(target.bind(...values))
        if (name === 'run') return () => wait(() => target.run())
        return Reflect.get(target, name, target)
      },
    })
  const session = (from: string) => {
    const real = env.DB.withSession(from)
    const prepare = (query: string) => (query.startsWith('delete') ? held(real.prepare(query)) : real.prepare(query))
    return { prepare, batch: real.batch.bind(real), getBookmark: real.getBookmark.bind(real) }
  }
  const DB = { withSession: session } as unknown as D1Database
  return { bindings: { DB }, reached: reached.promise, open: opened.resolve }
}

/** Faults of a site with their codes. */
const FAULTS: [Fault, string][] = [
  [{ kind: 'down' }, 'connection_lost'],
  [{ kind: 'hang' }, 'wordpress_timeout'],
  [{ kind: 'html' }, 'not_wordpress'],
  [{ kind: 'no_plugin' }, 'plugin_not_found'],
  [{ kind: 'not_connected' }, 'plugin_not_connected'],
  [{ kind: 'wrong_signature' }, 'response_unsigned'],
  [{ kind: 'status', status: 500 }, 'wordpress_error'],
  [{ kind: 'status', status: 429, headers: { 'retry-after': '7' } }, 'wordpress_busy'],
  [{ kind: 'status', status: 301, headers: { location: 'https://elsewhere.example.org/' } }, 'redirected_elsewhere'],
  [{ kind: 'status', status: 302, headers: { location: 'http://169.254.169.254/latest' } }, 'private_address'],
  [{ kind: 'status', status: 401, headers: { 'www-authenticate': 'Basic' } }, 'basic_auth_required'],
]

describe('the collection-level test', () => {
  test('makes the integration where there is none, and says so', async () => {
    const site = await createSiteWithKey()
    const answer = await connect(site)
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({ success: true, code: 'connected', fix: null })
    expect(answer.body.detail).toContain(`${site.wordpress.url}/wp-json/igny8/v1/commands`)
    const row = await integrationOf(site)
    expect(row).toMatchObject({ id: answer.body.integration_id, connection: 'structure_syncing', isActive: true })
    expect(row?.apiKeyMasked).toBe(`${site.key.slice(0, 10)}…${site.key.slice(-4)}`)
    expect(row?.nextCheckAt?.getTime()).toBeGreaterThan(Date.now())
    expect(await lastEvent(answer.body.integration_id, 'connect')).toMatchObject({ success: true })
    expect(site.wordpress.executed).toEqual(['status'])
  })

  test('keeps the signing secret encrypted, and the one before beside it', async () => {
    const site = await connectSite()
    const first = site.wordpress.signingSecret
    site.wordpress.signingSecret = startModelSite().signingSecret
    const body = connectBody(site)
    expect((await call(CONNECT, { body, headers: await signedBy(first, body) })).status).toBe(200)
    expect(await secretsOf(site)).toEqual([site.wordpress.signingSecret, first])
    const row = JSON.stringify(await integrationOf(site))
    expect(row).not.toContain(first.slice(6, 30))
    expect(row).not.toContain(site.wordpress.signingSecret.slice(6, 30))
  })

  test('answers 200 where the integration exists, and heals its state', async () => {
    const site = await connectSiteWithStructure()
    site.wordpress.fault = { kind: 'status', status: 500 }
    await call(`POST ${site.path}/test-connection/`, { token: site.key })
    expect(await readIntegration(site.integrationId)).toMatchObject({ connection: 'degraded' })
    site.wordpress.fault = null
    const answer = await connect(site)
    expect([answer.status, answer.body.integration_id]).toEqual([200, site.integrationId])
    expect(await readIntegration(site.integrationId)).toMatchObject({ connection: 'ready', connectionReason: null })
  })

  test('heals a state that has changed before, as often as it is needed', async () => {
    const site = await connectSite()
    for (const connection of ['degraded', 'ready', 'key_revoked'] as const) {
      await d1().update(integrations).set({ connection }).where(eq(integrations.siteId, site.siteId))
      expect((await connect(site)).status).toBe(200)
    }
  })

  test.each(FAULTS)('%j is refused with its reason, and leaves no integration behind', async (fault, code) => {
    if (fault.kind === 'hang') shortenTimeouts()
    const site = await createSiteWithKey()
    site.wordpress.fault = fault
    const answer = await connect(site)
    expect(refusal(answer)).toEqual([422, code])
    expect(answer.body.fix).toBe(ERRORS[code as keyof typeof ERRORS].fix)
    expect(answer.body.evidence.length).toBeGreaterThan(0)
    expect(await integrationOf(site)).toBeUndefined()
  })

  test.each([
    ['http://10.0.0.1', 'private_address'],
    ['https://wordpress.internal', 'private_address'],
    ['http://0x7f.1:8080/', 'wordpress_error'],
    ['https://user:secret@example.com', 'invalid_site_url'],
    ['https://example.com:8443', 'invalid_site_url'],
    ['https://nowhere.example.com', 'dns_failed'],
  ])('T37 of %s leaves no integration behind', async (url, code) => {
    const site = await createSiteWithKey()
    startModelSite('http://127.0.0.1:8080').fault = { kind: 'status', status: 500 }
    const answer = await connect(site, { site_url: url })
    expect(refusal(answer)).toEqual([422, code])
    expect(JSON.stringify(answer.body)).not.toContain('secret')
    expect(await integrationOf(site)).toBeUndefined()
  })

  test('that fails changes nothing of an integration that was there before', async () => {
    const site = await connectSiteWithStructure()
    const before = await integrationOf(site)
    const good = site.wordpress.signingSecret
    for (const fault of [{ kind: 'no_plugin' }, { kind: 'wrong_signature' }] as const) {
      site.wordpress.fault = fault
      const body = { ...connectBody(site), signing_secret: startModelSite().signingSecret }
      site.wordpress.pendingSecrets.push(body.signing_secret)
      expect((await call(CONNECT, { body, headers: await signedBy(good, body) })).status).toBe(422)
    }
    expect(await integrationOf(site)).toEqual(before)
    expect(await secretsOf(site)).toEqual([good])
    expect(await lastEvent(site.integrationId, 'connect')).toMatchObject({
      success: false,
      code: expect.stringMatching(/plugin_not_found|response_unsigned/),
    })
  })

  test('is open to the site’s key in the body, to its key as credentials, and to its people from editor up', async () => {
    const { owner } = await createSiteWithKey()
    const editor = await addMember(owner, 'editor')
    for (const credentials of ['body', 'bearer', 'owner', 'editor'] as const) {
      const site = await createSiteWithKey(owner)
      const { api_key: apiKey, ...rest } = connectBody(site)
      const options = {
        body: { body: { ...rest, api_key: apiKey } },
        bearer: { body: rest, token: site.key },
        owner: { body: rest, token: owner.token },
        editor: { body: rest, token: editor.token, headers: inAccount(owner) },
      }[credentials]
      expect((await call(CONNECT, options)).status).toBe(201)
    }
  })

  test('T38 is closed to everybody else, who changes nothing', async () => {
    const site = await createSiteWithKey()
    const [other, stranger] = [await createSiteWithKey(site.owner), await createSiteWithKey()]
    const viewer = await addMember(site.owner, 'viewer')
    const reader = await createTestKey(site.owner, site.siteId, { scopes: ['integration:read', 'content:write'] })
    const { api_key: _, ...rest } = connectBody(site)
    const attempts: [Parameters<typeof call>[1], [number, string]][] = [
      [{ body: rest }, [401, 'credentials_missing']],
      [{ body: { ...rest, api_key: other.key } }, [403, 'invalid_api_key']],
      [{ body: { ...rest, api_key: stranger.key } }, [403, 'invalid_api_key']],
      [{ body: { ...rest, api_key: 'igny8_mistyped' } }, [403, 'invalid_api_key']],
      [{ body: { ...rest, api_key: other.key }, token: site.key }, [403, 'invalid_api_key']],
      [{ body: { ...rest, api_key: reader.key } }, [403, 'insufficient_scope']],
      [{ body: rest, token: reader.key }, [403, 'insufficient_scope']],
      [{ body: rest, token: other.key }, [403, 'invalid_api_key']],
      [{ body: rest, token: stranger.key }, [404, 'site_not_found']],
      [{ body: rest, token: stranger.owner.token }, [404, 'site_not_found']],
      [{ body: rest, token: viewer.token, headers: inAccount(site.owner) }, [403, 'role_too_low']],
      [{ body: { ...rest, api_key: site.key, site_id: 'site_x' } }, [404, 'site_not_found']],
    ]
    for (const [options, expected] of attempts) expect(refusal(await call(CONNECT, options))).toEqual(expected)
    expect(await integrationOf(site)).toBeUndefined()
    expect(site.wordpress.requests).toEqual([])
  })

  test('of an integration or a site that is switched off does not call WordPress', async () => {
    const site = await connectSite()
    const before = site.wordpress.requests.length
    const { token } = site.owner
    await call(`PATCH ${site.path}/`, { token, body: { is_active: false } })
    expect(refusal(await connect(site))).toEqual([409, 'sync_disabled'])
    await call(`PATCH /api/v1/sites/${site.siteId}/`, { token, body: { is_active: false } })
    expect(refusal(await connect(site))).toEqual([403, 'site_inactive'])
    expect(site.wordpress.requests).toHaveLength(before)
  })

  test.each(['shopify', 'custom'])('of %s is not supported yet', async (platform) => {
    const site = await createSiteWithKey()
    expect(refusal(await connect(site, { platform }))).toEqual([501, 'unsupported_platform'])
  })

  test.each([
    ['site_url', 'not a url'],
    ['site_url', 'file:///etc/passwd'],
    ['signing_secret', 'whsec_short'],
    ['signing_secret', 'secret'],
    // stray bits in the last character, wrong padding, padding in the middle, too many bytes
    ['signing_secret', `whsec_${'A'.repeat(42)}B=`],
    ['signing_secret', `whsec_${'A'.repeat(33)}`],
    ['signing_secret', `whsec_${'A'.repeat(42)}=A`],
    ['signing_secret', `whsec_${'A'.repeat(88)}`],
    ['rest_root', 'wp-json'],
    ['site_id', 7],
    ['plugin_version', 'x'.repeat(41)],
  ])('names %s where it is not valid', async (field, value) => {
    const site = await createSiteWithKey()
    const answer = await connect(site, { [field]: value })
    expect(refusal(answer)).toEqual([400, 'validation_error'])
    expect(answer.body.errors[0].path).toBe(`body.${field}`)
  })
})

describe('two collection-level tests at once', () => {
  test('that both succeed make one integration', async () => {
    const site = await createSiteWithKey()
    const answers = await Promise.all([connect(site), connect(site), connect(site)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 201])
    expect(new Set(answers.map(({ body }) => body.integration_id)).size).toBe(1)
    expect(site.wordpress.maxParallel).toBe(1)
  })

  test('that both fail leave none', async () => {
    const site = await createSiteWithKey()
    site.wordpress.fault = { kind: 'no_plugin' }
    const answers = await Promise.all([connect(site), connect(site)])
    expect(answers.map(({ status }) => status)).toEqual([422, 422])
    expect(await integrationOf(site)).toBeUndefined()
  })

  test.each(['first', 'second'])('of which the %s fails keep what the other has connected', async (failing) => {
    const site = await createSiteWithKey()
    const elsewhere = { site_url: 'https://nowhere.example.com' }
    const [first, second] = await Promise.all([
      connect(site, failing === 'first' ? elsewhere : {}),
      connect(site, failing === 'second' ? elsewhere : {}),
    ])
    const [bad, good] = failing === 'first' ? [first, second] : [second, first]
    expect(refusal(bad)).toEqual([422, 'dns_failed'])
    expect(good.body.success).toBe(true)
    expect(await integrationOf(site)).toMatchObject({ id: good.body.integration_id, siteUrl: site.wordpress.url })
    expect(await secretsOf(site)).toEqual([site.wordpress.signingSecret])
  })

  test('of which one fails late keep what the other has connected meanwhile', async () => {
    const site = await createSiteWithKey()
    const gate = deletionsAtGate()
    const late = call(CONNECT, {
      body: { ...connectBody(site), site_url: 'https://nowhere.example.com' },
      bindings: gate.bindings,
    })
    await gate.reached
    const good = await connect(site)
    expect([good.status, good.body.success]).toEqual([200, true])
    gate.open()
    expect(refusal(await late)).toEqual([422, 'dns_failed'])
    expect(await integrationOf(site)).toMatchObject({ id: good.body.integration_id })
    expect(await secretsOf(site)).toEqual([site.wordpress.signingSecret])
  })

  test('end in one integration if the loser’s row is deleted and recreated in between', async () => {
    const site = await createSiteWithKey()
    const release = site.wordpress.hold()
    const slow = connect(site)
    await expect.poll(() => site.wordpress.requests.length).toBe(1)
    await d1().delete(integrations).where(eq(integrations.siteId, site.siteId))
    const made = await call(`POST ${COLLECTION}/`, {
      token: site.key,
      body: { site_id: site.siteId, api_key: site.key },
    })
    expect(made.status).toBe(201)
    release()
    const answer = await slow
    expect(answer.body).toMatchObject({ success: true, integration_id: made.body.id })
    expect(await secretsOf(site)).toEqual([site.wordpress.signingSecret])
  })
})

describe('a test that crashed', () => {
  const leaveBehind = async (site: TestSite) => {
    const now = new Date(Date.now())
    await d1()
      .insert(integrations)
      .values({
        id: createId('int'),
        accountId: site.owner.accountId,
        siteId: site.siteId,
        platform: 'wordpress',
        siteUrl: 'https://half.example.com',
        connection: 'authenticating',
        config: {},
        typeSettings: {},
        createdAt: now,
        updatedAt: now,
      })
    return integrationOf(site)
  }

  test('is finished by the next one', async () => {
    const site = await createSiteWithKey()
    const left = await leaveBehind(site)
    const answer = await connect(site)
    expect([answer.status, answer.body.integration_id]).toEqual([200, left?.id])
    expect(await integrationOf(site)).toMatchObject({ connection: 'structure_syncing', siteUrl: site.wordpress.url })
  })

  test('leaves a row that a failing test after two minutes takes away, and one before does not', async () => {
    const site = await createSiteWithKey()
    const left = await leaveBehind(site)
    site.wordpress.fault = { kind: 'no_plugin' }
    expect((await connect(site)).status).toBe(422)
    expect(await integrationOf(site)).toEqual(left)
    movableClock().advance(121_000)
    expect((await connect(site)).status).toBe(422)
    expect(await integrationOf(site)).toBeUndefined()
  })
})

describe('the detail-level test', () => {
  test.each(FAULTS)('answers 200 for %j as well, and moves the state', async (fault, code) => {
    if (fault.kind === 'hang') shortenTimeouts()
    const site = await connectSiteWithStructure()
    site.wordpress.fault = fault
    const failed = await call(`POST ${site.path}/test-connection/`, { token: site.key })
    expect(failed.status).toBe(200)
    expect(failed.body).toMatchObject({ success: false, code, integration_id: site.integrationId })
    const silent = ['connection_lost', 'wordpress_timeout'].includes(code)
    const state = { connection: silent ? 'unreachable' : 'degraded', connection_reason: code }
    const seen = (await call(`GET ${site.path}/`, { token: site.key })).body
    expect(seen).toMatchObject(state)
    const reason = { code, title: expect.any(String), detail: failed.body.detail, fix: failed.body.fix }
    expect(seen.health).toMatchObject({ state: state.connection, reason })
    expect(seen.health.last_verified_at <= seen.health.since).toBe(true)
    expect(await lastEvent(site.integrationId, 'test_connection')).toMatchObject({ success: false, code })
    site.wordpress.fault = null
    const healed = await call(`POST ${site.path}/test-connection/`, { token: site.key })
    expect(healed.body).toMatchObject({ success: true, code: 'connected', fix: null })
    const ready = { connection: 'ready', connection_reason: null }
    expect((await call(`GET ${site.path}/`, { token: site.key })).body).toMatchObject(ready)
    expect(await lastEvent(site.integrationId, 'test_connection')).toMatchObject({ success: true, code: null })
  })

  test('of one that never connected says so, and leaves it not connected', async () => {
    const site = await createSiteWithKey()
    const body = { site_id: site.siteId, api_key: site.key }
    const { body: made } = await call(`POST ${COLLECTION}/`, { token: site.key, body })
    const tested = await call(`POST ${COLLECTION}/${made.id}/test-connection/`, { token: site.key })
    expect(tested.body).toMatchObject({ success: false, code: 'plugin_not_connected' })
    expect(await readIntegration(made.id)).toMatchObject({ connection: 'not_connected' })
  })

  test('does not make good a key that was revoked', async () => {
    const site = await connectSiteWithStructure()
    const { token } = site.owner
    await call(`DELETE /api/v1/sites/${site.siteId}/api-keys/${site.keyId}/`, { token })
    expect((await call(`POST ${site.path}/test-connection/`, { token })).body.success).toBe(true)
    const state = { connection: 'key_revoked', connection_reason: 'api_key_revoked' }
    expect((await call(`GET ${site.path}/`, { token })).body).toMatchObject(state)
  })

  test('writes nothing over a change that was made meanwhile', async () => {
    const site = await connectSiteWithStructure()
    const { token } = site.owner
    const release = site.wordpress.hold()
    const testing = call(`POST ${site.path}/test-connection/`, { token })
    await expect.poll(() => site.wordpress.requests.length).toBeGreaterThan(3)
    await call(`PATCH ${site.path}/`, { token, body: { is_active: false } })
    release()
    expect((await testing).body.success).toBe(true)
    expect(await readIntegration(site.integrationId)).toMatchObject({ connection: 'disabled', isActive: false })
  })
})

describe('debug-status', () => {
  test('shows the state, a new probe and the last failures, and changes nothing', async () => {
    const site = await connectSiteWithStructure()
    site.wordpress.fault = { kind: 'status', status: 500 }
    await call(`POST ${site.path}/test-connection/`, { token: site.key })
    site.wordpress.fault = null
    const before = await readIntegration(site.integrationId)
    const { body } = await call(`GET ${site.path}/debug-status/`, { token: site.key })
    expect(body).toMatchObject({
      integration_id: site.integrationId,
      connection: 'degraded',
      connection_reason: 'wordpress_error',
      probe: { success: true, code: 'connected', plugin: { wp_version: '6.5.5' } },
    })
    expect(body.recent_failures).toEqual([expect.objectContaining({ action: 'test_connection', success: false })])
    expect(await readIntegration(site.integrationId)).toEqual(before)
  })

  test('of a site that fails says why', async () => {
    const site = await connectSite()
    site.wordpress.fault = { kind: 'not_connected' }
    const { status, body } = await call(`GET ${site.path}/debug-status/`, { token: site.owner.token })
    expect(status).toBe(200)
    expect(body.probe).toMatchObject({ success: false, code: 'plugin_not_connected', plugin: null })
  })

  test('repeats no secret, not even one that the site tells', async () => {
    const site = await connectSite()
    const detail = `Authorization: Bearer ${site.key} was refused, secret ${site.wordpress.signingSecret}`
    site.wordpress.status.last_error = { code: 'api_error', detail, at: 1 }
    const { body } = await call(`GET ${site.path}/debug-status/`, { token: site.owner.token })
    const text = JSON.stringify(body)
    expect(body.probe.plugin.last_error.code).toBe('api_error')
    expect(text).not.toContain(site.key.slice(10, 48))
    expect(text).not.toContain(site.wordpress.signingSecret.slice(6))
  })
})

test('T38 what is tested is the caller’s own', async () => {
  const [site, stranger] = [await connectSite(), await signUpPerson()]
  const before = site.wordpress.requests.length
  for (const action of ['POST test-connection', 'GET debug-status', 'GET content-types']) {
    const [method, rest] = action.split(' ')
    const answer = await call(`${method} ${site.path}/${rest}/`, { token: stranger.token })
    expect(refusal(answer)).toEqual([404, 'integration_not_found'])
  }
  expect(site.wordpress.requests).toHaveLength(before)
})
