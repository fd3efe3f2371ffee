/** What operators see: figures that cost little to read, and nothing of what tenants wrote. */
import { env } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runScheduled } from '../../src/cron/index.ts'
import { notificationDeliveries, syncEvents } from '../../src/db/events/schema.ts'
import { openDatabases } from '../../src/db/events/shards.ts'
import { accountQuotas, figures, integrations, outbox, ticks } from '../../src/db/schema/index.ts'
import { recordFigures } from '../../src/services/figures/index.ts'
import { connectWordPress, createShared, playWordPress, syncSite, type ContentSite } from '../support/content.ts'
import { explainedD1, type ExplainedStatement } from '../support/explained-d1.ts'
import { refusal, type Person } from '../support/identity.ts'
import { d1, eventsD1 } from '../support/integration.ts'
import { call } from '../support/openapi.ts'
import { createOperator } from '../support/operators.ts'
import { breakEvents } from '../support/failing-d1.ts'

const HOUR_MS = 3_600_000
let olga: Person
let site: ContentSite

beforeAll(async () => {
  playWordPress()
  olga = await createOperator()
  site = await connectWordPress()
  await createShared(site, { title: 'A secret title' })
  await syncSite(site)
})

beforeEach(async () => {
  await d1().delete(figures)
})

const get = async (path: string) => {
  const answer = await call(`GET /api/v1/operator/${path}`, { token: olga.token })
  expect([path, answer.status]).toEqual([path, 200])
  return answer.body
}
const count = (now = Date.now()) => recordFigures({ ...openDatabases(env, null), now })

/** Events as they are stored, in the hour of `at`. */
async function addEvents(at: number, events: Partial<typeof syncEvents.$inferInsert>[]): Promise<void> {
  for (const [n, event] of events.entries()) {
    const id = `evt_${at.toString(16).padStart(12, '0')}${String(n).padStart(20, '0')}`
    const who = { accountId: 'acc_x', siteId: 'site_x', integrationId: `int_${at}` }
    const times = { startedAt: new Date(at), finishedAt: new Date(at) }
    await eventsD1()
      .insert(syncEvents)
      .values({ id, action: 'sync', success: true, itemIds: [], counts: {}, ...who, ...times, ...event })
  }
}

