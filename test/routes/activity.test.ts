import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { syncEvents } from '../../src/db/events/schema.ts'
import { createId } from '../../src/lib/ids.ts'
import {
  connectWordPress,
  content,
  createShared,
  deliverAll,
  patchItem,
  playWordPress,
  readItem,
  syncSite,
  type ContentSite,
} from '../support/content.ts'
import { signUpPerson, type Person } from '../support/identity.ts'
import { eventsD1 } from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'

let owner: Person

beforeAll(async () => {
  playWordPress()
  owner = await signUpPerson()
})

const connect = () => connectWordPress({ owner })
const get = async (site: ContentSite, path: string) =>
  (await call(`GET ${site.path}/${path}`, { token: site.key })).body
const DAY_MS = 86_400_000

describe('a run', () => {
  test('says step by step what it did, and what that took', async () => {
    const site = await connect()
    for (let n = 0; n < 3; n++) site.model.createPost({ title: `Post ${n}` })
    const run = await syncSite(site, 'from_external')
    const asked = site.model.stats.requests
    const detail = await get(site, `runs/${run.id}/`)
    const { steps, requests, bytes, duration_ms: durationMs, request_id: requestId, ...rest } = detail
    // only reading a run looks up what the one who asked for it is called
    expect(rest).toEqual({ ...run, actor: { ...run.actor, name: expect.stringMatching(/^igny8_/) } })
    expect(requestId).toMatch(/^req_/)
    expect(steps.map(({ phase }: { phase: string }) => phase).slice(0, 2)).toEqual(['structure', 'read'])
    const sum = (name: string) =>
      steps.reduce((total: number, step: Record<string, number>) => total + (step[name] ?? 0), 0)
    expect([sum('requests'), sum('bytes'), sum('duration_ms')]).toEqual([requests, bytes, durationMs])
    expect(sum('items')).toBe(3)
    expect(requests).toBeGreaterThan(1)
    expect(requests).toBeLessThanOrEqual(asked)
    expect(bytes).toBeGreaterThan(1000)
    expect(steps.every((step: { error: unknown }) => step.error === null)).toBe(true)
  })

  test('tells what it wrote', async () => {
    const site = await connect()
    await content(site, 'POST /', { title: 'Made here' })
    const run = await syncSite(site, 'to_external')
    const { steps } = await get(site, `runs/${run.id}/`)
    expect(steps.at(-1)).toMatchObject({ phase: 'write', type: 'post', requests: 1, items: 1 })
  })

  test('shows each attempt that failed, with its reason', async () => {
    const site = await connect()
    site.model.faults = { request: () => ({ kind: 'status', status: 503 }) }
    const { body } = await call(`POST ${site.path}/sync/`, { token: site.key, body: { direction: 'from_external' } })
    const { steps } = await vi.waitFor(async () => {
      const detail = await get(site, `runs/${body.id}/`)
      expect(detail.steps).toHaveLength(1)
      return detail
    })
    expect(steps[0]).toMatchObject({ phase: 'structure', requests: 1, error: { code: 'wordpress_busy' } })
    expect(steps[0].error.fix).toEqual(expect.any(String))
    await call(`POST ${site.path}/runs/${body.id}/cancel/`, { token: site.key })
  })

  test('of another integration is none', async () => {
    const [site, other] = [await connect(), await connect()]
    const [{ id }] = (await get(other, 'runs/')).results
    for (const runId of [id, 'run_0']) {
      expect(refusal(await call(`GET ${site.path}/runs/${runId}/`, { token: site.key }))).toEqual([
        404,
        'run_not_found',
      ])
    }
  })

  test('that an integration had which was deleted is not shown to the next one of the site', async () => {
    const site = await connect()
    expect((await get(site, 'runs/')).results).toHaveLength(1)
    await call(`DELETE ${site.path}/`, { token: owner.token })
    const body = {
      site_id: site.siteId,
      api_key: site.key,
      site_url: site.model.site.url,
      signing_secret: site.model.signingSecret,
    }
    site.model.executor.integrationId = null
    const made = await call('POST /api/v1/integration/integrations/test-connection/', { body })
    expect(made.status).toBe(201)
    const next = { ...site, path: `/api/v1/integration/integrations/${made.body.integration_id}` }
    expect((await get(next, 'runs/')).results).toEqual([])
    expect(await get(next, 'sync-status/')).toMatchObject({ current_run: null, last_run: null })
  })
})

describe('sync events', () => {
  test('are found by run, direction, action and outcome', async () => {
    const site = await connect()
    const read = await syncSite(site, 'from_external')
    const written = await syncSite(site, 'to_external')
    const runsOf = async (query: string) =>
      (await get(site, `events/?${query}`)).results.map(({ run_id: id }: { run_id: string }) => id)
    expect(await runsOf(`run_id=${read.id}`)).toEqual([read.id])
    expect(await runsOf('direction=to_external')).toEqual([written.id])
    expect(await runsOf(`run_id=${read.id}&direction=to_external`)).toEqual([])
    expect((await runsOf('action=sync')).slice(0, 2)).toEqual([written.id, read.id])
    expect(await runsOf('success=false')).toEqual([])
    expect(refusal(await call(`GET ${site.path}/events/?direction=up`, { token: site.key }))).toEqual([
      400,
      'validation_error',
    ])
  })
})

