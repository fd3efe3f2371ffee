import { env } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { db } from '../../src/db/client.ts'
import { notificationDeliveries } from '../../src/db/events/schema.ts'
import { connectionWatch, integrations } from '../../src/db/schema/index.ts'
import { signUpPerson, type Person } from '../support/identity.ts'
import { connectSiteWithStructure, countingBindings, d1, eventsD1 } from '../support/integration.ts'
import { call } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'
import {
  addEndpoint,
  addIntegration,
  deliveriesOf,
  isSignedBy,
  notifyNow,
  pass,
  Receiver,
  setConnection,
  tick,
  watchOf,
} from '../support/notifications.ts'

let owner: Person
let receiver: Receiver
let endpoint: Awaited<ReturnType<typeof addEndpoint>>

beforeAll(playInternet)
beforeEach(async () => {
  // removes what the previous test left
  await d1().delete(connectionWatch)
  await eventsD1().delete(notificationDeliveries)
  await d1().update(integrations).set({ nextCheckAt: null })
  owner = await signUpPerson()
  receiver = new Receiver()
  endpoint = await addEndpoint(owner, receiver)
})

const statesTold = () => receiver.messages.map(({ data }) => data.changes.map(({ to }: { to: string }) => to).join())

describe('a change of a connection', () => {
  test('is reported once it has lasted two minutes, signed, with its reason and fix', async () => {
    const { id, siteId } = await addIntegration(owner, 'Shop')
    await setConnection(id, 'unreachable', 'dns_failed')
    await tick()
    expect(receiver.requests).toHaveLength(0)
    await pass({ minutes: 2.1 })
    await tick()
    expect(receiver.messages).toEqual([
      {
        type: 'connection.changed',
        timestamp: expect.stringMatching(/Z$/),
        data: {
          account_id: owner.accountId,
          more: 0,
          changes: [
            {
              integration_id: id,
              site_id: siteId,
              site_name: 'Shop',
              site_url: 'https://shop.example.com',
              from: 'ready',
              to: 'unreachable',
              since: expect.any(String),
              times: 1,
              reason: { code: 'dns_failed', title: expect.any(String), fix: expect.any(String) },
            },
          ],
        },
      },
    ])
    const [request] = receiver.requests
    expect(request && (await isSignedBy(request, endpoint.secret))).toBe(true)
    expect(request?.headers.get('webhook-id')).toMatch(/^msg_/)
    await tick()
    expect(receiver.requests).toHaveLength(1)
  })

  test('is reported for a site whose plugin breaks, whatever writes the state', async () => {
    const site = await connectSiteWithStructure(owner)
    // a first connection is not reported
    expect(await watchOf(site.integrationId)).toBeUndefined()
    await call(`PATCH ${site.path}/`, { token: owner.token, body: { is_active: false } })
    await pass({ minutes: 3 })
    await tick()
    expect(statesTold()).toEqual(['disabled'])
    await call(`PATCH ${site.path}/`, { token: owner.token, body: { is_active: true } })
    await pass({ minutes: 3 })
    await tick()
    // transitional: only the state it leads to is reported
    expect(statesTold()).toEqual(['disabled'])
    await setConnection(site.integrationId, 'ready')
    await pass({ minutes: 3 })
    await tick()
    expect(statesTold()).toEqual(['disabled', 'ready'])
  })

  test('of a revoked key is reported', async () => {
    const site = await connectSiteWithStructure(owner)
    await call(`DELETE /api/v1/sites/${site.siteId}/api-keys/${site.keyId}/`, { token: owner.token })
    await pass({ minutes: 3 })
    await tick()
    expect(receiver.messages[0].data.changes[0]).toMatchObject({
      to: 'key_revoked',
      reason: { code: 'api_key_revoked' },
    })
  })

  test('of a first connection is reported only if it fails', async () => {
    const [good, bad, never] = [
      await addIntegration(owner, 'Good', 'not_connected'),
      await addIntegration(owner, 'Bad', 'structure_syncing'),
      await addIntegration(owner, 'Never', 'not_connected'),
    ]
    for (const state of ['authenticating', 'structure_syncing', 'ready'] as const) await setConnection(good.id, state)
    await setConnection(bad.id, 'degraded', 'plugin_not_found')
    await setConnection(never.id, 'disabled')
    await pass({ minutes: 3 })
    await tick()
    expect(receiver.messages).toHaveLength(1)
    expect(receiver.messages[0].data.changes).toMatchObject([{ integration_id: bad.id, from: 'structure_syncing' }])
  })

  test('of a deleted integration is not reported', async () => {
    const { id } = await addIntegration(owner)
    await setConnection(id, 'unreachable')
    await d1().delete(integrations).where(eq(integrations.id, id))
    expect(await watchOf(id)).toBeUndefined()
    await pass({ minutes: 3 })
    await tick()
    expect(receiver.requests).toHaveLength(0)
  })

  test('in an account without recipients is not reported later, when there is one', async () => {
    const quiet = await signUpPerson()
    const { id } = await addIntegration(quiet)
    await setConnection(id, 'unreachable')
    await pass({ minutes: 3 })
    await tick()
    const late = new Receiver()
    await addEndpoint(quiet, late)
    await pass({ minutes: 3 })
    await tick()
    expect(late.requests).toHaveLength(0)
    await setConnection(id, 'ready')
    await pass({ minutes: 3 })
    await tick()
    expect(late.messages[0].data.changes[0]).toMatchObject({ from: 'unreachable', to: 'ready' })
  })

  test('is no business of another account', async () => {
    const stranger = new Receiver()
    await addEndpoint(await signUpPerson(), stranger)
    const { id } = await addIntegration(owner)
    await setConnection(id, 'unreachable')
    await pass({ minutes: 3 })
    await tick()
    expect([receiver.requests.length, stranger.requests.length]).toEqual([1, 0])
  })
})

