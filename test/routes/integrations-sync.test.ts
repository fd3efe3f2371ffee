import { runDurableObjectAlarm } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { syncEvents } from '../../src/db/events/schema.ts'
import { integrations } from '../../src/db/schema/index.ts'
import { createTestKey } from '../support/identity.ts'
import {
  connectSite,
  connectSiteWithStructure,
  d1,
  eventsD1,
  lastEvent,
  movableClock,
  readIntegration,
  readRun,
  runEnd,
  siteObject,
  type ConnectedSite,
} from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'
import { playInternet, sampleStructure, shortenTimeouts, type Fault } from '../support/plugin.ts'

beforeAll(playInternet)

const startSync = (site: ConnectedSite, body: unknown = { direction: 'metadata' }) =>
  call(`POST ${site.path}/sync/`, { token: site.key, body })
const syncStatus = async (site: ConnectedSite) =>
  (await call(`GET ${site.path}/sync-status/`, { token: site.key })).body
const eventsOf = async (site: ConnectedSite, query = '') =>
  (await call(`GET ${site.path}/events/${query}`, { token: site.key })).body

/** Waits until a run's first attempts have failed, and returns its row. */
const afterAttempt = (site: ConnectedSite, runId: string, attempt: number) =>
  vi.waitFor(
    async () => {
      const row = await readRun(site.siteId, runId)
      expect(row).toMatchObject({ attempt, lease_until: null })
      return row
    },
    { timeout: 5000, interval: 20 },
  )

