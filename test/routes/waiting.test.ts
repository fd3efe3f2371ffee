import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { Run } from '../../src/contract/sync.ts'
import { connectSiteWithStructure, movableClock, readIntegration, type ConnectedSite } from '../support/integration.ts'
import { watch } from '../support/live.ts'
import { call } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'

beforeAll(playInternet)

const start = async (site: ConnectedSite, direction = 'metadata'): Promise<Run> =>
  (await call(`POST ${site.path}/sync/`, { token: site.key, body: { direction } })).body
const state = async (site: ConnectedSite) => (await call(`GET ${site.path}/sync-status/`, { token: site.key })).body
const runOf = async (site: ConnectedSite, id: string): Promise<Run> =>
  (await call(`GET ${site.path}/runs/${id}/`, { token: site.key })).body

/** Waits until the current run waits for this. */
const waitsFor = (site: ConnectedSite, why: string) =>
  vi.waitFor(
    async () => {
      const { current_run: run } = await state(site)
      expect(run).toMatchObject({ status: 'queued', waiting: { for: why } })
      return run as Run & { waiting: NonNullable<Run['waiting']> }
    },
    { timeout: 5000, interval: 20 },
  )

describe('T60 a run that waits', () => {
  test('for its next attempt says since when, when that is, and what failed', async () => {
    const site = await connectSiteWithStructure()
    site.wordpress.fault = { kind: 'status', status: 500 }
    await start(site)
    const { waiting, error } = await waitsFor(site, 'retry')
    expect(waiting.detail).toBe(error?.detail)
    expect(Date.parse(waiting.next_at ?? '')).toBeGreaterThan(Date.parse(waiting.since))
    expect((await readIntegration(site.integrationId))?.syncStatus).toBe('pending')
  })

  test('because the site asked for it says until when', async () => {
    const site = await connectSiteWithStructure()
    site.wordpress.fault = { kind: 'status', status: 503, headers: { 'retry-after': '120' } }
    await start(site)
    const { waiting } = await waitsFor(site, 'rate_limit')
    const pauseMs = Date.parse(waiting.next_at ?? '') - Date.parse(waiting.since)
    expect(pauseMs).toBeGreaterThan(115_000)
    expect(pauseMs).toBeLessThan(125_000)
  })

  test('for its turn says so while another run is at work, which alone is running', async () => {
    const site = await connectSiteWithStructure()
    const release = site.wordpress.hold()
    const first = await start(site)
    await vi.waitFor(async () => expect((await runOf(site, first.id)).status).toBe('running'))
    const second = await start(site, 'to_external')
    expect(second).toMatchObject({ status: 'queued', waiting: { for: 'turn', since: second.queued_at, next_at: null } })
    expect(await runOf(site, first.id)).toMatchObject({ status: 'running', waiting: null })
    const { results } = (await call(`GET ${site.path}/runs/`, { token: site.key })).body
    expect(results.map(({ status }: Run) => status)).toEqual(['queued', 'running'])
    release()
    await vi.waitFor(async () => expect((await state(site)).current_run).toBeNull())
    expect(await runOf(site, second.id)).toMatchObject({ status: 'succeeded', waiting: null })
  })

  test('tells those who watch when it begins to wait, and when it is at work again', async () => {
    const clock = movableClock()
    const site = await connectSiteWithStructure()
    const live = await watch(site.path, { token: site.key })
    site.wordpress.fault = { kind: 'status', status: 500 }
    const { id } = await start(site)
    const { waiting } = await waitsFor(site, 'retry')
    const seen = () => live.of('run').flatMap(({ run }) => (run.id === id ? [run] : []))
    await vi.waitFor(() => expect(seen().at(-1)?.waiting).toMatchObject({ for: 'retry' }))
    site.wordpress.fault = null
    clock.advance(Date.parse(waiting.next_at ?? '') - Date.now() + 1)
    await call(`POST ${site.path}/sync/`, { token: site.key, body: { direction: 'metadata' } })
    await vi.waitFor(() => expect(seen().at(-1)).toMatchObject({ status: 'succeeded', waiting: null }), {
      timeout: 5000,
    })
    expect(seen().every((run) => run.status !== 'running' || run.waiting === null)).toBe(true)
  })
})

describe('T60 a call that fails once', () => {
  /** Refuses the next requests as a firewall does, then answers. */
  const refuseTimes = (site: ConnectedSite, times: number) => {
    let left = times
    Object.defineProperty(site.wordpress, 'fault', {
      configurable: true,
      get: () => (left-- > 0 ? { kind: 'status', status: 403 } : null),
    })
  }

  test('is repeated before the site is taken for one that can’t be called: the run goes through', async () => {
    const site = await connectSiteWithStructure()
    refuseTimes(site, 1)
    const run = await start(site)
    await vi.waitFor(async () => expect((await state(site)).last_run).toMatchObject({ id: run.id }), { timeout: 5000 })
    expect(await runOf(site, run.id)).toMatchObject({ status: 'succeeded' })
    expect((await readIntegration(site.integrationId))?.transport).toBe('direct')
  })

  test('and a second time is one', async () => {
    const site = await connectSiteWithStructure()
    refuseTimes(site, 99)
    const run = await start(site)
    await vi.waitFor(async () => expect((await state(site)).last_run).toMatchObject({ id: run.id }), { timeout: 5000 })
    expect(await runOf(site, run.id)).toMatchObject({ status: 'failed' })
  })
})
