import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { apiKeys, integrations } from '../../../src/db/schema/index.ts'
import { openEventShards } from '../../../src/db/events/shards.ts'
import { createId } from '../../../src/lib/ids.ts'
import type { RpcCall } from '../../../src/site/rpc.ts'
import type { ObjectContext } from '../../../src/site/runs/context.ts'
import { runNext } from '../../../src/site/runs/runner.ts'
import { openSiteDatabase } from '../../../src/site/replica/database.ts'
import { startCursor } from '../../../src/site/stages/cursor.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { createTestKey } from '../../support/identity.ts'
import {
  COLLECTION,
  connectSiteWithStructure,
  d1,
  lastEvent,
  movableClock,
  readIntegration,
  readRun,
  revokeBehindTheEdge,
  runEnd,
  siteObject,
  type ConnectedSite,
} from '../../support/integration.ts'
import { call, refusal } from '../../support/openapi.ts'
import { playInternet, sampleStructure, shortenTimeouts } from '../../support/plugin.ts'

beforeAll(playInternet)

const rpcCall = (site: ConnectedSite, keyId: string | null = null): RpcCall => ({
  accountId: site.owner.accountId,
  siteId: site.siteId,
  integrationId: site.integrationId,
  keyId,
  requestId: 'req_test',
})

/** Runs in the site's object with a store on its own database. */
const withStore = <T>(siteId: string, work: (store: SiteStore, state: DurableObjectState) => T | Promise<T>) =>
  runInDurableObject(siteObject(siteId), (_instance, state) =>
    work(new SiteStore(openSiteDatabase(state.storage)), state),
  )

const contextOf = (store: SiteStore, overrides: Partial<ObjectContext> = {}): ObjectContext => ({
  db: d1(),
  events: openEventShards(env, d1()),
  store,
  config: readConfig(env),
  now: Date.now,
  newId: createId,
  random: Math.random,
  sleep: () => Promise.resolve(),
  fetch: (url, init) => fetch(url, init),
  ...overrides,
})

/** The alarm, whether it is due or not. */
const fireAlarm = (siteId: string) => runInDurableObject(siteObject(siteId), (instance) => instance.alarm())

/** Evicts the object from memory. That waits for its timers; every request to a site leaves one. */
const evict = (siteId: string) => evictDurableObject(siteObject(siteId))

const alarmOf = (siteId: string) => withStore(siteId, (_store, state) => state.storage.getAlarm())

