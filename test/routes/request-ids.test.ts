import { beforeAll, describe, expect, test, vi } from 'vitest'
import { signMessage } from '../../src/lib/signature.ts'
import { callHome as callUntilIdle } from '../model/polling.ts'
import { ModelWordPress } from '../model/wordpress.ts'
import { connectSite, connectSiteWithStructure, runEnd, type ConnectedSite } from '../support/integration.ts'
import { watchLog, type LogLine } from '../support/log.ts'
import { call } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'

beforeAll(playInternet)

/** A plugin's id of its request. */
const PLUGIN_ID = 'wp_5f3c2a9be1d04c7a'

const idsIn = ({ request_id, run_id, integration_id, site_id }: LogLine) => ({
  request_id,
  run_id,
  integration_id,
  site_id,
})

let sent = 0

/** Sends a signed request as a plugin does. */
async function sendSigned(site: ConnectedSite, path: string, body: unknown, more: Record<string, string> = {}) {
  const [id, timestamp] = [`msg_ids_${++sent}`, Math.floor(Date.now() / 1000)]
  const secrets = [site.wordpress.signingSecret]
  const signature = await signMessage({ id, timestamp, body: JSON.stringify(body), secrets })
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature, ...more }
  return call(`POST ${path}`, { token: site.key, body, headers })
}

const STATUS = '/api/v1/integration/webhooks/wordpress/status/'
const edited = (postId: number) => ({
  event: 'post.status',
  post_id: postId,
  post_type: 'post',
  status: 'publish',
  modified_gmt: '2026-11-21T10:00:00Z',
})

const callHome = (site: ConnectedSite, results: unknown[] = [], more: Record<string, string> = {}) => {
  const wants = { commands: 50, bytes: 1_000_000 }
  const clock = Math.floor(Date.now() / 1000)
  const body = { protocol: 1, trigger: 'cron', clock, transport: 'polling', wants, results }
  return sendSigned(site, `${site.path}/poll/`, body, more)
}

const startSync = (site: ConnectedSite) =>
  call(`POST ${site.path}/sync/`, { token: site.key, body: { direction: 'metadata' } })

const firstLine = (log: ReturnType<typeof watchLog>, message: string) =>
  vi.waitFor(() => {
    const [line] = log.of(message)
    if (!line) throw new Error(`no line "${message}"`)
    return line
  })

describe('a request that succeeds', () => {
  const read = async (site: ConnectedSite, rate: string, token = site.key) => {
    const log = watchLog()
    await call(`GET ${site.path}/content-types/`, { token, bindings: { REQUEST_LOG_RATE: rate } as Partial<Env> })
    return log.of('request')
  }

  test('has a line in the share that is configured, which says for how many it stands', async () => {
    const site = await connectSite()
    expect(await read(site, '0')).toEqual([])
    const [line] = await read(site, '1')
    expect(line).toMatchObject({
      route: 'getContentTypes',
      status: 200,
      ms: expect.any(Number),
      caller: 'api_key',
      of: 1,
      request_id: expect.stringMatching(/^req_/),
      site_id: site.siteId,
    })
    const chance = vi.spyOn(Math, 'random')
    chance.mockReturnValue(0.0049)
    expect(await read(site, '0.005')).toMatchObject([{ of: 200 }])
    chance.mockReturnValue(0.005)
    expect(await read(site, '0.005')).toEqual([])
    chance.mockRestore()
  })

  test('has that line alone: what is refused has its own', async () => {
    const site = await connectSite()
    expect(await read(site, '1', `${site.key.slice(0, -1)}!`)).toEqual([])
  })
})

