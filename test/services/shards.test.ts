import { env } from 'cloudflare:workers'
import { and, asc, eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Db } from '../../src/db/client.ts'
import { flushOutbox, MOST_WAITING } from '../../src/db/events/outbox.ts'
import { notificationDeliveries, notificationMessages, syncEvents } from '../../src/db/events/schema.ts'
import { forgetPlaces, openEventShards, PLACE_TTL_MS } from '../../src/db/events/shards.ts'
import { recordEvent } from '../../src/db/record-event.ts'
import { accounts, eventsBefore, messagesBefore, outbox } from '../../src/db/schema/index.ts'
import { createId } from '../../src/lib/ids.ts'
import { MOST_EVENTS, pruneEvents, trimEvents } from '../../src/services/events/index.ts'
import { createAccount } from '../../src/services/account/create.ts'
import { takeOver } from '../../src/services/shards/index.ts'
import { failingD1 } from '../support/failing-d1.ts'
import { createTestContext, type Person, signUpPerson } from '../support/identity.ts'
import { countingBindings, d1, eventsD1, movableClock } from '../support/integration.ts'
import { watchLog } from '../support/log.ts'
import { addDelivery, addEndpoint, notifyNow, passOn, Receiver } from '../support/notifications.ts'
import { call } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'

/** Bindings of a deployment with three event databases. */
const THREE = { EVENTS_1: env.SPARE_EVENTS_1, EVENTS_2: env.SPARE_EVENTS_2 } as unknown as Partial<Env>
const second = () => eventsD1(env.SPARE_EVENTS_1)

let owner: Person
beforeEach(async () => {
  playInternet()
  forgetPlaces()
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  owner = await signUpPerson()
})

const contextOf = (person: Person, bindings: Partial<Env> = {}) =>
  createTestContext(
    { kind: 'user', userId: person.userId, accountId: person.accountId, role: 'owner' },
    { events: openEventShards({ ...env, ...bindings }, d1()) },
  )

const INTEGRATION = createId('int')
const write = (person: Person, bindings: Partial<Env> = {}, note = 'x') =>
  recordEvent(
    contextOf(person, bindings),
    { id: INTEGRATION, accountId: person.accountId, siteId: 'site_x' },
    { action: 'sync', startedAt: Date.now(), note },
  )
const notesIn = async (db: Db, { accountId }: Person) =>
  (await db.select().from(syncEvents).where(eq(syncEvents.accountId, accountId)).orderBy(asc(syncEvents.id))).map(
    ({ detail }) => detail,
  )
const waiting = ({ accountId }: Person) => d1().$count(outbox, eq(outbox.accountId, accountId))
const putInto = ({ accountId }: Person, eventsShard: string | null) =>
  d1().update(accounts).set({ eventsShard }).where(eq(accounts.id, accountId))

describe('where an account’s events are', () => {
  test('is not looked up where there is one database', async () => {
    const { bindings, counts } = countingBindings()
    const control = { DB: bindings.DB }
    const ctx = { ...contextOf(owner, bindings), db: contextOf(owner).db }
    await openEventShards({ ...env, ...control }, ctx.db).of(owner.accountId)
    await write(owner, bindings)
    expect(counts.queries).toBe(1)
    expect(await notesIn(eventsD1(), owner)).toEqual(['x'])
  })

  test('is named by its row where there are several, and looked up once a minute', async () => {
    await putInto(owner, 'EVENTS_1')
    const shards = () => openEventShards({ ...env, ...THREE }, d1())
    expect((await shards().of(owner.accountId)).name).toBe('EVENTS_1')
    await putInto(owner, null)
    expect((await shards().of(owner.accountId)).name).toBe('EVENTS_1')
    movableClock().advance(PLACE_TTL_MS + 1)
    expect((await shards().of(owner.accountId)).name).toBe('EVENTS')
  })

  test('is chosen when it is made, among the databases that are open', async () => {
    const made: (string | null)[] = []
    for (let n = 0; n < 12; n++) {
      const ctx = contextOf(owner, THREE)
      const config = { ...ctx.config, closedShards: ['EVENTS'] }
      const id = (await createAccount({ ...ctx, config }, { userId: createId('usr'), name: 'New' })) ?? ''
      const [row] = await d1().select().from(accounts).where(eq(accounts.id, id))
      made.push(row?.eventsShard ?? null)
    }
    expect([...new Set(made)].toSorted()).toEqual(['EVENTS_1', 'EVENTS_2'])
  })

  test('shows in what the API reads: lists, usage and the export, and nobody else’s is among it', async () => {
    await putInto(owner, 'EVENTS_1')
    const stranger = await signUpPerson()
    await putInto(stranger, 'EVENTS_1')
    await write(owner, THREE)
    await write(stranger, THREE)
    const id = await addDeliveryIn(owner, second())
    const options = { token: owner.token, bindings: THREE }
    const { body: list } = await call('GET /api/v1/notifications/deliveries/', options)
    expect(list.results.map((each: { id: string }) => each.id)).toEqual([id])
    expect((await call('GET /api/v1/usage/', options)).body.events.used).toBe(1)
    const { body: lines } = await call('POST /api/v1/account/export/', options)
    const kinds = lines.map(({ kind }: { kind: string }) => kind)
    expect(kinds.filter((kind: string) => kind === 'sync_event' || kind === 'delivery')).toHaveLength(2)
  })
})