describe('a flood', () => {
  test('flapping that ends in the original state is not reported', async () => {
    const { id } = await addIntegration(owner)
    await setConnection(id, 'unreachable')
    await pass({ minutes: 1 })
    await tick()
    await setConnection(id, 'ready')
    await pass({ minutes: 3 })
    await tick()
    expect(receiver.requests).toHaveLength(0)
    expect(await watchOf(id)).toMatchObject({ dueAt: null, changes: 0, told: 'ready' })
  })

  test('a state that keeps changing is reported after ten minutes at the latest', async () => {
    const { id } = await addIntegration(owner)
    for (let minute = 0; minute < 11; minute++) {
      await setConnection(id, minute % 2 === 0 ? 'unreachable' : 'degraded')
      await notifyNow()
      await pass({ minutes: 1 })
    }
    await tick()
    expect(receiver.messages).toHaveLength(1)
    expect(receiver.messages[0].data.changes[0]).toMatchObject({ from: 'ready', times: 11 })
  })

  test('a site that keeps flapping is reported twice, and then once when the hour is over', async () => {
    const { id } = await addIntegration(owner)
    const flap = async (state: 'unreachable' | 'ready') => {
      await setConnection(id, state)
      for (let minute = 0; minute < 3; minute++) {
        await pass({ minutes: 1 })
        await notifyNow()
      }
    }
    for (let round = 0; round < 8; round++) {
      await flap('unreachable')
      await flap('ready')
    }
    await flap('unreachable')
    // 51 minutes: down, up, and nothing since
    expect(statesTold()).toEqual(['unreachable', 'ready'])
    for (let minute = 0; minute < 15; minute++) {
      await pass({ minutes: 1 })
      await notifyNow()
    }
    expect(statesTold()).toEqual(['unreachable', 'ready', 'unreachable'])
    expect(receiver.messages[2].data.changes[0].times).toBe(15)
  })

  test('a thousand sites that go down at once are one message', { timeout: 60_000 }, async () => {
    await d1().run(sql`INSERT INTO sites (id, account_id, name, url, is_active, created_at, updated_at)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
      SELECT printf('site_m%04d', i), ${owner.accountId}, printf('Site %d', i), 'https://x.example.com', 1, 0, 0 FROM n`)
    await d1().run(sql`INSERT INTO integrations (id, account_id, site_id, platform, site_url, is_active, sync_enabled,
        sync_status, connection, config_json, type_settings_json, sync_epoch, created_at, updated_at)
      SELECT 'int_' || substr(id, 6), account_id, id, 'wordpress', url, 1, 1, 'success', 'ready', '{}', '{}', 0, 0, 0
      FROM sites WHERE account_id = ${owner.accountId}`)
    await d1()
      .update(integrations)
      .set({ connection: 'unreachable' })
      .where(eq(integrations.accountId, owner.accountId))
    await pass({ minutes: 3 })
    await tick()
    expect(receiver.messages).toHaveLength(1)
    expect(receiver.messages[0].data.changes).toHaveLength(1000)
    expect(await deliveriesOf(owner)).toMatchObject([{ changes: 1000, summary: '1000 sites need attention' }])
  })

  test('sites that go down one after the other make at most six messages an hour, and none is left out', async () => {
    const told = new Map<string, number>()
    const ids: string[] = []
    for (let minute = 0; minute < 60; minute++) {
      const { id } = await addIntegration(owner, `Site ${minute}`)
      ids.push(id)
      await setConnection(id, 'unreachable')
      await notifyNow()
      await pass({ minutes: 1 })
    }
    expect(receiver.messages.length).toBeGreaterThan(3)
    expect(receiver.messages.length).toBeLessThanOrEqual(6)
    for (let minute = 0; minute < 60; minute++) {
      await notifyNow()
      await pass({ minutes: 1 })
    }
    for (const { data } of receiver.messages)
      for (const { integration_id: id } of data.changes) told.set(id, (told.get(id) ?? 0) + 1)
    expect([...told.keys()].toSorted()).toEqual(ids.toSorted())
    expect([...told.values()].every((times) => times === 1)).toBe(true)
  })
})

