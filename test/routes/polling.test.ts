import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { DoctorReport } from '../../src/contract/doctor.ts'
import { createSigningSecret, signMessage } from '../../src/lib/signature.ts'
import { callHome, type SendHome } from '../model/polling.ts'
import { ModelWordPress } from '../model/wordpress.ts'
import { createTestKey } from '../support/identity.ts'
import { idlePoll } from '../model/polling.ts'
import {
  CONNECT,
  COLLECTION,
  connectBody,
  connectSite,
  createSiteWithKey,
  lastEvent,
  movableClock,
  readIntegration,
  revokeBehindTheEdge,
  siteObject,
  type ConnectedSite,
  type TestSite,
} from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'

beforeAll(() => playInternet())

let sent = 0
const idleBody = () => ({ ...idlePoll(), results: [] as unknown[] })

async function signed(body: unknown, secret: string, timestamp = Math.floor(Date.now() / 1000)) {
  const id = `msg_test_${++sent}`
  const signature = await signMessage({ id, timestamp, body: JSON.stringify(body), secrets: [secret] })
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
}

const statusResult = (site: TestSite, id: string) => ({ id, ok: true, data: site.wordpress.status, took_ms: 1 })

/** A connect request of a plugin that supports polling, signed; with the result of the challenge if there is one. */
async function connect(site: TestSite, challenged?: { challenge: string; secret?: string; claim?: object }) {
  const body = { ...connectBody(site), transports: ['direct', 'polling'], ...challenged?.claim }
  if (!challenged) return call(CONNECT, { body })
  const whole = { ...body, polling: { result: statusResult(site, challenged.challenge) } }
  return call(CONNECT, { body: whole, headers: await signed(whole, challenged.secret ?? site.wordpress.signingSecret) })
}

/** A site that can't be called and has connected by polling, with its WordPress. */
async function connectByPolling(): Promise<ConnectedSite & { model: ModelWordPress; send: SendHome }> {
  const site = await createSiteWithKey()
  site.wordpress.fault = { kind: 'down' }
  const { body: refused } = await connect(site)
  const { status, body } = await connect(site, { challenge: refused.polling.challenge })
  expect(status).toBe(201)
  const integrationId: string = body.integration_id
  const path = `${COLLECTION}/${integrationId}`
  const model = new ModelWordPress({ signingSecret: site.wordpress.signingSecret, integrationId })
  const send: SendHome = async (message) => {
    const options = { token: site.key, body: JSON.parse(message.body), headers: message.headers }
    const answer = await call(`POST ${path}/poll/`, options)
    expect([answer.status, answer.body.code]).toEqual([200, undefined])
    return { headers: Object.fromEntries(answer.headers), body: JSON.stringify(answer.body) }
  }
  return { ...site, integrationId, path, model, send }
}

const runOf = async ({ path, owner }: ConnectedSite, direction = 'both') =>
  (await call(`POST ${path}/sync/`, { token: owner.token, body: { direction } })).body

const syncState = async ({ path, owner }: ConnectedSite) =>
  (await call(`GET ${path}/sync-status/`, { token: owner.token })).body