describe('the overview', () => {
  test('says before anything was counted that nothing was', async () => {
    const body = await get('overview/')
    expect(body).toMatchObject({ sites: null, failures: { day: [], week: [] } })
    expect(body.runs).toHaveLength(24)
  })

  test('has the sites by state, and no word that a tenant wrote', async () => {
    await count()
    const body = await get('overview/')
    expect(body.sites).toMatchObject({ sites: expect.any(Number), polling: 0, stuck: 0 })
    expect(body.sites.states).toContainEqual({ state: 'ready', count: expect.any(Number) })
    const text = JSON.stringify(body)
    for (const word of ['secret title', site.owner.accountId, site.owner.email, 'Example'])
      expect(text).not.toContain(word)
  })

  test('counts sites that are ill, stuck or polling', async () => {
    const own = eq(integrations.siteId, site.siteId)
    const longAgo = new Date(Date.now() - HOUR_MS)
    const ill = { connection: 'unreachable', connectionReason: 'dns_failed', connectionSince: longAgo } as const
    await d1()
      .update(integrations)
      .set({ ...ill, transport: 'polling', syncStatus: 'syncing', updatedAt: longAgo })
      .where(own)
    await count()
    const { sites } = await get('overview/')
    expect(sites).toMatchObject({ polling: 1, running: 1, stuck: 1, reasons: [{ code: 'dns_failed', count: 1 }] })
    const { results } = await get('sites/')
    expect(results).toMatchObject([
      { id: site.siteId, connection: 'unreachable', reason: 'dns_failed', transport: 'polling' },
    ])
    // one that has recovered since it was counted is not shown
    await d1()
      .update(integrations)
      .set({ connection: 'ready', connectionReason: null, transport: 'direct', syncStatus: 'success' })
      .where(own)
    expect((await get('sites/')).results).toEqual([])
  })

  test('counts what ended in each hour, how long it took, and failures by code for a day and a week', async () => {
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS
    const took = (at: number, ms: number) => ({ startedAt: new Date(at), finishedAt: new Date(at + ms) })
    const failed = { success: false, code: 'timed_out' }
    const [now, yesterday] = [hour - HOUR_MS, hour - 30 * HOUR_MS]
    await addEvents(now, [
      ...Array.from({ length: 19 }, () => took(now, 900)),
      took(now, 45_000),
      { action: 'drift_check', ...failed },
      { action: 'webhook', ...took(now, 1_500) },
      { action: 'health_check', ...failed },
    ])
    await addEvents(yesterday, [failed, failed])
    await recordFigures({ ...openDatabases(env, null), now: yesterday + 20 * 60_000 })
    // the first count of an hour completes the one before
    await count(hour + 60_000)
    const body = await get('overview/')
    const at = new Date(now).toISOString()
    expect(body.runs.find((one: { hour: string }) => one.hour === at)).toMatchObject({ succeeded: 20, failed: 1 })
    expect(body.lag.runs).toMatchObject({ p50_ms: 1_000 })
    expect(body.lag.webhooks).toMatchObject({ p50_ms: 2_000, p95_ms: 2_000, count: expect.any(Number) })
    expect(body.failures.day).toContainEqual({ code: 'timed_out', count: 2 })
    expect(body.failures.week).toContainEqual({ code: 'timed_out', count: 4 })
  })

  test('names what waits and what failed, up to a bound', async () => {
    const now = Date.now()
    const delivery = (id: string, more: Partial<typeof notificationDeliveries.$inferInsert>) => ({
      id,
      accountId: 'acc_x',
      messageId: 'msg_x',
      channel: 'webhook' as const,
      status: 'pending' as const,
      expiresAt: new Date(now + HOUR_MS),
      createdAt: new Date(now - 90_000),
      ...more,
    })
    const due = { nextAttemptAt: new Date(now) }
    await eventsD1()
      .insert(notificationDeliveries)
      .values([
        delivery('dlv_1', due),
        delivery('dlv_2', { ...due, channel: 'email' }),
        delivery('dlv_3', { status: 'failed', errorCode: 'timed_out' }),
        delivery('dlv_4', { status: 'failed', errorCode: 'timed_out', createdAt: new Date(now - 8 * 24 * HOUR_MS) }),
        delivery('dlv_5', { status: 'delivered' }),
      ])
    const row = { id: 'evt_1', accountId: 'acc_x', kind: 'event' as const, body: '{}', createdAt: new Date(now) }
    await d1()
      .insert(outbox)
      .values([
        { ...row, seq: 7 },
        { ...row, seq: 8, id: 'evt_2' },
      ])
    const body = await get('overview/')
    expect(body.waiting).toMatchObject({
      webhook_deliveries: { count: 1, is_more: false, oldest_at: new Date(now - 90_000).toISOString() },
      mails: { count: 1 },
      events: { count: 2, oldest_at: new Date(now).toISOString() },
      health_checks: { count: 0, oldest_at: null },
    })
    expect(body.failed_deliveries).toEqual([{ channel: 'webhook', code: 'timed_out', count: 1 }])
    expect(body.lag.deliveries).toEqual({ count: 2, p50_ms: 120_000, p95_ms: 120_000 })
    await d1().delete(outbox)
    await eventsD1().delete(notificationDeliveries)
  })

  test('goes on without an event database that is away, and names it', async () => {
    breakEvents('D1_ERROR: Network connection lost.')
    const body = await get('overview/')
    expect(body.missing).toEqual(['EVENTS'])
    expect(body.waiting.webhook_deliveries.count).toBe(0)
  })
})

describe('the jobs of the cron', () => {
  const tick = (now: number) => runScheduled({ cron: '* * * * *', scheduledTime: now, noRetry: () => undefined }, env)
  const jobOf = async (name: string) => (await get('overview/')).jobs.find((job: { name: string }) => job.name === name)

  test('are noted with how long they took and how they ended, in the one row of the tick', async () => {
    await d1().delete(ticks)
    await tick(Date.now())
    expect(await jobOf('checks')).toMatchObject({ is_ok: true, failed_at: null, took_ms: expect.any(Number) })
    expect((await get('overview/')).last_tick_at).not.toBeNull()
    expect(await d1().$count(ticks)).toBe(1)
  })

  test('that fail are noted as failed, and the tick does not count', async () => {
    await d1().delete(ticks)
    await tick(Date.now() - 60_000)
    const before = (await get('overview/')).last_tick_at
    const mend = breakEvents('D1_ERROR: no such table')
    await expect(tick(Date.now())).rejects.toThrow('jobs failed')
    mend()
    const body = await get('overview/')
    expect(body.last_tick_at).toBe(before)
    expect(await jobOf('pruned_events')).toMatchObject({ is_ok: false, failed_at: expect.any(String) })
    expect(await jobOf('checks')).toMatchObject({ is_ok: true, failed_at: null })
    await tick(Date.now())
    // it works again, and when it last failed is still known
    expect(await jobOf('pruned_events')).toMatchObject({ is_ok: true, failed_at: expect.any(String) })
  })
})