/** A failed delivery, in another event database than the first. */
async function addDeliveryIn(person: Person, db: Db): Promise<string> {
  const id = await addDelivery(person)
  for (const table of [notificationMessages, notificationDeliveries]) {
    const own = eq(table.accountId, person.accountId)
    await db.insert(table).values(await eventsD1().select().from(table).where(own))
    await eventsD1().delete(table).where(own)
  }
  return id
}

describe('an event whose database does not take it', () => {
  const FULL = { fails: () => true, message: 'D1_ERROR: Exceeded maximum DB size' }
  const full = () => failingD1({ ...FULL, databases: ['EVENTS'] }).bindings

  test('waits in the control database, and is there once, in its place, when the database is well again', async () => {
    const log = watchLog()
    await write(owner, full(), 'first')
    await write(owner, full(), 'second')
    expect(log.of('event kept for later')).toHaveLength(2)
    expect([await waiting(owner), await notesIn(eventsD1(), owner)]).toEqual([2, []])
    await passOn(full())
    expect(await waiting(owner)).toBe(2)
    expect(await passOn()).toBe(2)
    expect([await waiting(owner), await notesIn(eventsD1(), owner)]).toEqual([0, ['first', 'second']])
    expect(await passOn()).toBe(0)
  })

  test('is stored once, although its database took it and the answer was lost', async () => {
    const log = watchLog()
    const { bindings } = failingD1({ fails: () => true, when: 'after', databases: ['EVENTS'] })
    await write(owner, bindings)
    expect([await waiting(owner), await notesIn(eventsD1(), owner)]).toEqual([1, ['x']])
    // the outbox, too, is not emptied, because the answer is lost again
    await passOn(bindings)
    await passOn()
    expect([await waiting(owner), await notesIn(eventsD1(), owner)]).toEqual([0, ['x']])
    expect(log.of('event not recorded')).toEqual([])
  })

  test('is in the log if the outbox is full, or away', async () => {
    const log = watchLog()
    await d1()
      .insert(outbox)
      .values({ ...ROW, seq: 1, id: 'evt_first' })
    await d1()
      .insert(outbox)
      .values({ ...ROW, seq: MOST_WAITING + 1, id: 'evt_last' })
    await write(owner, full())
    await d1().delete(outbox).where(eq(outbox.accountId, 'acc_other'))
    const away = { run: () => Promise.reject(new Error('away')) }
    const ctx = { ...contextOf(owner, full()), db: new Proxy(d1(), { get: () => () => away }) }
    const integration = { id: INTEGRATION, accountId: owner.accountId, siteId: 'site_x' }
    await recordEvent(ctx, integration, { action: 'sync', startedAt: Date.now() })
    expect(log.of('event not recorded')).toHaveLength(2)
    expect(await waiting(owner)).toBe(0)
  })

  test('and that no database ever takes holds up no other, and is in the log', async () => {
    const log = watchLog()
    await write(owner, full(), 'before')
    await d1()
      .insert(outbox)
      .values({ ...ROW, seq: 900, id: 'evt_broken', body: '{"id":"evt_broken"}' })
    await d1().update(outbox).set({ seq: 901 }).where(eq(outbox.accountId, owner.accountId))
    await passOn()
    expect([await d1().$count(outbox), await notesIn(eventsD1(), owner)]).toEqual([0, ['before']])
    expect(log.of('event not recorded')).toMatchObject([{ event: '{"id":"evt_broken"}' }])
  })

  test('holds up only the accounts in the same database', async () => {
    const other = await signUpPerson()
    await putInto(other, 'EVENTS_1')
    const bindings = { ...THREE, ...full() }
    for (let n = 0; n < 3; n++) await write(owner, bindings)
    await d1().insert(outbox).select(sql`SELECT (SELECT max(seq) + 1 FROM outbox), ${createId('evt')},
      ${other.accountId}, kind, json_set(body, '$.account_id', ${other.accountId}, '$.id', ${createId('evt')}), created_at
      FROM outbox WHERE account_id = ${owner.accountId} LIMIT 1`)
    const shards = openEventShards({ ...env, ...bindings }, d1())
    expect(await flushOutbox({ db: d1(), events: shards, pages: 3 })).toBe(1)
    expect([await waiting(owner), await waiting(other)]).toEqual([3, 0])
    expect(await notesIn(second(), other)).toHaveLength(1)
    await passOn()
  })

  const ROW = { accountId: 'acc_other', kind: 'event', body: '{}', createdAt: new Date() } as const
})

