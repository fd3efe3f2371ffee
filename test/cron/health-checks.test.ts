import { createExecutionContext, createScheduledController, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq, inArray } from 'drizzle-orm'
import { beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { idempotencyKeys, integrations, syncEvents } from '../../src/db/schema/index.ts'
import worker from '../../src/index.ts'
import {
  connectSite,
  connectSiteWithStructure,
  d1,
  lastEvent,
  readIntegration,
  siteObject,
  type ConnectedSite,
} from '../support/integration.ts'
import { call } from '../support/openapi.ts'
import { playInternet, shortenTimeouts } from '../support/plugin.ts'

beforeAll(playInternet)
// what the test before left behind is no business of the next one
beforeEach(() => d1().update(integrations).set({ nextCheckAt: null }))

/** One tick of the cron, at its full length. */
async function tick(): Promise<void> {
  const controller = createScheduledController({ scheduledTime: new Date(Date.now()), cron: '*/5 * * * *' })
  const execution = createExecutionContext()
  await worker.scheduled(controller, env, execution)
  await waitOnExecutionContext(execution)
}

const makeDue = (...sites: ConnectedSite[]) =>
  d1()
    .update(integrations)
    .set({ nextCheckAt: new Date(Date.now() - 1000) })
    .where(
      inArray(
        integrations.id,
        sites.map(({ integrationId }) => integrationId),
      ),
    )

const minutesToNextCheck = async (site: ConnectedSite) =>
  (((await readIntegration(site.integrationId))?.nextCheckAt?.getTime() ?? 0) - Date.now()) / 60_000

test('looks at what is due, and at nothing else', async () => {
  const [due, later] = [await connectSiteWithStructure(), await connectSiteWithStructure()]
  await d1()
    .update(integrations)
    .set({ nextCheckAt: new Date(Date.now() + 60_000) })
    .where(eq(integrations.id, later.integrationId))
  await makeDue(due)
  const asked = later.wordpress.requests.length
  await tick()
  expect(await lastEvent(due.integrationId, 'test_connection')).toMatchObject({ success: true })
  expect(await readIntegration(due.integrationId)).toMatchObject({ connection: 'ready', connectionReason: null })
  const minutes = await minutesToNextCheck(due)
  expect(minutes).toBeGreaterThan(44)
  expect(minutes).toBeLessThan(76)
  expect(later.wordpress.requests).toHaveLength(asked)
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
  const states = await Promise.all([broken, silent, healed].map(({ integrationId }) => readIntegration(integrationId)))
  expect(states.map((row) => [row?.connection, row?.connectionReason])).toEqual([
    ['degraded', 'plugin_not_found'],
    ['unreachable', 'connection_lost'],
    ['structure_syncing', null],
  ])
  for (const site of [broken, silent]) {
    const minutes = await minutesToNextCheck(site)
    expect(minutes).toBeGreaterThan(11)
    expect(minutes).toBeLessThan(19)
  }
})

test('T13 one that hangs holds up no other', async () => {
  shortenTimeouts(2000)
  const hanging = await connectSiteWithStructure()
  const others = [await connectSiteWithStructure(hanging.owner), await connectSiteWithStructure(hanging.owner)]
  hanging.wordpress.fault = { kind: 'hang' }
  await makeDue(hanging, ...others)
  const ticking = tick()
  await vi.waitFor(async () => {
    for (const { integrationId } of others) {
      expect(await lastEvent(integrationId, 'test_connection')).toMatchObject({ success: true })
    }
  })
  expect(await lastEvent(hanging.integrationId, 'test_connection')).toBeUndefined()
  await ticking
  expect(await readIntegration(hanging.integrationId)).toMatchObject({
    connection: 'unreachable',
    connectionReason: 'wordpress_timeout',
  })
})

test('one whose check breaks off is put off, and the others are looked at', async () => {
  const [odd, other] = [await connectSiteWithStructure(), await connectSiteWithStructure()]
  await d1().update(integrations).set({ credentials: 'v1.gone.AAAA' }).where(eq(integrations.id, odd.integrationId))
  await makeDue(odd, other)
  await tick()
  expect(await lastEvent(other.integrationId, 'test_connection')).toMatchObject({ success: true })
  expect(await minutesToNextCheck(odd)).toBeGreaterThan(11)
})

test('two ticks at once look at each site once', async () => {
  const sites = [await connectSiteWithStructure(), await connectSiteWithStructure()]
  await makeDue(...sites)
  await Promise.all([tick(), tick()])
  for (const site of sites) {
    const { body } = await call(`GET ${site.path}/events/?action=test_connection`, { token: site.key })
    expect(body.results).toHaveLength(1)
  }
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
  const ticking = tick()
  release()
  await ticking
  await vi.waitFor(async () => expect((await siteObject(site.siteId).runs()).currentRun).toBeNull())
  expect(site.wordpress.executed.filter((name) => name === 'status')).toHaveLength(2)
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
  await d1().insert(syncEvents).values([old, young])
  await tick()
  const left = await d1()
    .select({ id: syncEvents.id })
    .from(syncEvents)
    .where(inArray(syncEvents.id, [old.id, young.id]))
  expect(left).toEqual([{ id: young.id }])
})
