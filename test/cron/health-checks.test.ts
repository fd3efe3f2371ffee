import {
  createExecutionContext,
  createScheduledController,
  runInDurableObject,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq, inArray } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { syncEvents } from '../../src/db/events/schema.ts'
import { idempotencyKeys, integrations } from '../../src/db/schema/index.ts'
import worker from '../../src/index.ts'
import {
  connectSite,
  connectSiteWithStructure,
  d1,
  eventsD1,
  lastEvent,
  movableClock,
  readIntegration,
  siteObject,
  type ConnectedSite,
} from '../support/integration.ts'
import { call } from '../support/openapi.ts'
import { playInternet, shortenTimeouts } from '../support/plugin.ts'

beforeAll(playInternet)
// removes what the previous test left
beforeEach(() => d1().update(integrations).set({ nextCheckAt: null }))

/** Runs one whole tick of the cron. */
async function tick(): Promise<void> {
  const controller = createScheduledController({ scheduledTime: new Date(Date.now()), cron: '* * * * *' })
  const execution = createExecutionContext()
  await worker.scheduled(controller, env)
  await waitOnExecutionContext(execution)
}

const makeDue = (...sites: ConnectedSite[]) =>
  d1()
    .update(integrations)
    .set({ nextCheckAt: new Date(Date.now() - 600_000) })
    .where(
      inArray(
        integrations.id,
        sites.map(({ integrationId }) => integrationId),
      ),
    )

const subjectOf = ({ owner, siteId, integrationId }: ConnectedSite) => ({
  accountId: owner.accountId,
  siteId,
  integrationId,
})

const minutesToNextCheck = async (site: ConnectedSite) =>
  (((await readIntegration(site.integrationId))?.nextCheckAt?.getTime() ?? 0) - Date.now()) / 60_000

/** Waits until the site's object has checked the site; the tick only wakes the object. */
const checked = (site: ConnectedSite, state: Record<string, unknown>) =>
  vi.waitFor(async () => expect(await readIntegration(site.integrationId)).toMatchObject(state), { timeout: 10_000 })

const statusAsked = ({ wordpress }: ConnectedSite) => wordpress.executed.filter((name) => name === 'status').length

test('wakes what is overdue, and nothing else', async () => {
  const [due, later] = [await connectSiteWithStructure(), await connectSiteWithStructure()]
  await d1()
    .update(integrations)
    .set({ nextCheckAt: new Date(Date.now() + 60_000), lastVerifiedAt: null })
    .where(eq(integrations.id, later.integrationId))
  await makeDue(due)
  const asked = later.wordpress.requests.length
  await tick()
  await vi.waitFor(() => expect(statusAsked(due)).toBe(2))
  await checked(due, { connection: 'ready', connectionReason: null })
  const minutes = await vi.waitFor(async () => {
    const ahead = await minutesToNextCheck(due)
    expect(ahead).toBeGreaterThan(44)
    return ahead
  })
  expect(minutes).toBeLessThanOrEqual(60)
  expect(later.wordpress.requests).toHaveLength(asked)
  // healthy as before: no notification and no event
  expect(await lastEvent(due.integrationId, 'health_check')).toBeUndefined()
})

test('a check of a healthy site is one request to it', async () => {
  const site = await connectSiteWithStructure()
  const before = site.wordpress.requests.length
  await makeDue(site)
  await tick()
  await vi.waitFor(async () => expect(await minutesToNextCheck(site)).toBeGreaterThan(44))
  expect(site.wordpress.requests.slice(before).map(({ path }) => path)).toEqual(['/wp-json/igny8/v1/commands'])
})

test('T8 a check that a wrong clock planned for tomorrow is brought back', async () => {
  const site = await connectSiteWithStructure()
  await d1()
    .update(integrations)
    .set({ nextCheckAt: new Date(Date.now() + 86_400_000) })
    .where(eq(integrations.id, site.integrationId))
  await tick()
  await vi.waitFor(() => expect(statusAsked(site)).toBe(2))
  await vi.waitFor(async () => expect(await minutesToNextCheck(site)).toBeLessThanOrEqual(60))
})

