/** What a deployment measures of itself, from the places where it happens. */
import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { runScheduled } from '../../src/cron/index.ts'
import { setMetrics } from '../../src/lib/metrics.ts'
import { SIZES_EVERY_MS } from '../../src/services/shards/sizes.ts'
import { callHome } from '../model/polling.ts'
import { connectWordPress, createShared, deliverAll, eventually, playWordPress, syncSite } from '../support/content.ts'
import type { ContentSite } from '../support/content.ts'
import { failingD1 } from '../support/failing-d1.ts'
import { call } from '../support/openapi.ts'

const written: AnalyticsEngineDataPoint[] = []
/** Points of a metric: labels and value. */
const pointsOf = (name: string) =>
  written.flatMap(({ blobs = [], doubles = [] }) => (blobs[0] === name ? [[...blobs.slice(1), doubles[1]]] : []))

let site: ContentSite
beforeAll(async () => {
  playWordPress()
  site = await connectWordPress()
  setMetrics({ writeDataPoint: (point) => void written.push(point ?? {}) })
  // every occasion is of the share that is measured
  vi.spyOn(Math, 'random').mockReturnValue(0)
})
afterAll(() => setMetrics(undefined))
beforeEach(() => void written.splice(0))

const ms = expect.any(Number)
const get = (bindings: object) => call('GET /api/v1/sites/', { token: site.owner.token, bindings })

describe('a request', () => {
  test('is measured by its route, the class of its status, and who calls; by share, and says so', async () => {
    await get({ REQUEST_LOG_RATE: '0.25' })
    expect(pointsOf('request')).toEqual([['listSites', '2xx', 'user', ms]])
    expect(written[0]).toMatchObject({ indexes: ['request'], doubles: [4, ms] })
  })

  test('is not measured where the share is none', async () => {
    await get({ REQUEST_LOG_RATE: '0' })
    expect(written).toEqual([])
  })

  test('is measured each time that we fail, with what D1 did', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const { bindings } = failingD1({ fails: () => true })
    expect((await get({ ...bindings, REQUEST_LOG_RATE: '0' })).status).toBe(503)
    expect(pointsOf('request').map(([route, status]) => [route, status])).toEqual([['listSites', '5xx']])
    expect(pointsOf('d1_fault')).toEqual([
      ['repeated', 1],
      ['repeated', 1],
      ['given_up', 1],
    ])
  })

  test('that a rate limit refuses is measured by whom it counts', async () => {
    const full = { limit: () => Promise.resolve({ success: false }) }
    expect((await get({ THROTTLE_ACCOUNT: full, REQUEST_LOG_RATE: '0' })).status).toBe(429)
    expect(pointsOf('throttled')).toEqual([['account', 1]])
  })
})

describe('a site', () => {
  test('has its runs measured by direction and outcome', async () => {
    await syncSite(site)
    expect(pointsOf('run')).toEqual([['both', 'succeeded', 'none', ms]])
  })

  test('has the time measured from a webhook to its import', async () => {
    const { postId, item } = await createShared(site)
    written.splice(0)
    site.outbox.splice(0)
    site.model.editPost(postId, { title: 'Edited' })
    await deliverAll(site)
    await eventually(site, item.id, { title: 'Edited' })
    await vi.waitFor(() => expect(pointsOf('webhook_lag')).toEqual([['direct', ms]]))
  })

  test('has a change of its connection measured with the reason, and no word of the site', async () => {
    site.model.faults = { request: () => ({ kind: 'status', status: 403 }) }
    await call(`POST ${site.path}/test-connection/`, { token: site.owner.token, body: {} })
    site.model.faults = {}
    expect(pointsOf('connection')).toEqual([['ready', 'degraded', 'blocked_by_firewall', 1]])
    await call(`POST ${site.path}/test-connection/`, { token: site.owner.token, body: {} })
    expect(pointsOf('connection')).toContainEqual(['degraded', 'ready', 'none', 1])
    expect(JSON.stringify(written)).not.toContain(new URL(site.model.url).hostname)
  })

  test('has its polls measured by transport, with the commands that it takes along', async () => {
    await callHome(site.model, async ({ headers, body }) => {
      const answer = await call(`POST ${site.path}/poll/`, { token: site.key, body: JSON.parse(body), headers })
      return { headers: Object.fromEntries(answer.headers), body: JSON.stringify(answer.body) }
    })
    expect(pointsOf('poll')).toEqual([['direct', 0]])
  })
})

describe('a tick of the cron', () => {
  const sizesAt = Math.floor(Date.now() / SIZES_EVERY_MS) * SIZES_EVERY_MS
  const tick = (bindings: object = {}, at = sizesAt) =>
    runScheduled(createScheduledController({ scheduledTime: new Date(at), cron: '* * * * *' }), { ...env, ...bindings })
  const collector = 'https://otlp.example.com'
  const configured = { OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20abc' }

  test('measures its jobs, the size of each database, and what waits', async () => {
    await tick()
    expect(pointsOf('job').length).toBeGreaterThan(15)
    expect(pointsOf('job')).toContainEqual(['pruned_events', 'done', ms])
    expect(pointsOf('database').map(([name]) => name)).toEqual(expect.arrayContaining(['DB', 'EVENTS']))
    expect(pointsOf('waiting').map(([queue]) => queue)).toEqual(['outbox', 'changes', 'deletions', 'deliveries'])
  })

  test('leaves sizes and what waits to one tick in ten', async () => {
    await tick({}, sizesAt + 60_000)
    expect([pointsOf('database'), pointsOf('waiting')]).toEqual([[], []])
  })

  test('sends them to a collector, with its headers, if there is one', async () => {
    const fetch = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}'))
    await tick(configured)
    const [url, init] = fetch.mock.calls.at(-1) ?? []
    playWordPress()
    expect([url, new Headers(init?.headers).get('authorization')]).toEqual([`${collector}/v1/metrics`, 'Basic abc'])
    const { resourceMetrics } = JSON.parse(init?.body as string)
    const names = resourceMetrics[0].scopeMetrics[0].metrics.map(({ name }: { name: string }) => name)
    expect(names).toEqual(['igny8.job', 'igny8.database', 'igny8.waiting'])
  })

  test('does not fail with the collector', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('no', { status: 401 }))
    await tick(configured)
    playWordPress()
    expect(warn.mock.calls.flat()).toContainEqual(
      expect.objectContaining({ message: 'metrics not exported', code: 'answered', status: 401 }),
    )
    expect(JSON.stringify(warn.mock.calls)).not.toContain('Basic abc')
  })

  test('refuses a configuration without saying what it is', async () => {
    const wrong = { ...configured, OTEL_EXPORTER_OTLP_HEADERS: 'a secret' }
    await expect(tick(wrong)).rejects.toThrow(/OTEL_EXPORTER_OTLP_HEADERS: must be name=value/)
    const plain = { ...configured, ENVIRONMENT: 'production', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otlp.example.com' }
    await expect(tick(plain)).rejects.toThrow(/OTEL_EXPORTER_OTLP_ENDPOINT: must be https/)
  })
})