describe('the alarm', () => {
  test('T3 is set again for pending work by a new instance, even after the platform gave up the last one', async () => {
    shortenTimeouts(800)
    const site = await connectSiteWithStructure()
    const dueAt = Date.now() + 600_000
    await withStore(site.siteId, async (store, state) => {
      store.runs.enqueue('run_late', rpcCall(site), 'metadata', dueAt)
      await state.storage.deleteAlarm()
    })
    expect(await alarmOf(site.siteId)).toBeNull()
    await evict(site.siteId)
    expect(await alarmOf(site.siteId)).toBe(dueAt)
  })

  test('T3 does not throw while D1 is unavailable, and is set again', async () => {
    const site = await connectSiteWithStructure()
    const broken = vi.spyOn(env.DB, 'withSession').mockImplementation(() => {
      throw new Error('D1 is away')
    })
    const queued = await siteObject(site.siteId).enqueue(rpcCall(site), 'metadata')
    const id = queued.ok ? queued.value.id : ''
    try {
      await vi.waitFor(async () => expect(await alarmOf(site.siteId)).toBeGreaterThan(Date.now() + 20_000))
    } finally {
      broken.mockRestore()
    }
    movableClock().advance(30_000)
    await fireAlarm(site.siteId)
    expect(await runEnd(site, id)).toMatchObject({ status: 'succeeded' })
  })

  test('T8 is at most an hour away, and a run due in the far future is due then', async () => {
    const site = await connectSiteWithStructure()
    const clock = movableClock()
    await withStore(site.siteId, (store) =>
      store.runs.enqueue('run_far', rpcCall(site), 'metadata', Date.now() + 86_400_000),
    )
    await siteObject(site.siteId).stop('int_of_another')
    expect(await alarmOf(site.siteId)).toBeLessThanOrEqual(Date.now() + 3_600_000)
    clock.advance(3_600_000)
    await fireAlarm(site.siteId)
    expect(await readRun(site.siteId, 'run_far')).toMatchObject({ status: 'succeeded' })
  })

  test('T2 a run whose process was killed is continued by the next instance, and done once', async () => {
    shortenTimeouts(800)
    const site = await connectSiteWithStructure()
    await withStore(site.siteId, (store) => {
      store.runs.enqueue('run_killed', rpcCall(site), 'metadata', Date.now())
      expect(store.runs.lease(Date.now(), 60_000)).toMatchObject({ id: 'run_killed', attempt: 1 })
    })
    await evict(site.siteId)
    await fireAlarm(site.siteId)
    expect(await readRun(site.siteId, 'run_killed')).toMatchObject({ attempt: 2, status: 'succeeded' })
    expect(site.wordpress.executed.filter((name) => name === 'structure')).toHaveLength(1)
  })

  test('a run that kills its process every time fails in the end', async () => {
    const site = await connectSiteWithStructure()
    const clock = movableClock()
    await withStore(site.siteId, (store) => {
      store.runs.enqueue('run_deadly', rpcCall(site), 'metadata', Date.now())
      for (let attempt = 1; attempt <= 6; attempt++) {
        expect(store.runs.lease(Date.now(), 60_000)).toMatchObject({ attempt })
        clock.advance(60_001)
      }
    })
    await fireAlarm(site.siteId)
    expect(await readRun(site.siteId, 'run_deadly')).toMatchObject({ attempt: 7, status: 'failed' })
    expect(await readIntegration(site.integrationId)).toMatchObject({ syncStatus: 'failed' })
    expect(await lastEvent(site.integrationId, 'sync')).toMatchObject({ success: false, code: 'internal_error' })
    expect(site.wordpress.executed).toEqual(['status'])
  })

  test('a failure that D1 could not store ends the run once D1 is available again', async () => {
    const site = await connectSiteWithStructure()
    site.wordpress.fault = { kind: 'no_plugin' }
    const clock = movableClock()
    await withStore(site.siteId, async (store) => {
      store.runs.enqueue('run_unlucky', rpcCall(site), 'metadata', Date.now())
      let updates = 0
      const failing = new Proxy(d1(), {
        get: (target, name) => {
          // the first one begins the run
          if (name === 'update' && ++updates > 1) throw new Error('D1 is away')
          return Reflect.get(target, name, target) as unknown
        },
      })
      await expect(runNext(contextOf(store, { db: failing }))).rejects.toThrow('D1 is away')
      // nothing happens until its lease ends, and it says so
      expect(store.runsState(Date.now()).currentRun).toMatchObject({
        id: 'run_unlucky',
        status: 'queued',
        waiting: { for: 'retry', next_at: expect.any(String) },
      })
    })
    clock.advance(90_001)
    await fireAlarm(site.siteId)
    expect(await readRun(site.siteId, 'run_unlucky')).toMatchObject({ status: 'failed' })
    expect(await readIntegration(site.integrationId)).toMatchObject({ syncStatus: 'failed' })
  })
})