test('moves the states of sites that fail and heal, and comes back to failing ones sooner', async () => {
  const [broken, silent, healed] = [
    await connectSiteWithStructure(),
    await connectSiteWithStructure(),
    await connectSite(),
  ]
  broken.wordpress.fault = { kind: 'no_plugin' }
  silent.wordpress.fault = { kind: 'down' }
  await d1().update(integrations).set({ connection: 'unreachable' }).where(eq(integrations.id, healed.integrationId))
  await makeDue(broken, silent, healed)
  await tick()
  await checked(broken, { connection: 'degraded', connectionReason: 'plugin_not_found' })
  await checked(silent, { connection: 'unreachable', connectionReason: 'connection_lost' })
  await checked(healed, { connection: 'structure_syncing', connectionReason: null })
  expect(await lastEvent(broken.integrationId, 'health_check')).toMatchObject({
    success: false,
    code: 'plugin_not_found',
  })
  for (const site of [broken, silent]) {
    const minutes = await minutesToNextCheck(site)
    expect(minutes).toBeGreaterThan(1.3)
    expect(minutes).toBeLessThanOrEqual(2)
  }
})

test('a site that is down is asked less and less often, and at least every hour', async () => {
  const site = await connectSiteWithStructure()
  const clock = movableClock()
  site.wordpress.fault = { kind: 'down' }
  const waits: number[] = []
  for (let failure = 1; failure <= 8; failure++) {
    await siteObject(site.siteId).scheduleCheck(subjectOf(site), Date.now())
    const before = await readIntegration(site.integrationId)
    await runInDurableObject(siteObject(site.siteId), (instance) => instance.alarm())
    await vi.waitFor(async () =>
      expect((await readIntegration(site.integrationId))?.nextCheckAt).not.toEqual(before?.nextCheckAt),
    )
    waits.push(await minutesToNextCheck(site))
    clock.advance(3_700_000)
  }
  for (const [index, minutes] of waits.entries()) {
    const ceiling = Math.min(60, 2 * 2 ** index)
    expect(minutes).toBeLessThanOrEqual(ceiling)
    expect(minutes).toBeGreaterThan(0.7 * ceiling)
  }
  site.wordpress.fault = null
  await siteObject(site.siteId).scheduleCheck(subjectOf(site), Date.now())
  await runInDurableObject(siteObject(site.siteId), (instance) => instance.alarm())
  await checked(site, { connection: 'ready', connectionReason: null })
  expect(await minutesToNextCheck(site)).toBeGreaterThan(44)
})

test('the object checks its site within the hour, without a cron', async () => {
  const site = await connectSiteWithStructure()
  const clock = movableClock()
  const at = await runInDurableObject(siteObject(site.siteId), (_instance, state) => state.storage.getAlarm())
  expect(at).toBeLessThanOrEqual(Date.now() + 3_600_000)
  expect(at).toBe((await readIntegration(site.integrationId))?.nextCheckAt?.getTime())
  site.wordpress.fault = { kind: 'no_plugin' }
  clock.advance(3_600_000)
  await runInDurableObject(siteObject(site.siteId), (instance) => instance.alarm())
  await checked(site, { connection: 'degraded', connectionReason: 'plugin_not_found' })
})