describe('a sync', () => {
  test('is accepted, asks the site, stores what it says, and leaves its record', async () => {
    const site = await connectSite()
    const { status, body: run } = await startSync(site)
    expect(status).toBe(202)
    expect(run).toMatchObject({ direction: 'metadata', status: 'queued', started_at: null, error: null })
    const ended = await runEnd(site, run.id)
    expect(ended).toMatchObject({ id: run.id, status: 'succeeded', error: null })
    expect(site.wordpress.executed.slice(0, 2)).toEqual(['status', 'structure'])
    const { body } = await call(`GET ${site.path}/`, { token: site.key })
    expect(body).toMatchObject({ sync_status: 'success', connection: 'ready', last_sync_at: expect.any(String) })
    const types = await call(`GET ${site.path}/content-types/`, { token: site.key })
    expect(types.body).toMatchObject({ last_structure_fetch: expect.any(String), post_types: { post: { count: 123 } } })
    const event = await lastEvent(site.integrationId, 'sync')
    expect(event).toMatchObject({ success: true, runId: run.id, direction: 'metadata', counts: { failed: 0 } })
    expect(await syncStatus(site)).toMatchObject({ sync_status: 'success', current_run: null, lag_s: null })
  })

  test('sees what has changed on the site, and asks it in the name of the run', async () => {
    const site = await connectSiteWithStructure()
    site.wordpress.structure = { ...sampleStructure(), taxonomies: {} }
    site.wordpress.structure.post_types['post'] = { label: 'Posts', count: 124, enabled: true }
    const { body: run } = await startSync(site)
    await runEnd(site, run.id)
    const { body } = await call(`GET ${site.path}/content-types/`, { token: site.key })
    expect(body).toMatchObject({ post_types: { post: { count: 124 } }, taxonomies: {} })
    expect(site.wordpress.requests.at(-1)?.headers.get('x-run-id')).toBe(run.id)
    expect(site.wordpress.requests.at(-1)?.headers.get('authorization')).toBeNull()
  })

  test('T11 asked for 100 times at once is one run', async () => {
    const site = await connectSite()
    const release = site.wordpress.hold()
    const answers = await Promise.all(Array.from({ length: 100 }, () => startSync(site)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    const ids = new Set(answers.map(({ body }) => body.id))
    expect(ids.size).toBe(1)
    const [id = ''] = ids
    await vi.waitFor(async () => expect((await syncStatus(site)).sync_status).toBe('syncing'))
    expect((await startSync(site)).body).toMatchObject({ id, status: 'running' })
    const waiting = await syncStatus(site)
    expect(waiting).toMatchObject({ current_run: { id, status: 'running' }, lag_s: expect.any(Number) })
    release()
    await runEnd(site, id)
    expect(site.wordpress.executed.filter((name) => name === 'structure')).toHaveLength(1)
    expect((await startSync(site)).body.id).not.toBe(id)
  })

  test.each<[string, unknown]>([
    ['a direction that there is not', { direction: 'sideways' }],
    ['a list', []],
    ['a text', 'metadata'],
    ['a null', { direction: null }],
  ])('refuses %s', async (_name, body) => {
    const site = await connectSite()
    expect(refusal(await startSync(site, body))).toEqual([400, 'validation_error'])
    expect(await siteObject(site.siteId).runs()).toMatchObject({ currentRun: null, lastRun: null })
  })

  test.each([{ sync_enabled: false }, { is_active: false }])(
    'of what is switched off by %j is a 409',
    async (patch) => {
      const site = await connectSiteWithStructure()
      await call(`PATCH ${site.path}/`, { token: site.owner.token, body: patch })
      const before = site.wordpress.requests.length
      expect(refusal(await startSync(site))).toEqual([409, 'sync_disabled'])
      expect(await siteObject(site.siteId).runs()).toMatchObject({ currentRun: null })
      expect(site.wordpress.requests).toHaveLength(before)
    },
  )

  test('that is switched off while it runs is cancelled, stores nothing, and does not seem to run for ever', async () => {
    const site = await connectSiteWithStructure()
    site.wordpress.structure = { ...sampleStructure(), taxonomies: {} }
    const release = site.wordpress.hold()
    const { body: run } = await startSync(site)
    await vi.waitFor(async () => expect((await syncStatus(site)).sync_status).toBe('syncing'))
    await call(`PATCH ${site.path}/`, { token: site.owner.token, body: { sync_enabled: false } })
    release()
    expect(await runEnd(site, run.id)).toMatchObject({ status: 'cancelled' })
    expect((await syncStatus(site)).sync_status).toBe('pending')
    const cancelled = { success: false, code: 'cancelled' }
    await vi.waitFor(async () => expect(await lastEvent(site.integrationId, 'sync')).toMatchObject(cancelled))
    const { body } = await call(`GET ${site.path}/content-types/`, { token: site.key })
    expect(Object.keys(body.taxonomies)).toEqual(['category'])
  })

  test('that was queued before it was switched off does not call the site', async () => {
    const site = await connectSiteWithStructure()
    const before = site.wordpress.requests.length
    await d1().update(integrations).set({ syncEnabled: false }).where(eq(integrations.id, site.integrationId))
    const call = {
      accountId: site.owner.accountId,
      siteId: site.siteId,
      integrationId: site.integrationId,
      keyId: null,
      requestId: 'req_1',
    }
    const queued = await siteObject(site.siteId).enqueue(call, 'metadata')
    expect(queued.ok).toBe(true)
    await vi.waitFor(async () =>
      expect(await lastEvent(site.integrationId, 'sync')).toMatchObject({ code: 'cancelled' }),
    )
    expect((await readIntegration(site.integrationId))?.syncStatus).toBe('pending')
    expect(site.wordpress.requests).toHaveLength(before)
  })
})

describe('a site that fails', () => {
  test('is asked again after a growing pause, and the run is failed visibly after the sixth time', async () => {
    const site = await connectSiteWithStructure()
    site.wordpress.fault = { kind: 'status', status: 500 }
    const clock = movableClock()
    const { body: run } = await startSync(site)
    const pauses: number[] = []
    for (let attempt = 1; attempt < 6; attempt++) {
      const row = await afterAttempt(site, run.id, attempt)
      expect(JSON.parse(row.error ?? '')).toMatchObject({ code: 'wordpress_error' })
      pauses.push(row.next_attempt_at - Date.now())
      expect(await syncStatus(site)).toMatchObject({ sync_status: 'pending', current_run: { id: run.id } })
      clock.advance(row.next_attempt_at - Date.now() + 1)
      await runDurableObjectAlarm(siteObject(site.siteId))
    }
    for (const [index, pause] of pauses.entries()) {
      const ceiling = 2000 * 2 ** index
      expect(pause).toBeGreaterThan(ceiling / 2 - 500)
      expect(pause).toBeLessThanOrEqual(ceiling)
    }
    const ended = await runEnd(site, run.id)
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'wordpress_error', fix: expect.any(String) } })
    expect(await syncStatus(site)).toMatchObject({ sync_status: 'failed', current_run: null })
    const failures = await eventsOf(site, '?action=sync&success=false')
    expect(failures.results).toHaveLength(6)
    expect(site.wordpress.executed).toEqual(['status'])
    site.wordpress.fault = null
    const { body: next } = await startSync(site)
    expect(next.id).not.toBe(run.id)
    await runDurableObjectAlarm(siteObject(site.siteId))
    expect(await runEnd(site, next.id)).toMatchObject({ status: 'succeeded' })
  })

  test('and recovers is not noticed but for the record', async () => {
    const site = await connectSiteWithStructure()
    site.wordpress.fault = { kind: 'down' }
    const clock = movableClock()
    const { body: run } = await startSync(site)
    await afterAttempt(site, run.id, 1)
    site.wordpress.fault = null
    clock.advance(2001)
    await runDurableObjectAlarm(siteObject(site.siteId))
    expect(await runEnd(site, run.id)).toMatchObject({ status: 'succeeded', error: null })
    expect((await readIntegration(site.integrationId))?.syncStatus).toBe('success')
  })

  test.each([
    [429, '120', 120],
    [503, '90', 90],
    [429, '999999', 3600],
  ])('T7 with %i and Retry-After: %s is left alone for %i s', async (status, header, expected) => {
    const site = await connectSiteWithStructure()
    site.wordpress.fault = { kind: 'status', status, headers: { 'retry-after': header } }
    const asked = Date.now()
    const { body: run } = await startSync(site)
    const row = await afterAttempt(site, run.id, 1)
    const waitedS = (row.next_attempt_at - asked) / 1000
    expect(waitedS).toBeGreaterThanOrEqual(expected)
    expect(waitedS).toBeLessThan(expected + 1)
    const before = site.wordpress.requests.length
    // neither the run nor a health check
    await runDurableObjectAlarm(siteObject(site.siteId))
    await runDurableObjectAlarm(siteObject(site.siteId))
    expect(site.wordpress.requests).toHaveLength(before)
    expect(await readRun(site.siteId, run.id)).toMatchObject({ attempt: 1, status: 'queued' })
  })

  test.each<[Fault, string]>([
    [{ kind: 'no_plugin' }, 'plugin_not_found'],
    [{ kind: 'wrong_signature' }, 'response_unsigned'],
    [{ kind: 'not_connected' }, 'plugin_not_connected'],
  ])('in a way that only people can mend (%j) fails the run at once', async (fault, code) => {
    const site = await connectSiteWithStructure()
    site.wordpress.fault = fault
    const { body: run } = await startSync(site)
    expect(await runEnd(site, run.id)).toMatchObject({ status: 'failed', error: { code } })
    expect((await readIntegration(site.integrationId))?.syncStatus).toBe('failed')
    expect(await lastEvent(site.integrationId, 'sync')).toMatchObject({ success: false, code, runId: run.id })
  })

  test('by a structure that is none stores nothing of it', async () => {
    const site = await connectSiteWithStructure()
    const before = await call(`GET ${site.path}/content-types/`, { token: site.key })
    site.wordpress.structure.post_types['post'] = { label: '<b>x</b>', count: -1, enabled: true }
    const { body: run } = await startSync(site)
    expect(await runEnd(site, run.id)).toMatchObject({ status: 'failed', error: { code: 'response_invalid' } })
    const { body: after } = await call(`GET ${site.path}/content-types/`, { token: site.key })
    const structureOf = ({ post_types, taxonomies, last_structure_fetch }: typeof after) => ({
      post_types,
      taxonomies,
      last_structure_fetch,
    })
    expect(structureOf(after)).toEqual(structureOf(before.body))
  })

  test('T13 by hanging does not hold up another one', async () => {
    shortenTimeouts(1500)
    const [slow, quick] = [await connectSiteWithStructure(), await connectSiteWithStructure()]
    slow.wordpress.fault = { kind: 'hang' }
    const { body: hanging } = await startSync(slow)
    const { body: run } = await startSync(quick)
    expect(await runEnd(quick, run.id)).toMatchObject({ status: 'succeeded' })
    expect((await syncStatus(slow)).current_run).toMatchObject({ id: hanging.id })
    expect(await afterAttempt(slow, hanging.id, 1)).toMatchObject({ status: 'queued' })
  })
})

