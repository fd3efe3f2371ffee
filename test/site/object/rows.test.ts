/**
 * What work in the background costs a site's object, in rows read and written and in statements to D1, with 200 items
 * and with 5,000. `npm run bench -- --only rows` measures the same with 100,000.
 */
import { runInDurableObject } from 'cloudflare:test'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openSiteDatabase } from '../../../src/site/replica/database.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { POLL_STORED_MS } from '../../../src/site/replica/tables/transport.ts'
import { fillPosts } from '../../model/fill.ts'
import { idlePoll } from '../../model/polling.ts'
import { connectWordPress, deliver, playWordPress, syncSite, type ContentSite } from '../../support/content.ts'
import { signedBy, siteObject } from '../../support/integration.ts'
import { call } from '../../support/openapi.ts'
import { measureRows, type Cost } from '../../support/rows.ts'

const SIZES = [200, 5_000]
const HOUR_MS = 3_600_000
/** Alarms fire by the real clock, so a sync is measured before the clock is moved. */
let offsetMs = 0
let now = Date.now

beforeAll(() => {
  playWordPress()
  const real = Date.now.bind(Date)
  now = () => real() + offsetMs
})
beforeEach(() => void vi.spyOn(Date, 'now').mockImplementation(() => now()))

async function connect(items: number): Promise<ContentSite> {
  offsetMs = 0
  const site = await connectWordPress()
  fillPosts(site.model, { count: items, bodyCharacters: 50 })
  const body = { post_types: { post: { fetch_limit: 100_000 } } }
  expect((await call(`PATCH ${site.path}/content-types/`, { token: site.key, body })).status).toBe(200)
  expect(await syncSite(site, 'both')).toMatchObject({ counts: { created: items } })
  return site
}

/** A poll that brings nothing. */
async function poll({ path, key, model }: ContentSite): Promise<void> {
  const body = idlePoll()
  const headers = await signedBy(model.signingSecret, body)
  const answer = await call(`POST ${path}/poll/`, { token: key, body, headers })
  expect([answer.status, answer.body.commands]).toEqual([200, []])
}

const alarm = ({ siteId }: ContentSite) => runInDurableObject(siteObject(siteId), (instance) => instance.alarm())
const advance = (ms: number) => (offsetMs += ms)

const enablePolling = ({ siteId, integrationId, owner: { accountId } }: ContentSite) =>
  siteObject(siteId).enablePolling({ accountId, siteId, integrationId, keyId: null, requestId: 'req_x' })

/** What each kind of work costs at a site of this size. */
async function measureAll(items: number): Promise<Record<string, Cost>> {
  const site = await connect(items)
  const measure = (work: () => Promise<unknown>, isCold = false) => measureRows(site.siteId, work, { isCold })
  const costs: Record<string, Cost> = {}
  costs['sync both ways'] = await measure(() => syncSite(site, 'both'))
  costs['sync from WordPress'] = await measure(() => syncSite(site, 'from_external'))
  await poll(site)
  advance(15 * 60_000)
  costs['poll of a site that is called'] = await measure(() => poll(site))
  costs['alarm with nothing due'] = await measure(() => alarm(site))
  advance(1.1 * HOUR_MS)
  costs['health check'] = await measure(() => alarm(site))
  site.model.editPost(site.model.site.posts.byId('post')[3]?.id ?? 0, { title: 'Edited' })
  const [webhook] = site.outbox.splice(0)
  if (!webhook) throw new Error('no webhook')
  costs['webhook'] = await measure(() => deliver(site, webhook))
  costs['fetch of a post'] = await measure(() => alarm(site))
  expect((await enablePolling(site)).ok).toBe(true)
  // the first polls show how often the site polls; D1 hears of one in five minutes
  for (let n = 0; n < 3; n++) {
    await poll(site)
    advance(60_000)
  }
  costs['idle poll'] = await measure(() => poll(site))
  advance(60_000)
  costs['idle poll, new instance'] = await measure(() => poll(site), true)
  return costs
}

interface Budget {
  read: number
  written: number
  alarms: number
  d1: number
}

const BUDGETS: Record<string, Budget> = {
  'sync both ways': { read: 200, written: 10, alarms: 2, d1: 10 },
  'sync from WordPress': { read: 200, written: 10, alarms: 2, d1: 10 },
  'poll of a site that is called': { read: 50, written: 0, alarms: 0, d1: 0 },
  'idle poll': { read: 50, written: 0, alarms: 0, d1: 0 },
  'idle poll, new instance': { read: 50, written: 0, alarms: 0, d1: 0 },
  'alarm with nothing due': { read: 50, written: 0, alarms: 1, d1: 0 },
  'health check': { read: 50, written: 2, alarms: 1, d1: 3 },
  webhook: { read: 20, written: 5, alarms: 1, d1: 3 },
  'fetch of a post': { read: 100, written: 10, alarms: 1, d1: 5 },
}

describe('what work in the background costs', () => {
  const measured: Record<string, Cost>[] = []
  beforeAll(async () => {
    vi.spyOn(Date, 'now').mockImplementation(() => now())
    for (const items of SIZES) measured.push(await measureAll(items))
  }, 120_000)

  test.each(Object.entries(BUDGETS))('%s stays within its rows, with 5,000 items, too', (kind, budget) => {
    for (const costs of measured) {
      const { read, written, alarms, d1, statements } = costs[kind] ?? {}
      const told = statements?.map((statement) => `${statement.read} ${statement.written} ${statement.sql}`).join('\n')
      for (const [part, value] of Object.entries({ read, written, alarms, d1 }))
        expect(value, `${part}:\n${told}`).toBeLessThanOrEqual(budget[part as keyof Budget])
    }
  })

  test('reads as many rows with 5,000 items as with 200', () => {
    const [few, many] = measured
    for (const kind of Object.keys(BUDGETS)) {
      // a sync is asked for its state until it has ended, now and then once more
      const tolerance = kind.startsWith('sync') ? 30 : 2
      const difference = (many?.[kind]?.read ?? Infinity) - (few?.[kind]?.read ?? 0)
      expect(difference, kind).toBeLessThanOrEqual(tolerance)
    }
  })
})

test('polls that bring nothing are stored now and then, and the object still knows when a site falls silent', async () => {
  const site = await connect(1)
  await enablePolling(site)
  let written = 0
  for (let minute = 0; minute < 30; minute++) {
    await poll(site)
    advance(60_000)
    written += (await measureRows(site.siteId, () => poll(site), { isCold: true })).written
    advance(60_000)
  }
  // an hour of 60 polls, half of them measured: the last poll every five minutes, the key every thirty
  expect(written).toBeLessThanOrEqual(16)
  const polledAt = Date.now() - 60_000
  const { state, silentAt } = await runInDurableObject(siteObject(site.siteId), (_instance, { storage }) => {
    const { transport } = new SiteStore(openSiteDatabase(storage))
    return { state: transport.read(), silentAt: transport.silentAt() ?? 0 }
  })
  expect(Math.round((state.intervalMs ?? 0) / 1_000)).toBe(60)
  expect(polledAt - (state.lastPollAt ?? 0)).toBeLessThanOrEqual(POLL_STORED_MS.polling)
  expect(silentAt - polledAt).toBeGreaterThanOrEqual(15 * 60_000)
  expect(silentAt - polledAt).toBeLessThanOrEqual(15 * 60_000 + POLL_STORED_MS.polling + 1)
})