test('a check that D1 broke off is repeated soon, and the one after a good check is where D1 has it', async () => {
  const site = await connectSiteWithStructure()
  const clock = movableClock()
  const plannedIn = () =>
    runInDurableObject(siteObject(site.siteId), (_instance, { storage }) => {
      const [row] = storage.sql.exec<{ due: number }>("SELECT due_at AS due FROM schedule WHERE task = 'health'")
      return ((row?.due ?? 0) - Date.now()) / 60_000
    })
  const check = () => runInDurableObject(siteObject(site.siteId), (instance) => instance.alarm())
  clock.advance(3_600_000)
  await check()
  const planned = await plannedIn()
  expect(planned).toBeGreaterThan(44)
  expect(planned).toBeCloseTo(await minutesToNextCheck(site), 1)
  clock.advance(3_600_000)
  const session = Object.getPrototypeOf(env.DB.withSession()) as D1DatabaseSession
  const broken = vi.spyOn(session, 'prepare').mockImplementation(() => {
    throw new Error('D1 is away')
  })
  try {
    await check()
  } finally {
    broken.mockRestore()
  }
  expect(await plannedIn()).toBeLessThanOrEqual(2)
  expect(await readIntegration(site.integrationId)).toMatchObject({ connection: 'ready' })
})

test('what is only half right makes a connection degraded, with its reason, until it is mended', async () => {
  const site = await connectSiteWithStructure()
  const nowS = Math.floor(Date.now() / 1000)
  const checkHealth = async () => {
    const { body } = await call(`POST ${site.path}/test-connection/`, { token: site.key })
    expect(body.success).toBe(true)
    return (await call(`GET ${site.path}/content-types/`, { token: site.key })).body.health
  }
  site.wordpress.status.outbox = { pending: 2, oldest_at: nowS - 7200, needs_digest: false, last_error: null }
  expect(await checkHealth()).toMatchObject({
    state: 'degraded',
    reason: { code: 'outbox_lagging', detail: '2 changes wait, the oldest for 120 minutes.', fix: expect.any(String) },
  })
  site.wordpress.status.outbox = { pending: 0, oldest_at: null, needs_digest: false, last_error: null }
  expect(await checkHealth()).toMatchObject({ state: 'ready', reason: null })
})

test('T33 a site that is a copy under another address is degraded and says so, and a plain one goes on', async () => {
  const [copy, plain] = [await connectSiteWithStructure(), await connectSiteWithStructure()]
  const install = { id: 'b1946ac9', connected_url: 'https://shop.example.com', is_clone: false }
  plain.wordpress.status.install = { ...install, connected_url: plain.wordpress.status.home_url }
  copy.wordpress.status.install = { ...install, is_clone: true }
  await makeDue(copy, plain)
  await tick()
  await checked(copy, { connection: 'degraded', connectionReason: 'clone_detected' })
  const { health } = (await call(`GET ${copy.path}/content-types/`, { token: copy.key })).body
  expect(health.reason).toMatchObject({
    code: 'clone_detected',
    detail: expect.stringContaining('https://shop.example.com'),
    fix: expect.stringContaining('moved'),
  })
  await vi.waitFor(() => expect(statusAsked(plain)).toBe(2))
  await checked(plain, { connection: 'ready', connectionReason: null })
  copy.wordpress.status.install = install
  await makeDue(copy)
  await tick()
  await checked(copy, { connection: 'ready', connectionReason: null })
})

test('T13 one that hangs delays no other', async () => {
  shortenTimeouts(2000)
  const hanging = await connectSiteWithStructure()
  const others = [await connectSiteWithStructure(hanging.owner), await connectSiteWithStructure(hanging.owner)]
  hanging.wordpress.fault = { kind: 'hang' }
  await makeDue(hanging, ...others)
  await tick()
  for (const other of others) await vi.waitFor(() => expect(statusAsked(other)).toBe(2))
  expect(await readIntegration(hanging.integrationId)).toMatchObject({ connection: 'ready' })
  await checked(hanging, { connection: 'unreachable', connectionReason: 'wordpress_timeout' })
})

test('one whose check fails by a fault of ours keeps its state and is deferred, and the others are checked', async () => {
  const [odd, other] = [await connectSiteWithStructure(), await connectSiteWithStructure()]
  await d1().update(integrations).set({ credentials: 'v1.gone.AAAA' }).where(eq(integrations.id, odd.integrationId))
  await makeDue(odd, other)
  await tick()
  await vi.waitFor(() => expect(statusAsked(other)).toBe(2))
  expect(await minutesToNextCheck(odd)).toBeGreaterThan(11)
  expect(await readIntegration(odd.integrationId)).toMatchObject({ connection: 'ready', connectionReason: null })
})