describe('events', () => {
  test('are listed newest first, page by page, and by what they say', async () => {
    const site = await connectSiteWithStructure()
    site.wordpress.fault = { kind: 'no_plugin' }
    await call(`POST ${site.path}/test-connection/`, { token: site.key })
    site.wordpress.fault = null
    await call(`POST ${site.path}/test-connection/`, { token: site.key })
    const { body: run } = await startSync(site)
    await runEnd(site, run.id)
    const actions: string[] = []
    const ids: string[] = []
    for (let next: string | null = ''; next !== null;) {
      const page = await eventsOf(site, `?limit=2${next && `&cursor=${next}`}`)
      expect(page.results.length).toBeLessThanOrEqual(2)
      for (const event of page.results) {
        actions.push(event.action)
        ids.push(event.id)
        expect(event.integration_id).toBe(site.integrationId)
        expect(Date.parse(event.finished_at)).toBeGreaterThanOrEqual(Date.parse(event.started_at))
      }
      next = page.next
    }
    expect(actions).toEqual(['sync', 'test_connection', 'test_connection', 'update_structure', 'connect'])
    expect(ids).toEqual([...new Set(ids)].toSorted().toReversed())
    const failed = await eventsOf(site, '?success=false')
    expect(failed.results).toEqual([expect.objectContaining({ id: ids[2], code: 'plugin_not_found', success: false })])
    const tests = await eventsOf(site, '?action=test_connection&success=true')
    expect(tests.results.map(({ id }: { id: string }) => id)).toEqual([ids[1]])
    expect(await eventsOf(site, '?action=unheard_of')).toEqual({ results: [], next: null })
  })

  test.each(['cursor=x', 'success=perhaps', 'limit=-1', `action=${'x'.repeat(65)}`])('refuse ?%s', async (query) => {
    const site = await connectSite()
    const answer = await call(`GET ${site.path}/events/?${query}`, { token: site.key })
    expect(answer.status).toBe(400)
  })

  test('T38 are the tenant’s own', async () => {
    const [site, other] = [await connectSite(), await connectSite()]
    const answer = await call(`GET ${site.path}/events/`, { token: other.key })
    expect(refusal(answer)).toEqual([404, 'integration_not_found'])
    const sibling = await createTestKey(other.owner, other.siteId, { scopes: ['content:read'] })
    expect(refusal(await call(`GET ${other.path}/events/`, { token: sibling.key }))).toEqual([
      403,
      'insufficient_scope',
    ])
    expect(await eventsD1().$count(syncEvents, eq(syncEvents.integrationId, site.integrationId))).toBe(1)
  })
})
