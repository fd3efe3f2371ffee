/** What operators have done at once: objects woken, and what waits tried again. */
import { runInDurableObject } from 'cloudflare:test'
import { and, eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { notificationDeliveries } from '../../src/db/events/schema.ts'
import { auditLog, integrations, outbox } from '../../src/db/schema/index.ts'
import {
  connectWordPress,
  createShared,
  deliverAll,
  eventually,
  playWordPress,
  quiet,
  type ContentSite,
} from '../support/content.ts'
import { refusal, signUpPerson, type Person } from '../support/identity.ts'
import { d1, eventsD1, siteObject } from '../support/integration.ts'
import { addDelivery } from '../support/notifications.ts'
import { call } from '../support/openapi.ts'
import { createOperator } from '../support/operators.ts'

const HOUR_MS = 3_600_000
const REASON = 'Customer asked'
let olga: Person

beforeAll(async () => {
  playWordPress()
  olga = await createOperator()
})

const wake = (siteId: string) =>
  call(`POST /api/v1/operator/sites/${siteId}/wake-object/`, { token: olga.token, body: { reason: REASON } })
const replay = (body: Record<string, unknown>) =>
  call('POST /api/v1/operator/replays/', { token: olga.token, body: { reason: REASON, ...body } })
const logsOf = (entityId: string, action: string) =>
  d1()
    .select({ log: auditLog.accountId, actor: auditLog.actor, metadata: auditLog.metadata })
    .from(auditLog)
    .where(and(eq(auditLog.entityId, entityId), eq(auditLog.action, action)))

describe('waking an object', () => {
  test('checks its site now, although it has lost its alarm, and is in both logs', async () => {
    const site = await connectWordPress()
    await quiet(site)
    await runInDurableObject(siteObject(site.siteId), (_instance, { storage }) => storage.deleteAlarm())
    const longAgo = new Date(0)
    const own = eq(integrations.id, site.integrationId)
    await d1().update(integrations).set({ lastVerifiedAt: longAgo }).where(own)
    const { status, body } = await wake(site.siteId)
    expect([status, body]).toEqual([200, { check_due_at: expect.any(String), run: null, waiting_for_site_since: null }])
    await vi.waitFor(async () => {
      const [row] = await d1().select().from(integrations).where(own)
      expect(row?.lastVerifiedAt?.getTime()).toBeGreaterThan(0)
    }, 5_000)
    const metadata = { reason: REASON }
    expect((await logsOf(site.siteId, 'site.woken')).toSorted((a, b) => a.log.localeCompare(b.log))).toEqual([
      { log: site.owner.accountId, actor: 'operator', metadata },
      { log: 'operator', actor: `user:${olga.userId}`, metadata },
    ])
  })

  test('needs a site', async () => {
    expect(refusal(await wake('site_none'))).toEqual([404, 'site_not_found'])
  })
})

describe('trying webhooks again', () => {
  /** A site whose last webhook could not be processed, since it answered with an error. */
  async function withDeferred(owner?: Person): Promise<{ site: ContentSite; id: string; events: number }> {
    const site = await connectWordPress({ ...(owner && { owner }) })
    const { postId, item } = await createShared(site, { title: 'Before' })
    await quiet(site)
    site.outbox.splice(0)
    site.model.faults = { request: () => ({ kind: 'status', status: 503 }) }
    site.model.editPost(postId, { title: 'After' })
    await deliverAll(site)
    const isDeferred = () =>
      runInDurableObject(siteObject(site.siteId), (_instance, { storage }) =>
        storage.sql.exec('SELECT count(*) AS n FROM inbox WHERE due_at > 0 AND error IS NOT NULL').one(),
      )
    const events = await vi.waitFor(async () => {
      const n = Number((await isDeferred())['n'])
      expect(n).toBeGreaterThan(0)
      return n
    }, 5_000)
    site.model.faults = {}
    return { site, id: item.id, events }
  }

  test('of a site makes them due now, and repeating it finds none', async () => {
    const { site, id, events } = await withDeferred()
    const { status, body } = await replay({ what: 'webhooks', site_id: site.siteId })
    expect([status, body]).toEqual([200, { retried: events, sites: 1, unreached: 0, next: null, is_more: false }])
    await eventually(site, id, { title: 'After' })
    expect((await replay({ what: 'webhooks', site_id: site.siteId })).body.retried).toBe(0)
    const logs = await logsOf(site.siteId, 'operator.replayed')
    expect(logs.map(({ log }) => log).toSorted()).toEqual(
      [site.owner.accountId, site.owner.accountId, 'operator', 'operator'].toSorted(),
    )
    expect(logs[0]?.metadata).toMatchObject({ what: 'webhooks', reason: REASON })
  })

  test('of an account wakes all of its sites, and no other', async () => {
    const { site, id, events } = await withDeferred()
    const second = await withDeferred(site.owner)
    const foreign = await withDeferred()
    const { body } = await replay({ what: 'webhooks', account_id: site.owner.accountId })
    expect(body).toMatchObject({ retried: events + second.events, sites: 2 })
    await eventually(site, id, { title: 'After' })
    await eventually(second.site, second.id, { title: 'After' })
    expect((await replay({ what: 'webhooks', site_id: foreign.site.siteId })).body.retried).toBe(foreign.events)
  })

  test('needs a site or an account', async () => {
    expect(refusal(await replay({ what: 'webhooks' }))).toEqual([400, 'validation_error'])
    expect(refusal(await replay({ what: 'webhooks', site_id: 'site_none' }))).toEqual([404, 'site_not_found'])
    expect(refusal(await replay({ what: 'everything' }))).toEqual([400, 'validation_error'])
    expect(refusal(await replay({ what: 'mails', code: 'DROP TABLE' }))).toEqual([400, 'validation_error'])
  })
})

describe('trying deliveries again', () => {
  const rowOf = async (id: string) =>
    (await eventsD1().select().from(notificationDeliveries).where(eq(notificationDeliveries.id, id)))[0]
  const change = (id: string, set: Partial<typeof notificationDeliveries.$inferInsert>) =>
    eventsD1().update(notificationDeliveries).set(set).where(eq(notificationDeliveries.id, id))

  test('makes those that failed within a week due now, with all their attempts, by account and code', async () => {
    const [ada, bob] = [await signUpPerson('Ada'), await signUpPerson('Bob')]
    const failed = await addDelivery(ada, 'hook_1')
    await change(failed, { attempts: 9 })
    const [other, old, mail, foreign] = [
      await addDelivery(ada, 'hook_1'),
      await addDelivery(ada, 'hook_1'),
      await addDelivery(ada),
      await addDelivery(bob, 'hook_2'),
    ]
    await change(other, { errorCode: 'timed_out' })
    await change(old, { createdAt: new Date(Date.now() - 8 * 24 * HOUR_MS) })
    const wish = { what: 'webhook_deliveries', account_id: ada.accountId }
    expect((await replay({ ...wish, code: 'refused' })).body).toMatchObject({ retried: 1, is_more: false })
    expect(await rowOf(failed)).toMatchObject({ status: 'pending', attempts: 0, finishedAt: null })
    expect((await rowOf(failed))?.expiresAt.getTime()).toBeGreaterThan(Date.now() + 24 * HOUR_MS)
    expect((await replay(wish)).body.retried).toBe(1)
    expect((await replay(wish)).body.retried).toBe(0)
    expect((await replay({ ...wish, what: 'mails' })).body.retried).toBe(1)
    expect([(await rowOf(old))?.status, (await rowOf(foreign))?.status]).toEqual(['failed', 'failed'])
    expect([(await rowOf(other))?.status, (await rowOf(mail))?.status]).toEqual(['pending', 'pending'])
  })

  test('makes those due that wait for a later attempt, and leaves alone one that is under way', async () => {
    const ada = await signUpPerson()
    const [waiting, leased] = [await addDelivery(ada, 'hook_1'), await addDelivery(ada, 'hook_1')]
    const pending = { status: 'pending' as const, finishedAt: null, attempts: 3 }
    await change(waiting, { ...pending, nextAttemptAt: new Date(Date.now() + HOUR_MS) })
    const lease = new Date(Date.now() + 2 * 60_000)
    await change(leased, { ...pending, nextAttemptAt: lease })
    expect((await replay({ what: 'webhook_deliveries', account_id: ada.accountId })).body.retried).toBe(1)
    expect((await rowOf(waiting))?.nextAttemptAt?.getTime()).toBeLessThanOrEqual(Date.now())
    expect(await rowOf(waiting)).toMatchObject({ attempts: 3 })
    expect((await rowOf(leased))?.nextAttemptAt).toEqual(lease)
  })

  test('takes 500 at a time, and says that there are more', async () => {
    const ada = await signUpPerson()
    const at = new Date()
    const rows = Array.from({ length: 501 }, (_, n) => ({
      id: `dlv_bound${String(n).padStart(4, '0')}`,
      accountId: ada.accountId,
      messageId: 'msg_x',
      channel: 'email' as const,
      status: 'failed' as const,
      createdAt: at,
      expiresAt: at,
    }))
    for (let start = 0; start < rows.length; start += 10)
      await eventsD1()
        .insert(notificationDeliveries)
        .values(rows.slice(start, start + 10))
    const wish = { what: 'mails', account_id: ada.accountId }
    expect((await replay(wish)).body).toMatchObject({ retried: 500, is_more: true })
    expect((await replay(wish)).body).toMatchObject({ retried: 1, is_more: false })
    await eventsD1().delete(notificationDeliveries).where(eq(notificationDeliveries.accountId, ada.accountId))
  })
})

test('events that wait for their database are passed on', async () => {
  const ada = await signUpPerson()
  const event = {
    id: 'evt_waits',
    account_id: ada.accountId,
    site_id: 's',
    integration_id: 'i',
    action: 'sync',
    success: 1,
  }
  const body = JSON.stringify({ ...event, item_ids: '[]', counts: '{}', started_at: 1, finished_at: 1 })
  await d1()
    .insert(outbox)
    .values({ seq: 1, id: event.id, accountId: ada.accountId, kind: 'event', body, createdAt: new Date() })
  expect((await replay({ what: 'events' })).body).toMatchObject({ retried: 1 })
  expect(await d1().$count(outbox)).toBe(0)
  expect((await replay({ what: 'events' })).body).toMatchObject({ retried: 0 })
})

test('nothing is done for an account that is suspended', async () => {
  const site = await connectWordPress()
  const { accountId } = site.owner
  const suspend = `POST /api/v1/operator/accounts/${accountId}/suspend/`
  expect((await call(suspend, { token: olga.token, body: { reason: REASON } })).status).toBe(200)
  for (const wish of [
    { what: 'webhooks', site_id: site.siteId },
    { what: 'mails', account_id: accountId },
  ])
    expect(refusal(await replay(wish))).toEqual([403, 'account_suspended'])
  expect(refusal(await wake(site.siteId))).toEqual([403, 'account_suspended'])
})