describe('a plugin whose site can’t be called', () => {
  test('T60 is called again before polling is offered, if the failure may pass', async () => {
    const site = await createSiteWithKey()
    site.wordpress.fault = { kind: 'down' }
    expect((await connect(site)).body.polling).toBeDefined()
    const requests = site.wordpress.requests.length
    site.wordpress.fault = { kind: 'down', requests: requests / 2 }
    const { status, body } = await connect(site)
    expect([status, body.transport]).toEqual([201, 'direct'])
  })

  test('is offered polling, and nothing is left of the attempt', async () => {
    const site = await createSiteWithKey()
    site.wordpress.fault = { kind: 'down' }
    const answer = await connect(site)
    expect(refusal(answer)).toEqual([422, 'connection_lost'])
    expect(answer.body.polling.challenge).toMatch(/^cmd_\w+$/)
    const list = await call(`GET ${COLLECTION}/?site_id=${site.siteId}`, { token: site.owner.token })
    expect(list.body.results).toEqual([])
  })

  test('is not offered polling if its plugin can’t poll, or if that would not help', async () => {
    const site = await createSiteWithKey()
    site.wordpress.fault = { kind: 'down' }
    expect((await call(CONNECT, { body: connectBody(site) })).body.polling).toBeUndefined()
    site.wordpress.fault = { kind: 'not_connected' }
    expect((await connect(site)).body).toMatchObject({ code: 'plugin_not_connected' })
    expect((await connect(site)).body.polling).toBeUndefined()
  })

  test('connects once it has carried out a command and signed the answer, and shows its transport', async () => {
    const site = await connectByPolling()
    const { body } = await call(`GET ${site.path}/`, { token: site.owner.token })
    expect(body).toMatchObject({ connection: 'structure_syncing', transport: 'polling' })
    expect(Date.parse(body.last_poll_at)).toBeGreaterThan(Date.now() - 60_000)
    expect(await readIntegration(site.integrationId)).toMatchObject({ commandsUrl: null, transport: 'polling' })
    expect(await lastEvent(site.integrationId, 'connect')).toMatchObject({ success: true })
  })

  test('does not connect with another signature, another claim, another challenge or a late one', async () => {
    const site = await createSiteWithKey()
    site.wordpress.fault = { kind: 'down' }
    const { challenge } = (await connect(site)).body.polling
    const clock = movableClock()
    const other = { signing_secret: createSigningSecret() }
    expect(refusal(await connect(site, { challenge, secret: createSigningSecret() }))[0]).toBe(422)
    expect(refusal(await connect(site, { challenge, claim: other, secret: other.signing_secret }))[0]).toBe(422)
    expect(refusal(await connect(site, { challenge: `${challenge.slice(0, -1)}_` }))[0]).toBe(422)
    clock.advance(121_000)
    expect(refusal(await connect(site, { challenge }))[0]).toBe(422)
  })
})