describe('deliveries', () => {
  test('are attempted from every database, also while one of them is away', async () => {
    await putInto(owner, 'EVENTS_1')
    const receiver = new Receiver()
    const endpoint = await addEndpoint(owner, receiver)
    const id = await addDelivery(owner, endpoint.id)
    await eventsD1().update(notificationDeliveries).set(DUE).where(eq(notificationDeliveries.id, id))
    await addDeliveryTo(second(), id)
    const { bindings } = failingD1({ fails: () => true, databases: ['EVENTS'], message: 'no such table' })
    await expect(notifyNow({ ...THREE, ...bindings })).rejects.toThrow()
    expect(receiver.requests).toHaveLength(1)
    const [row] = await second().select().from(notificationDeliveries).where(eq(notificationDeliveries.id, id))
    expect(row).toMatchObject({ status: 'delivered', attempts: 1 })
  })

  const DUE = { status: 'pending', nextAttemptAt: new Date(0), expiresAt: new Date(4e12) } as const
  async function addDeliveryTo(db: Db, id: string): Promise<void> {
    const [delivery] = await eventsD1().select().from(notificationDeliveries).where(eq(notificationDeliveries.id, id))
    if (!delivery) throw new Error('no delivery')
    const isIts = eq(notificationMessages.id, delivery.messageId)
    await db.insert(notificationMessages).values(await eventsD1().select().from(notificationMessages).where(isIts))
    await db.insert(notificationDeliveries).values(delivery)
    await eventsD1().delete(notificationDeliveries).where(eq(notificationDeliveries.id, id))
  }
})

describe('what the release before has left in the control database', () => {
  test('is taken over into the event databases, once', async () => {
    await putInto(owner, 'EVENTS_1')
    const at = new Date(1e12)
    const { accountId } = owner
    const event = { id: createId('evt'), accountId, siteId: 'site_x', integrationId: INTEGRATION, action: 'sync' }
    const rest = { success: 1, itemIds: '["a"]', counts: '{}', startedAt: at, finishedAt: at, detail: 'before' }
    await d1()
      .insert(eventsBefore)
      .values({ ...event, ...rest })
    const message = { id: createId('msg'), accountId, seq: 1, type: 'connection.changed', summary: 's', changes: 1 }
    await d1()
      .insert(messagesBefore)
      .values({ ...message, body: '{"a":"“”"}', createdAt: at })
    const shards = { db: d1(), events: openEventShards({ ...env, ...THREE }, d1()) }
    expect([await takeOver(shards), await takeOver(shards)]).toEqual([2, 0])
    expect(await notesIn(second(), owner)).toEqual(['before'])
    const isOwn = and(eq(notificationMessages.accountId, accountId), eq(notificationMessages.id, message.id))
    expect(await second().select().from(notificationMessages).where(isOwn)).toMatchObject([{ body: '{"a":"“”"}' }])
    expect(await d1().$count(eventsBefore)).toBe(0)
  })
})

describe('the retention of events', () => {
  test('goes by time in every database, whichever of them is away', async () => {
    const old = `evt_${(Date.now() - 100 * 86_400_000).toString(16).padStart(12, '0')}${'0'.repeat(20)}`
    await write(owner, THREE)
    await putInto(owner, 'EVENTS_1')
    forgetPlaces()
    await write(owner, THREE)
    for (const db of [eventsD1(), second()])
      await db.update(syncEvents).set({ id: old }).where(eq(syncEvents.accountId, owner.accountId))
    const input = { now: Date.now(), retentionMs: 90 * 86_400_000, limit: 100 }
    const { bindings } = failingD1({ fails: () => true, databases: ['EVENTS'], message: 'no such table' })
    const shards = openEventShards({ ...env, ...THREE, ...bindings }, d1()).all()
    await expect(pruneEvents({ ...input, shards })).rejects.toThrow()
    expect([await notesIn(eventsD1(), owner), await notesIn(second(), owner)]).toEqual([['x'], []])
    expect(await pruneEvents({ ...input, shards: openEventShards(env, d1()).all() })).toBe(1)
  })

  test('goes by number for each integration: the oldest beyond it are deleted', async () => {
    const { accountId } = owner
    await eventsD1()
      .run(sql`INSERT INTO sync_events (id, account_id, site_id, integration_id, action, success, item_ids,
        counts, started_at, finished_at)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MOST_EVENTS + 25})
      SELECT printf('evt_f%06d', i), ${accountId}, 'site_x', 'int_busy', 'sync', 1, '[]', '{}', 0, 0 FROM n`)
    const shards = openEventShards(env, d1()).all()
    expect(await trimEvents({ shards, limit: 20 })).toBe(20)
    expect(await trimEvents({ shards, limit: 20 })).toBe(5)
    expect(await trimEvents({ shards, limit: 20 })).toBe(0)
    const [first] = await eventsD1().all<{ id: string }>(
      sql`SELECT min(id) AS id FROM sync_events WHERE integration_id = 'int_busy'`,
    )
    expect(first?.id).toBe('evt_f000026')
  })
})