test('two ticks at once wake each site once', async () => {
  const sites = [await connectSiteWithStructure(), await connectSiteWithStructure()]
  await makeDue(...sites)
  await Promise.all([tick(), tick()])
  for (const site of sites) await vi.waitFor(async () => expect(await minutesToNextCheck(site)).toBeGreaterThan(44))
  expect(sites.map(statusAsked)).toEqual([2, 2])
})

test('what rests is left at rest: switched off, of a site that is off, or with a revoked key', async () => {
  const [off, asleep, revoked] = [await connectSite(), await connectSite(), await connectSite()]
  await call(`PATCH ${off.path}/`, { token: off.owner.token, body: { is_active: false } })
  await call(`PATCH /api/v1/sites/${asleep.siteId}/`, { token: asleep.owner.token, body: { is_active: false } })
  await call(`DELETE /api/v1/sites/${revoked.siteId}/api-keys/${revoked.keyId}/`, { token: revoked.owner.token })
  await makeDue(off, asleep, revoked)
  const before = await Promise.all([off, asleep, revoked].map(({ integrationId }) => readIntegration(integrationId)))
  expect(before.map((row) => row?.connection)).toEqual(['disabled', 'disabled', 'key_revoked'])
  await tick()
  const after = await Promise.all([off, asleep, revoked].map(({ integrationId }) => readIntegration(integrationId)))
  expect(after).toEqual(before)
  for (const { wordpress } of [off, asleep, revoked]) expect(wordpress.executed).toEqual(['status'])
})

test('a check waits for the run that is at the site, and both get through', async () => {
  const site = await connectSiteWithStructure()
  const release = site.wordpress.hold()
  await call(`POST ${site.path}/sync/`, { token: site.key, body: {} })
  await vi.waitFor(() => expect(site.wordpress.requests.length).toBeGreaterThan(3))
  await makeDue(site)
  await tick()
  release()
  await vi.waitFor(async () => expect((await siteObject(site.siteId).runs()).currentRun).toBeNull())
  await vi.waitFor(() => expect(statusAsked(site)).toBe(2))
  expect(site.wordpress.executed).toContain('structure')
  expect(site.wordpress.maxParallel).toBe(1)
})

test('answers that can no longer be asked for are deleted, and no others', async () => {
  const answers = (id: string, expiresAt: number) => ({
    id,
    accountId: 'acc_1',
    fingerprint: 'x',
    leaseUntil: new Date(expiresAt),
    expiresAt: new Date(expiresAt),
  })
  await d1()
    .insert(idempotencyKeys)
    .values([answers('old', Date.now() - 1000), answers('new', Date.now() + 60_000)])
  await tick()
  const left = await d1().select({ id: idempotencyKeys.id }).from(idempotencyKeys)
  expect(left).toEqual([{ id: 'new' }])
})

test('forgets sync events after the time that is configured, and none before', async () => {
  const site = await connectSiteWithStructure()
  const dayMs = 86_400_000
  const event = (ageMs: number) => {
    const at = new Date(Date.now() - ageMs)
    const id = `evt_${at.getTime().toString(16).padStart(12, '0')}70008000000000000000`
    const { integrationId, siteId } = site
    const whose = { accountId: site.owner.accountId, siteId, integrationId }
    return { id, ...whose, action: 'sync', success: true, itemIds: [], counts: {}, startedAt: at, finishedAt: at }
  }
  const [old, young] = [event(91 * dayMs), event(89 * dayMs)]
  await eventsD1().insert(syncEvents).values([old, young])
  await tick()
  const left = await eventsD1()
    .select({ id: syncEvents.id })
    .from(syncEvents)
    .where(inArray(syncEvents.id, [old.id, young.id]))
  expect(left).toEqual([{ id: young.id }])
})