describe('the polling', () => {
  test('brings a sync its commands and its results, without a single call to the site', async () => {
    const site = await connectByPolling()
    for (let n = 0; n < 5; n++) site.model.createPost({ title: `Post ${n}`, status: 'publish' })
    site.wordpress.requests.length = 0
    const run = await runOf(site)
    await vi.waitFor(async () => expect((await syncState(site)).waiting_for_site_since).not.toBeNull())
    expect(await syncState(site)).toMatchObject({
      sync_status: 'pending',
      current_run: {
        id: run.id,
        status: 'queued',
        error: null,
        waiting: { for: 'poll', since: expect.any(String), next_at: expect.any(String), detail: expect.any(String) },
      },
    })
    const last = await callHome(site.model, site.send)
    expect(last).toMatchObject({ transport: 'polling', more: false, interval_s: 60, commands: [] })
    expect(await syncState(site)).toMatchObject({
      waiting_for_site_since: null,
      last_run: { id: run.id, status: 'succeeded', counts: { created: 5, failed: 0 } },
    })
    expect(site.wordpress.requests).toEqual([])
    expect((await call(`GET ${site.path}/`, { token: site.owner.token })).body.connection).toBe('ready')
  })

  test('names the same commands again when its answer was lost', async () => {
    const site = await connectByPolling()
    await runOf(site)
    await vi.waitFor(async () => expect((await syncState(site)).waiting_for_site_since).not.toBeNull())
    const ask = async () => {
      const body = idleBody()
      const headers = await signed(body, site.wordpress.signingSecret)
      return (await call(`POST ${site.path}/poll/`, { token: site.key, body, headers })).body
    }
    const first = await ask()
    expect(first.commands.map(({ name }: { name: string }) => name)).toEqual(['structure'])
    expect((await ask()).commands).toEqual(first.commands)
    expect(first).toMatchObject({ more: true, integration_id: site.integrationId })
  })

  test('applies a repeated result once, and ignores one for no command', async () => {
    const site = await connectByPolling()
    const body = { ...idleBody(), results: [{ id: 'cmd_nobody', ok: true, data: {}, took_ms: 1 }] }
    const headers = await signed(body, site.wordpress.signingSecret)
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => call(`POST ${site.path}/poll/`, { token: site.key, body, headers })),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })

  test('tells a site that can be called that it need not call often, and gives it nothing to do', async () => {
    const site = await connectSite()
    const { nextCheckAt } = (await readIntegration(site.integrationId)) ?? {}
    const body = { ...idleBody(), transport: 'direct' }
    const headers = await signed(body, site.wordpress.signingSecret)
    const answer = await call(`POST ${site.path}/poll/`, { token: site.key, body, headers })
    expect(answer.body).toMatchObject({ transport: 'direct', commands: [], more: false, interval_s: 900 })
    // nothing about it is reported, as there is nothing to do
    expect((await readIntegration(site.integrationId))?.nextCheckAt).toEqual(nextCheckAt)
  })

  test('takes over from calling when that fails and the site calls, and gives back when it works again', async () => {
    const site = await connectSite()
    const heartbeat = async () => {
      const body = idleBody()
      const headers = await signed(body, site.wordpress.signingSecret)
      return (await call(`POST ${site.path}/poll/`, { token: site.key, body, headers })).body.transport
    }
    const testConnection = async () =>
      (await call(`POST ${site.path}/test-connection/`, { token: site.owner.token })).body
    expect(await heartbeat()).toBe('direct')
    site.wordpress.fault = { kind: 'down' }
    expect(await testConnection()).toMatchObject({ success: false, code: 'connection_lost' })
    expect(await testConnection()).toMatchObject({ success: true, transport: 'polling' })
    expect(await heartbeat()).toBe('polling')
    site.wordpress.fault = null
    expect(await testConnection()).toMatchObject({ success: true, transport: 'direct' })
    expect(await heartbeat()).toBe('direct')
  })

  test('T13 a site that takes its commands and never answers delays no other', async () => {
    const [hanging, quick] = [await connectByPolling(), await connectByPolling()]
    quick.model.createPost({ title: 'A post', status: 'publish' })
    const stuck = await runOf(hanging)
    await vi.waitFor(async () => expect((await syncState(hanging)).waiting_for_site_since).not.toBeNull())
    let taken = 0
    const never = callHome(hanging.model, async (message) => {
      const answer = await hanging.send(message)
      if (answer) taken += JSON.parse(answer.body).commands.length
      return null
    })
    expect(await never).toBeNull()
    expect(taken).toBeGreaterThan(0)
    const run = await runOf(quick)
    await vi.waitFor(async () => expect((await syncState(quick)).waiting_for_site_since).not.toBeNull())
    await callHome(quick.model, quick.send)
    expect((await syncState(quick)).last_run).toMatchObject({ id: run.id, status: 'succeeded', counts: { created: 1 } })
    expect(await syncState(hanging)).toMatchObject({
      current_run: { id: stuck.id, status: 'queued', error: null, waiting: { for: 'poll' } },
    })
    await callHome(hanging.model, hanging.send)
    expect((await syncState(hanging)).last_run).toMatchObject({ id: stuck.id, status: 'succeeded' })
  })

  test('T60 that stops has the site called at once, before its next health check', async () => {
    const clock = movableClock()
    const site = await connectByPolling()
    await callHome(site.model, site.send)
    await runInDurableObject(siteObject(site.siteId), (_instance, { storage: { sql } }) => {
      sql.exec("UPDATE schedule SET due_at = due_at + 3600000 WHERE task = 'health'")
    })
    site.wordpress.fault = null
    site.wordpress.requests.length = 0
    // a quarter of an hour late, and another one for polls that this instance has not seen
    clock.advance(31 * 60_000)
    await runDurableObjectAlarm(siteObject(site.siteId))
    expect(site.wordpress.requests).toEqual([])
    clock.advance(2 * 60_000)
    await runDurableObjectAlarm(siteObject(site.siteId))
    expect(site.wordpress.requests.length).toBeGreaterThan(0)
    expect((await readIntegration(site.integrationId))?.transport).toBe('direct')
  })

  test('that has fallen silent is a failure with its own name', async () => {
    const clock = movableClock()
    const site = await connectByPolling()
    clock.advance(16 * 60_000)
    const { body } = await call(`POST ${site.path}/test-connection/`, { token: site.owner.token })
    expect(body).toMatchObject({ success: false, code: 'site_not_polling' })
  })
})