describe('T12 the holder of an expired lease', () => {
  test('neither stores its results nor ends the run', async () => {
    const site = await connectSiteWithStructure()
    const clock = movableClock()
    site.wordpress.structure = { ...sampleStructure(), taxonomies: {} }
    await withStore(site.siteId, async (store) => {
      store.runs.enqueue('run_slow', rpcCall(site), 'metadata', Date.now())
      const release = site.wordpress.hold()
      const asked = site.wordpress.requests.length
      const slow = runNext(contextOf(store))
      await vi.waitFor(() => expect(site.wordpress.requests).toHaveLength(asked + 1))
      clock.advance(90_001)
      const next = runNext(contextOf(store))
      await vi.waitFor(() => expect(site.wordpress.requests).toHaveLength(asked + 2))
      release()
      await Promise.all([slow, next])
    })
    expect(site.wordpress.executed.filter((name) => name === 'structure')).toHaveLength(2)
    expect(await readRun(site.siteId, 'run_slow')).toMatchObject({ attempt: 2, status: 'succeeded' })
    expect(await d1().$count(integrations, eq(integrations.id, site.integrationId))).toBe(1)
    const events = await call(`GET ${site.path}/events/?action=sync`, { token: site.key })
    expect(events.body.results).toHaveLength(1)
  })

  test('can change nothing of the run in the store', async () => {
    const site = await connectSiteWithStructure()
    await withStore(site.siteId, (store) => {
      store.runs.enqueue('run_x', rpcCall(site), 'metadata', 1000)
      const old = store.runs.lease(1000, 10)
      expect(old?.attempt).toBe(1)
      if (!old) return
      expect(store.runs.holds(old, 1009)).toBe(true)
      expect(store.runs.holds(old, 1010)).toBe(false)
      const current = store.runs.lease(1010, 10)
      expect(current).toMatchObject({ id: 'run_x', attempt: 2 })
      store.runs.saveCursor(old, { ...startCursor('metadata', 1), progress: { done: 9, total: 9, by_type: {} } })
      store.runs.retry(old, 99_999, { code: 'x', detail: 'x', fix: null }, { for: 'retry', since: 1010, detail: 'x' })
      expect(store.runs.finish(old, 1011, null)).toBe(false)
      expect(store.runsState(1011).currentRun).toMatchObject({ status: 'running', error: null, progress: { done: 0 } })
      if (current) expect(store.runs.finish(current, 1012, null)).toBe(true)
      expect(store.runsState(1012)).toMatchObject({ currentRun: null, lastRun: { status: 'succeeded' } })
    })
  })
})

describe('the queue', () => {
  test('knows when the next work is due, and how long the oldest run has waited', async () => {
    const site = await connectSiteWithStructure()
    await withStore(site.siteId, (store) => {
      store.schedule.cancel('health')
      expect(store.nextDueAt()).toBeNull()
      store.runs.enqueue('run_1', rpcCall(site), 'metadata', 5000)
      expect(store.runs.enqueue('run_2', rpcCall(site), 'metadata', 6000).id).toBe('run_1')
      expect(store.nextDueAt()).toBe(5000)
      expect(store.runs.lease(4999, 10)).toBeNull()
      expect(store.runsState(8000).lagS).toBe(3)
      const run = store.runs.lease(5000, 10)
      expect(store.nextDueAt()).toBe(5010)
      const failure = { code: 'x', detail: 'x', fix: null }
      if (run) store.runs.retry(run, 7000, failure, { for: 'retry', since: 6000, detail: 'x' })
      expect(store.runsState(6500).currentRun?.waiting).toMatchObject({ since: new Date(6000).toISOString() })
      expect(store.nextDueAt()).toBe(7000)
      store.runs.cancelAll('int_of_another', 7000)
      expect(store.nextDueAt()).toBe(7000)
      store.runs.cancelAll(site.integrationId, 7000)
      expect(store.nextDueAt()).toBeNull()
    })
  })

  test('keeps a hundred finished runs', async () => {
    const site = await connectSiteWithStructure()
    await withStore(site.siteId, (store, state) => {
      for (let n = 1; n <= 120; n++) {
        store.runs.enqueue(`run_${n}`, rpcCall(site), 'metadata', n)
        const run = store.runs.lease(n, 10)
        if (run) store.runs.finish(run, n, null)
      }
      const { count, oldest } = state.storage.sql
        .exec<{ count: number; oldest: number }>('SELECT count(*) AS count, min(finished_at) AS oldest FROM runs')
        .one()
      expect([count, oldest]).toEqual([100, 21])
      expect(store.runsState(121).lastRun?.id).toBe('run_120')
    })
  })
})