describe('two ticks at once', () => {
  test('tell a change once', async () => {
    const { id } = await addIntegration(owner)
    await setConnection(id, 'unreachable')
    await pass({ minutes: 3 })
    await Promise.all([tick(), tick(), tick()])
    expect(receiver.requests).toHaveLength(1)
  })

  test('keep a change that comes between for the next message', async () => {
    const { id } = await addIntegration(owner)
    await setConnection(id, 'unreachable')
    await pass({ minutes: 3 })
    receiver.respond = async () => {
      await setConnection(id, 'ready')
      return new Response('ok')
    }
    await tick()
    expect(statesTold()).toEqual(['unreachable'])
    await pass({ minutes: 3 })
    await tick()
    expect(statesTold()).toEqual(['unreachable', 'ready'])
  })
})

test('a tick with nothing to tell costs four queries, and one that tells ten accounts three or four for each', async () => {
  const { bindings, counts } = countingBindings()
  const counted = db({ ...env, ...bindings }, null).db
  const none = { notified: 0, deferred: 0, passed_on: 0, delivered: 0, failed: 0 }
  expect(await notifyNow(bindings, counted)).toEqual(none)
  expect(counts.queries).toBe(4)
  for (let index = 0; index < 10; index++) {
    const person = await signUpPerson()
    await addEndpoint(person, receiver)
    await setConnection((await addIntegration(person)).id, 'unreachable')
  }
  await pass({ minutes: 3 })
  counts.queries = 0
  expect(await notifyNow(bindings, counted)).toEqual({ ...none, notified: 10, passed_on: 10, delivered: 10 })
  expect(counts.queries / 10).toBeLessThanOrEqual(4)
})