describe('lists', () => {
  test('find sites by their id, their account, or the beginning of their host', async () => {
    const { host } = new URL(site.model.url)
    const searches = [site.siteId, site.owner.accountId, host, host.slice(0, -2), site.model.url, host.toUpperCase()]
    for (const search of searches) {
      const { results } = await get(`sites/?search=${encodeURIComponent(search)}`)
      expect([search, results.map(({ id }: { id: string }) => id)]).toEqual([search, [site.siteId]])
    }
    expect((await get('sites/?search=nobody.example')).results).toEqual([])
    // no wildcard of LIKE or GLOB
    for (const search of ['%', '*', '_'])
      expect((await get(`sites/?search=${encodeURIComponent(search)}`)).results).toEqual([])
    const [found] = (await get(`sites/?search=${site.siteId}`)).results
    expect(found).toMatchObject({ account_id: site.owner.accountId, host, integration_id: site.integrationId })
    expect(Object.keys(found)).not.toContain('name')
  })

  test('have accounts with their use beside their quotas', async () => {
    const { accountId } = site.owner
    await d1().insert(accountQuotas).values({ accountId, kind: 'sites', most: 7 })
    await count()
    const { results } = await get('accounts/')
    const mine = results.find(({ id }: { id: string }) => id === accountId)
    expect(mine.usage).toMatchObject({ sites: { used: 1, most: 7 }, api_keys: { used: 1, most: 10_000 } })
    expect((await get(`accounts/?account_id=${accountId}`)).results).toEqual([mine])
    const unknown = await call('GET /api/v1/operator/accounts/?account_id=acc_none', { token: olga.token })
    expect(refusal(unknown)).toEqual([404, 'account_not_found'])
  })

  test('have what operators did', async () => {
    await call('POST /api/v1/operator/backups/', { token: env.OPERATOR_TOKEN })
    const [first] = (await get('audit/')).results
    expect(first).toMatchObject({ action: 'operator.backup_started', actor: { kind: 'operator' } })
  })
})

describe('no query', () => {
  /** What may be read from end to end, and why. */
  const ALLOWED: readonly (readonly [scan: RegExp, why: string])[] = [
    [/^SCAN json_each/, 'what the statement is given'],
    [/^SCAN \(subquery-\d+\)$|^SCAN \(join-\d+\)$/, 'what a subquery with a bound has found'],
    [/^SCAN CONSTANT ROW$/, 'one row'],
    [/^SCAN ticks$/, 'one row for each cron and restore'],
    [/^SCAN outbox$/, 'its oldest row, in the order of its key'],
    [/^SCAN database_sizes$/, 'one row for each database and day, for 90 days'],
    [/^SCAN notification_deliveries USING INDEX notification_deliveries_due$/, 'up to 2,001 of what waits'],
    [
      /^SCAN sites USING COVERING INDEX sites_by_account$/,
      'every ten minutes, for the largest accounts: the index alone',
    ],
  ]
  const isScan = (line: string) => line.startsWith('SCAN') && !ALLOWED.some(([scan]) => scan.test(line))
  const scansOf = (statements: readonly ExplainedStatement[]) => statements.filter(({ plan }) => plan.some(isScan))

  test('of the pages or of the count goes through a table, and a page makes a handful of them', async () => {
    const [control, events] = [explainedD1('DB'), explainedD1('EVENTS')]
    const bindings = { DB: control.database, EVENTS: events.database } as unknown as Partial<Env>
    const explained = { ...env, ...bindings }
    await recordFigures({ ...openDatabases(explained, null), now: Date.now() })
    expect([...scansOf(control.statements), ...scansOf(events.statements)]).toEqual([])
    const searches = ['sites/', 'sites/?search=example.com', `sites/?search=${site.siteId}`, 'accounts/', 'audit/']
    for (const path of ['overview/', ...searches]) {
      const [before, beforeEvents] = [control.statements.length, events.statements.length]
      const { status } = await call(`GET /api/v1/operator/${path}`, { token: olga.token, bindings })
      expect([path, status]).toEqual([path, 200])
      const asked = control.statements.length - before
      // one of them is who asks
      expect([path, asked <= (path === 'audit/' ? 9 : 5)]).toEqual([path, true])
      expect([path, events.statements.length - beforeEvents <= 2]).toEqual([path, true])
    }
    expect([...scansOf(control.statements), ...scansOf(events.statements)]).toEqual([])
  })

  test('that the list allows is unused', async () => {
    const plan = await d1().all<{ detail: string }>(sql`EXPLAIN QUERY PLAN SELECT * FROM integrations`)
    expect(plan.some(({ detail }) => isScan(detail))).toBe(true)
  })
})