describe('T39 a key that was revoked', () => {
  test('is refused from the next request on, even while the cache at the edge still accepts it', async () => {
    const site = await connectSiteWithStructure()
    const other = await createTestKey(site.owner, site.siteId)
    const { key, id } = await createTestKey(site.owner, site.siteId)
    await call(`POST ${site.path}/update-structure/`, { token: key, body: sampleStructure() })
    await revokeBehindTheEdge(site, { id, key })
    const before = await readIntegration(site.integrationId)
    const asked = site.wordpress.requests.length
    expect((await call(`GET ${site.path}/content-types/`, { token: key })).status).toBe(200)
    const attempts: [string, unknown?][] = [
      [`POST ${site.path}/update-structure/`, { ...sampleStructure(), taxonomies: {} }],
      [`POST ${site.path}/sync/`, {}],
      [`POST ${site.path}/test-connection/`],
      [`GET ${site.path}/debug-status/`],
      [`PATCH ${site.path}/`, { sync_enabled: false }],
      [`PATCH ${site.path}/content-types/`, { post_types: { post: { fetch_limit: 1 } } }],
      [`DELETE ${site.path}/`],
      [`POST ${COLLECTION}/`, { site_id: site.siteId, api_key: other.key }],
      [`POST ${COLLECTION}/test-connection/`, { site_id: site.siteId, site_url: site.wordpress.url }],
    ]
    for (const [request, body] of attempts) {
      expect([request, ...refusal(await call(request, { token: key, body }))]).toEqual([
        request,
        401,
        'api_key_revoked',
      ])
    }
    expect(await readIntegration(site.integrationId)).toEqual(before)
    expect(site.wordpress.requests).toHaveLength(asked)
    expect(await siteObject(site.siteId).runs()).toMatchObject({ currentRun: null, lastRun: null })
  })

  test('cannot be used to connect, in the body either', async () => {
    const site = await connectSiteWithStructure()
    await revokeBehindTheEdge(site, { id: site.keyId, key: site.key })
    const body = { site_id: site.siteId, api_key: site.key, site_url: site.wordpress.url }
    expect(refusal(await call(`POST ${COLLECTION}/test-connection/`, { body }))).toEqual([403, 'invalid_api_key'])
  })

  test('stays revoked at the object, whatever is read or stored later', async () => {
    shortenTimeouts(800)
    const site = await connectSiteWithStructure()
    await siteObject(site.siteId).revokeKey(site.keyId)
    await withStore(site.siteId, (store) => store.access.trustKey(site.keyId, Date.now() + 1e9, Date.now()))
    await evict(site.siteId)
    expect(await siteObject(site.siteId).authorizeKey(rpcCall(site, site.keyId))).toMatchObject({
      code: 'api_key_revoked',
    })
  })

  test.each([
    ['expired', { expiresAt: new Date(1) }, 'api_key_expired'],
    ['of another site', { siteId: 'site_x' }, 'api_key_revoked'],
  ])('that is %s is refused by the object as well', async (_name, change, code) => {
    const site = await connectSiteWithStructure()
    const { id } = await createTestKey(site.owner, site.siteId)
    await d1().update(apiKeys).set(change).where(eq(apiKeys.id, id))
    expect(await siteObject(site.siteId).authorizeKey(rpcCall(site, id))).toMatchObject({ ok: false, code })
  })
})

test('requests to a site are sent one after the other', async () => {
  const site = await connectSiteWithStructure()
  site.wordpress.maxParallel = 0
  const { token } = site.owner
  await Promise.all([
    call(`POST ${site.path}/test-connection/`, { token }),
    call(`GET ${site.path}/debug-status/`, { token }),
    call(`POST ${site.path}/sync/`, { token, body: {} }),
    call(`POST ${site.path}/test-connection/`, { token }),
  ])
  await vi.waitFor(async () => expect((await siteObject(site.siteId).runs()).currentRun).toBeNull())
  expect(site.wordpress.maxParallel).toBe(1)
})

test('an object that forgot its data serves no call, and a new instance starts anew', async () => {
  const site = await connectSiteWithStructure()
  const { body: run } = await call(`POST ${site.path}/sync/`, { token: site.key, body: {} })
  await runEnd(site, run.id)
  await siteObject(site.siteId)
    .forget()
    .catch((error: unknown) => expect(String(error)).toContain('site deleted'))
  // an RPC promise makes a new promise at each look at it, so it is looked at once
  const refused: unknown = await siteObject(site.siteId)
    .runs()
    .catch((error: unknown) => error)
  expect(String(refused)).toContain('the site was deleted')
  await evict(site.siteId)
  expect(await siteObject(site.siteId).runs()).toEqual({
    currentRun: null,
    lastRun: null,
    lagS: null,
    waitingForSiteSince: null,
  })
})