describe('activity', () => {
  /** An event of the site's, as its object would have recorded it. */
  const record = (site: ContentSite, at: number, event: Partial<typeof syncEvents.$inferInsert>) =>
    eventsD1()
      .insert(syncEvents)
      .values({
        id: `evt_${at.toString(16).padStart(12, '0')}${createId('evt').slice(-20)}`,
        accountId: owner.accountId,
        siteId: site.siteId,
        integrationId: site.integrationId,
        action: 'sync',
        success: true,
        itemIds: [],
        counts: {},
        startedAt: new Date(at - 1000),
        finishedAt: new Date(at),
        ...event,
      })

  test('counts each run once, by its last event, on its day', async () => {
    const site = await connect()
    const noon = Math.floor(Date.now() / DAY_MS) * DAY_MS - 2 * DAY_MS + DAY_MS / 2
    const took = (ms: number) => ({ startedAt: new Date(noon - ms) })
    await record(site, noon, { ...took(1000), runId: 'run_a', counts: { created: 2, updated: 1, unchanged: 9 } })
    await record(site, noon - 5000, { runId: 'run_b', success: false, code: 'wordpress_busy' })
    await record(site, noon, { ...took(9000), runId: 'run_b', counts: { deleted: 1 } })
    await record(site, noon, { ...took(3000), runId: 'run_c', success: false, code: 'rest_blocked' })
    await record(site, noon, { ...took(5000), runId: 'run_d', success: false, code: 'cancelled' })
    await record(site, noon, { action: 'webhook', counts: { updated: 2, webhooks: 7 } })
    await record(site, noon, { action: 'update', counts: {} })
    await record(site, noon - 90 * DAY_MS, { runId: 'run_old' })
    const { days } = await get(site, 'activity/?days=7')
    expect(days).toHaveLength(7)
    expect(days[4]).toEqual({
      date: new Date(noon).toISOString().slice(0, 10),
      runs: 4,
      succeeded: 2,
      failed: 1,
      cancelled: 1,
      duration_ms_median: 4000,
      duration_ms_max: 9000,
      items_changed: 6,
      webhooks: 7,
    })
    expect(days[3]).toMatchObject({ runs: 0, duration_ms_median: null, duration_ms_max: null, items_changed: 0 })
    expect(days[6].date).toBe(new Date().toISOString().slice(0, 10))
    expect(days[6].runs).toBe(1)
    expect((await get(site, 'activity/')).days).toHaveLength(30)
    for (const days of [0, 91, 'x']) {
      const answer = await call(`GET ${site.path}/activity/?days=${days}`, { token: site.key })
      expect(refusal(answer)).toEqual([400, 'validation_error'])
    }
  })

  test('is that of the integration alone, and asks by its key', async () => {
    const [site, other] = [await connect(), await connect()]
    await syncSite(other, 'from_external')
    expect((await get(site, 'activity/?days=1')).days[0].runs).toBe(1)
    const plan = await env.DB.prepare(
      "EXPLAIN QUERY PLAN SELECT * FROM sync_events WHERE integration_id = 'a' AND account_id = 'b' AND id >= 'evt_0'",
    ).all<{ detail: string }>()
    expect(plan.results.map(({ detail }) => detail).join()).toContain('integration_id=? AND id>?')
  })

  test('counts the changes that WordPress reported', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    site.outbox.splice(0)
    for (const title of ['One', 'Two']) site.model.editPost(postId, { title })
    const told = site.outbox.length
    await deliverAll(site)
    await vi.waitFor(async () => expect((await readItem(site, item.id)).title).toBe('Two'))
    await vi.waitFor(async () => expect((await get(site, 'activity/?days=1')).days[0].webhooks).toBe(told))
  })
})

describe('an item', () => {
  test('shows both sides and what they agreed on, also without a conflict', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    expect(item.wordpress).toMatchObject({ title: 'A', body: 'a' })
    expect(item.base).toEqual(item.wordpress)
    await patchItem(site, item.id, { title: 'Changed here' })
    expect(await readItem(site, item.id)).toMatchObject({
      title: 'Changed here',
      wordpress: { title: 'A' },
      base: { title: 'A' },
      conflict: null,
    })
    const { body: made } = await content(site, 'POST /', { title: 'New here' })
    expect([made.wordpress, made.base]).toEqual([null, null])
    site.model.deletePost(postId)
    await patchItem(site, item.id, { title: 'Changed again' })
    await syncSite(site)
    expect(await readItem(site, item.id)).toMatchObject({ state: 'conflict', wordpress: null, base: { title: 'A' } })
  })

  test('is found by its post id', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site)
    await createShared(site, { title: 'B' })
    const found = await content(site, `GET ?external_id=${postId}`)
    expect(found.body.results.map(({ id }: { id: string }) => id)).toEqual([item.id])
    expect((await content(site, `GET ?external_id=${postId}&type=page`)).body.results).toEqual([])
    expect((await content(site, 'GET ?external_id=999999')).body.results).toEqual([])
    expect(refusal(await content(site, 'GET ?external_id=x'))).toEqual([400, 'validation_error'])
  })
})