describe('the doctor of a site that is served by polling', () => {
  const examine = async ({ path, key }: ConnectedSite) =>
    DoctorReport.parse((await call(`POST ${path}/doctor/`, { token: key })).body)
  const debug = async ({ path, key }: ConnectedSite) => (await call(`GET ${path}/debug-status/`, { token: key })).body

  test('finds it degraded at worst: by which layer it can’t be called, and how long work waits', async () => {
    const site = await connectByPolling()
    site.wordpress.fault = { kind: 'status', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
    const before = await readIntegration(site.integrationId)
    const report = await examine(site)
    expect(report).toMatchObject({
      verdict: 'degraded',
      findings: [
        { code: 'served_by_polling', layer: 'connection', severity: 'warning', fix: expect.any(String) },
        { code: 'basic_auth_required', layer: 'basic_auth', severity: 'warning', fix: expect.any(String) },
      ],
      raw: { status: 401 },
    })
    expect(report.findings[0]?.detail).toMatch(
      /^It can’t be called: layer basic_auth \(basic_auth_required\)\. .* it polled \d+ s ago, and work waits about 60 s /,
    )
    expect(report.findings[0]?.evidence).toContain('time between its polls, as measured: 60 s')
    expect(report.steps.at(-1)).toMatchObject({
      step: 'polling',
      note: expect.stringMatching(/^it polled \d+ s ago$/),
    })
    expect(await lastEvent(site.integrationId, 'doctor')).toMatchObject({ success: true, code: null })
    expect(await readIntegration(site.integrationId)).toEqual(before)
    expect(await debug(site)).toMatchObject({
      transport: 'polling',
      probe: { success: true, fix: null },
      doctor: { verdict: 'degraded' },
    })
  })

  test('finds it broken once it has stopped calling', async () => {
    const clock = movableClock()
    const site = await connectByPolling()
    clock.advance(16 * 60_000)
    expect(await examine(site)).toMatchObject({
      verdict: 'broken',
      findings: [
        { code: 'site_not_polling', layer: 'cron', severity: 'error' },
        { code: 'connection_lost', layer: 'network', severity: 'error' },
      ],
    })
    expect(await debug(site)).toMatchObject({ probe: { success: false, code: 'site_not_polling' } })
  })

  test('finds it broken where calls of the site prove nothing, and says nothing of them where it answers', async () => {
    const site = await connectByPolling()
    site.wordpress.fault = { kind: 'not_connected' }
    expect(await examine(site)).toMatchObject({ verdict: 'broken', findings: [{ code: 'plugin_not_connected' }] })
    site.wordpress.fault = null
    const { verdict, findings } = await examine(site)
    expect(verdict).toBe('healthy')
    expect(findings.map(({ code }) => code)).not.toContain('served_by_polling')
    // the owner sees that the firewall is gone before the next check does
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'callable_again',
        severity: 'info',
        evidence: [expect.stringMatching(/^WordPress answered at /)],
      }),
    )
    const { body } = await call(`GET ${site.path}/`, { token: site.owner.token })
    expect(body.transport).toBe('polling')
  })

  test('changes no transport: one that is called and fails stays broken, however often it is examined', async () => {
    const site = await connectSite()
    const body = idleBody()
    const headers = await signed(body, site.wordpress.signingSecret)
    await call(`POST ${site.path}/poll/`, { token: site.key, body, headers })
    site.wordpress.fault = { kind: 'down' }
    for (let n = 0; n < 3; n++) expect((await examine(site)).verdict).toBe('broken')
  })
})

describe('a call that is not the site’s', () => {
  const polling = async (
    site: ConnectedSite,
    options: { secret?: string; timestamp?: number; token?: string } = {},
  ) => {
    const body = idleBody()
    const headers = await signed(body, options.secret ?? site.wordpress.signingSecret, options.timestamp)
    return refusal(await call(`POST ${site.path}/poll/`, { token: options.token ?? site.key, body, headers }))
  }

  test('is refused: no signature, another secret, another time, another key, a revoked one', async () => {
    const site = await connectSite()
    const other = await connectSite()
    const bare = await call(`POST ${site.path}/poll/`, { token: site.key, body: idleBody() })
    expect(refusal(bare)).toEqual([401, 'signature_missing'])
    expect(await polling(site, { secret: createSigningSecret() })).toEqual([401, 'signature_invalid'])
    const late = Math.floor(Date.now() / 1000) - 310
    expect(await polling(site, { timestamp: late })).toEqual([401, 'timestamp_out_of_range'])
    expect(await polling(site, { token: other.key })).toEqual([401, 'signature_invalid'])
    const second = await createTestKey(site.owner, site.siteId)
    expect(await polling(site, { token: second.key })).toEqual([200, undefined])
    await revokeBehindTheEdge(site, second)
    expect(await polling(site, { token: second.key })).toEqual([401, 'api_key_revoked'])
  })

  test('finds no integration of another site, even with its own good signature', async () => {
    const site = await connectSite()
    const other = await connectSite()
    expect(await polling({ ...site, path: other.path })).toEqual([404, 'integration_not_found'])
  })
})