describe('the id of a request', () => {
  test('goes with the run that it starts, through the object, into each command and every line of the log', async () => {
    const site = await connectSite()
    const before = site.wordpress.requests.length
    const log = watchLog()
    const started = await startSync(site)
    const requestId = started.headers.get('x-request-id')
    expect(requestId).toMatch(/^req_[0-9a-f]{32}$/)
    const run = await runEnd(site, started.body.id)
    const commands = site.wordpress.requests.slice(before).filter(({ method }) => method === 'POST')
    expect(commands).not.toHaveLength(0)
    for (const { headers } of commands)
      expect([headers.get('x-request-id'), headers.get('x-run-id')]).toEqual([requestId, run.id])
    const ids = { request_id: requestId, run_id: run.id, integration_id: site.integrationId, site_id: site.siteId }
    const ended = await firstLine(log, 'run ended')
    expect(ended).toMatchObject({ status: 'succeeded', direction: 'metadata', requests: expect.any(Number) })
    expect([...log.of('run queued'), ended].map(idsIn)).toEqual([ids, ids])
    const shown = await call(`GET ${site.path}/runs/${run.id}/`, { token: site.key })
    expect(shown.body.request_id).toBe(requestId)
  })

  test('stays that of the request that started the run, if another request asks for the same', async () => {
    const site = await connectSite()
    const release = site.wordpress.hold()
    const log = watchLog()
    const first = await startSync(site)
    const second = await startSync(site)
    expect(second.body.id).toBe(first.body.id)
    release()
    await runEnd(site, first.body.id)
    expect(await firstLine(log, 'run ended')).toMatchObject({ request_id: first.headers.get('x-request-id') })
    expect(log.of('run joined')).toMatchObject([
      { request_id: second.headers.get('x-request-id'), run_id: first.body.id },
    ])
  })

  test('stands beside what the site calls the request, in the log of a failure', async () => {
    const site = await connectSite()
    const log = watchLog()
    site.wordpress.fault = { kind: 'status', status: 500, headers: { 'x-request-id': PLUGIN_ID } }
    const started = await startSync(site)
    expect(await firstLine(log, 'run attempt failed')).toMatchObject({
      request_id: started.headers.get('x-request-id'),
      run_id: started.body.id,
      site_id: site.siteId,
      integration_id: site.integrationId,
      plugin_request_id: PLUGIN_ID,
      code: 'wordpress_error',
    })
  })

  test('of a site is not logged where it has another shape', async () => {
    const site = await connectSite()
    const log = watchLog()
    site.wordpress.fault = { kind: 'status', status: 500, headers: { 'x-request-id': 'a <script>' } }
    await startSync(site)
    expect(await firstLine(log, 'run attempt failed')).not.toHaveProperty('plugin_request_id')
    expect(JSON.stringify(log.lines)).not.toContain('script')
  })
})

describe('a webhook', () => {
  test('is followed from the plugin’s request, by ours, to the fetch of its post', async () => {
    const site = await connectSiteWithStructure()
    const before = site.wordpress.requests.length
    const log = watchLog()
    const received = await sendSigned(site, STATUS, edited(4711), { 'x-request-id': PLUGIN_ID })
    const requestId = received.headers.get('x-request-id')
    expect(requestId).not.toBe(PLUGIN_ID)
    const processed = await firstLine(log, 'webhooks processed')
    const [command] = site.wordpress.requests.slice(before)
    expect([command?.headers.get('x-request-id'), command?.headers.get('x-run-id')]).toEqual([requestId, null])
    expect(processed).toMatchObject({
      request_id: requestId,
      integration_id: site.integrationId,
      site_id: site.siteId,
      origins: [{ request_id: requestId, plugin_request_id: PLUGIN_ID }],
    })
  })

  test.each([
    ['as agreed', PLUGIN_ID, PLUGIN_ID],
    ['too long', 'x'.repeat(65), undefined],
    ['of other characters', 'req 1', undefined],
    ['empty', '', undefined],
  ])('that is refused is found by either id; the plugin’s is %s', async (_case, stated, logged) => {
    const site = await connectSite()
    const log = watchLog()
    const stale = { 'webhook-timestamp': '1', 'x-request-id': stated }
    const answer = await sendSigned(site, STATUS, edited(1), stale)
    expect(answer.status).toBe(401)
    const [refused] = log.of('request refused')
    expect(refused).toMatchObject({ code: 'timestamp_out_of_range', site_id: site.siteId })
    const ids = [refused?.['request_id'], refused?.['plugin_request_id']]
    expect(ids).toEqual([answer.headers.get('x-request-id'), logged])
  })
})

describe('a site that polls', () => {
  test('gets with its commands the ids of the run and of the request that started it', async () => {
    const site = await connectSite()
    await callHome(site)
    site.wordpress.fault = { kind: 'down' }
    const testConnection = () => call(`POST ${site.path}/test-connection/`, { token: site.key })
    await testConnection()
    expect((await testConnection()).body.transport).toBe('polling')
    const started = await startSync(site)
    const names = { request_id: started.headers.get('x-request-id'), run_id: started.body.id }
    const log = watchLog()
    const called = await vi.waitFor(async () => {
      const answer = await callHome(site, [], { 'x-request-id': PLUGIN_ID })
      expect(answer.body.commands).toHaveLength(1)
      return answer
    })
    expect(called.body).toMatchObject(names)
    const own = called.headers.get('x-request-id')
    expect(own).not.toBe(names.request_id)
    expect(log.of('site called')).toMatchObject([
      { request_id: own, plugin_request_id: PLUGIN_ID, integration_id: site.integrationId, commands: 1, results: 0 },
    ])
    const { signingSecret } = site.wordpress
    await callUntilIdle(new ModelWordPress({ signingSecret, integrationId: site.integrationId }), async (message) => {
      const options = { token: site.key, body: JSON.parse(message.body), headers: message.headers }
      const { headers, body } = await call(`POST ${site.path}/poll/`, options)
      return { headers: Object.fromEntries(headers), body: JSON.stringify(body) }
    })
    await runEnd(site, started.body.id)
    expect(log.of('run ended').map(idsIn)).toMatchObject([{ ...names, site_id: site.siteId }])
    expect((await callHome(site)).body).not.toHaveProperty('run_id')
  })
})
