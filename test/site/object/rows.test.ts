/**
 * What work in the background costs, in rows of a site's object, in statements and rows of D1 and in reads of KV, with 200
 * items and with 5,000. `npm run bench -- --only rows` measures the same with 100,000, and `npm run cost` says what a month
 * of it costs (docs/scale.md).
 */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openSiteDatabase } from '../../../src/site/replica/database.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { POLL_STORED_MS } from '../../../src/site/replica/tables/transport.ts'
import { fillPosts } from '../../model/fill.ts'
import { idlePoll, keepTicket, ticketOf } from '../../model/polling.ts'
import {
  connectWordPress,
  content,
  deliver,
  itemOf,
  playWordPress,
  syncSite,
  type ContentSite,
} from '../../support/content.ts'
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

/** A poll that brings nothing, with the ticket that the last one brought. */
async function poll({ path, key, model }: ContentSite): Promise<void> {
  const body = idlePoll()
  const headers = await signedBy(model.signingSecret, body)
  const answer = await call(`POST ${path}/poll/`, { token: key, body, headers: { ...headers, ...ticketOf(model) } })
  expect([answer.status, answer.body.commands]).toEqual([200, []])
  keepTicket(model, { headers: Object.fromEntries(answer.headers) })
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
  advance(1.1 * HOUR_MS)
  costs['health check, new instance'] = await measure(() => runDurableObjectAlarm(siteObject(site.siteId)), true)
  site.model.editPost(site.model.site.posts.byId('post')[3]?.id ?? 0, { title: 'Edited' })
  const [webhook] = site.outbox.splice(0)
  if (!webhook) throw new Error('no webhook')
  costs['webhook'] = await measure(() => deliver(site, webhook))
  costs['fetch of a post'] = await measure(() => alarm(site))
  const edited = await itemOf(site, site.model.site.posts.byId('post')[3]?.id ?? 0)
  costs['history of an item'] = await measure(() => content(site, `GET /${edited.id}/versions`))
  await deliver(site, { ...webhook, id: 'msg_of_a_post_that_is_as_it_was' })
  costs['fetch of a post that is as it was'] = await measure(() => alarm(site))
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

type Budget = Record<Exclude<keyof Cost, 'statements'>, number>

const BUDGETS: Record<string, Budget> = {
  'sync both ways': { read: 200, written: 10, alarms: 2, d1: 10, d1Written: 8, kv: 2 },
  'sync from WordPress': { read: 200, written: 10, alarms: 2, d1: 10, d1Written: 8, kv: 2 },
  'poll of a site that is called': { read: 50, written: 0, alarms: 0, d1: 0, d1Written: 0, kv: 0 },
  'idle poll': { read: 50, written: 0, alarms: 0, d1: 0, d1Written: 0, kv: 0 },
  'idle poll, new instance': { read: 50, written: 0, alarms: 0, d1: 0, d1Written: 0, kv: 0 },
  'alarm with nothing due': { read: 50, written: 0, alarms: 1, d1: 0, d1Written: 0, kv: 0 },
  'health check': { read: 50, written: 1, alarms: 1, d1: 2, d1Written: 2, kv: 0 },
  // an alarm that starts an instance is set once, like any other
  'health check, new instance': { read: 50, written: 1, alarms: 1, d1: 2, d1Written: 2, kv: 0 },
  webhook: { read: 20, written: 5, alarms: 1, d1: 3, d1Written: 1, kv: 1 },
  'fetch of a post': { read: 100, written: 10, alarms: 1, d1: 4, d1Written: 4, kv: 0 },
  'history of an item': { read: 20, written: 0, alarms: 0, d1: 4, d1Written: 0, kv: 1 },
  'fetch of a post that is as it was': { read: 100, written: 3, alarms: 1, d1: 3, d1Written: 1, kv: 0 },
}

describe('what work in the background costs', () => {
  const measured: Record<string, Cost>[] = []
  beforeAll(async () => {
    vi.spyOn(Date, 'now').mockImplementation(() => now())
    for (const items of SIZES) measured.push(await measureAll(items))
  }, 120_000)

  test.each(Object.entries(BUDGETS))('%s stays within its rows, with 5,000 items, too', (kind, budget) => {
    for (const costs of measured) {
      const cost = costs[kind]
      const told = cost?.statements.map(({ read, written, sql }) => `${read} ${written} ${sql}`).join('\n')
      for (const [part, most] of Object.entries(budget))
        expect(cost?.[part as keyof Budget], `${part}:\n${told}`).toBeLessThanOrEqual(most)
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

test('polls of a site that is called write a row in half an hour: with the key, when that is read anew', async () => {
  const site = await connect(1)
  let written = 0
  for (let quarter = 0; quarter < 16; quarter++) {
    advance(15 * 60_000)
    written += (await measureRows(site.siteId, () => poll(site), { isCold: true })).written
  }
  // three more for the first poll, which D1 hears of
  expect(written).toBeLessThanOrEqual(11)
  const polledAt = await runInDurableObject(siteObject(site.siteId), (_instance, { storage }) => {
    return new SiteStore(openSiteDatabase(storage)).transport.read().lastPollAt ?? 0
  })
  expect(Date.now() - polledAt).toBeLessThanOrEqual(POLL_STORED_MS.direct)
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
