import { env } from 'cloudflare:workers'
import { asc, eq, getTableName, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { db, openDatabase } from '../../src/db/client.ts'
import { MOVED_TABLES, moveSome, selectSome } from '../../src/db/events/move-rows.ts'
import { notificationDeliveries } from '../../src/db/events/schema.ts'
import { forgetPlaces, openEventShards } from '../../src/db/events/shards.ts'
import { recordEvent } from '../../src/db/record-event.ts'
import { accounts, deletions } from '../../src/db/schema/index.ts'
import { emptyTables } from '../../src/services/deletion/tables.ts'
import { listShards, moveAccount, MoveRefused, PHASE_MS } from '../../src/services/shards/move.ts'
import { createTestContext, type Person, signUpPerson } from '../support/identity.ts'
import { d1, eventsD1, movableClock } from '../support/integration.ts'
import { addDelivery, addEndpoint, addIntegration, notifyNow, Receiver } from '../support/notifications.ts'
import { call } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'

const TWO = { EVENTS_1: env.SPARE_EVENTS_1 } as unknown as Partial<Env>
const second = () => eventsD1(env.SPARE_EVENTS_1)

let owner: Person
let integrationId: string
let clock: ReturnType<typeof movableClock>
beforeEach(async () => {
  playInternet()
  forgetPlaces()
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  clock = movableClock()
  owner = await signUpPerson()
  integrationId = (await addIntegration(owner)).id
})

let written = 0
/** An event of the account, as a request writes it that begins now. */
async function write(person = owner): Promise<void> {
  const events = openEventShards({ ...env, ...TWO }, d1())
  const actor = { kind: 'system', accountId: person.accountId } as const
  const integration = { id: integrationId, accountId: person.accountId, siteId: 'site_x' }
  const note = String(++written).padStart(4, '0')
  await recordEvent(createTestContext(actor, { events }), integration, { action: 'sync', startedAt: Date.now(), note })
}

const rowsIn = async (database: ReturnType<typeof eventsD1>, { accountId }: Person) =>
  Promise.all(
    MOVED_TABLES.map((table) =>
      database.select().from(table).where(eq(table.accountId, accountId)).orderBy(asc(table.id)),
    ),
  )
const countIn = async (database: ReturnType<typeof eventsD1>, person = owner) =>
  (await rowsIn(database, person)).map((rows) => rows.length)

/** What the API lists, newest first. */
const listed = async () => {
  const { body } = await call(`GET /api/v1/integration/integrations/${integrationId}/events/?limit=200`, {
    token: owner.token,
    bindings: TWO,
  })
  return body.results.map(({ detail }: { detail: string }) => detail).toReversed()
}

interface MoveOptions {
  /** Called while the move waits. */
  meanwhile?: () => Promise<void>
  bindings?: Partial<Env>
  to?: string
}

function move({ meanwhile, bindings = {}, to = 'EVENTS_1' }: MoveOptions = {}) {
  const all = { ...env, ...TWO, ...bindings }
  const control = db(all, null).db
  return moveAccount({
    db: control,
    shards: openEventShards(all, control).all(),
    accountId: owner.accountId,
    to,
    now: Date.now,
    tell: () => undefined,
    wait: async (ms) => {
      // in the middle of the phase, when isolates differ in what they know
      clock.advance(ms / 2)
      await meanwhile?.()
      clock.advance(ms / 2)
    },
  })
}

/** The databases, of which every execution may fail; executions count over all of them. */
function failingAt(broken: number) {
  const seen = { executions: 0 }
  const wrap = (target: object): object =>
    new Proxy(target, {
      get(_target, name) {
        const member = Reflect.get(target, name) as unknown
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => {
          if (['all', 'run', 'raw'].includes(String(name)) && ++seen.executions === broken)
            return Promise.reject(new Error('the process was killed'))
          const result: unknown = Reflect.apply(member, target, args)
          return ['withSession', 'prepare', 'bind'].includes(String(name)) ? wrap(result as object) : result
        }
      },
    })
  const bindings = { DB: wrap(env.DB), EVENTS: wrap(env.EVENTS), EVENTS_1: wrap(env.SPARE_EVENTS_1) }
  return { seen, bindings: bindings as Partial<Env> }
}

async function fill(events: number): Promise<void> {
  for (let n = 0; n < events; n++) await write()
  for (let n = 0; n < 3; n++) await addDelivery(owner)
}

describe('a move to another event database', () => {
  test('loses and doubles nothing while the account works, and lists have everything all the time', async () => {
    const stranger = await signUpPerson()
    await fill(450)
    await write(stranger)
    const before = await rowsIn(eventsD1(), owner)
    const seen = await listed()
    let meanwhile = 0
    await move({
      meanwhile: async () => {
        await write()
        meanwhile++
        // rows that are written while others are moved go to the new database
        expect((await countIn(second()))[2]).toBe(meanwhile === 2 ? 1 : 0)
        expect(await listed()).toEqual([...seen.slice(meanwhile), ...(await lastNotes(meanwhile))])
      },
    })
    expect(meanwhile).toBe(2)
    await write()
    expect(await countIn(eventsD1())).toEqual([0, 0, 0])
    expect(await countIn(second())).toEqual([3, 3, 453])
    expect((await rowsIn(second(), owner)).map((rows, index) => rows.slice(0, before[index]?.length))).toEqual(before)
    expect(await countIn(eventsD1(), stranger)).toEqual([0, 0, 1])
    const [row] = await d1().select().from(accounts).where(eq(accounts.id, owner.accountId))
    expect(row).toMatchObject({ eventsShard: 'EVENTS_1', eventsTarget: null, eventsPhase: null, eventsPhaseAt: null })
  })

  const lastNotes = async (n: number) =>
    Array.from({ length: n }, (_, index) => String(written - n + 1 + index).padStart(4, '0'))

  test('goes back to the first one just so', async () => {
    await fill(5)
    await move()
    await move({ to: 'EVENTS' })
    expect([await countIn(eventsD1()), await countIn(second())]).toEqual([
      [3, 3, 5],
      [0, 0, 0],
    ])
    const [row] = await d1().select().from(accounts).where(eq(accounts.id, owner.accountId))
    expect(row?.eventsShard).toBeNull()
  })

  test('that breaks off at any statement is continued by the next call', async () => {
    await fill(210)
    const before = await rowsIn(eventsD1(), owner)
    const counted = failingAt(Infinity)
    for (let broken = 1; ; broken++) {
      const { bindings, seen } = failingAt(broken)
      const error: unknown = await move({ bindings }).catch((cause: unknown) => cause)
      if (error === undefined) break
      const { message, cause } = error as Error
      expect(cause instanceof Error ? cause.message : message).toContain('the process was killed')
      // nothing is missing, wherever it broke off
      forgetPlaces()
      expect(await listed()).toHaveLength(200)
      expect(seen.executions).toBe(broken)
      // each time from the beginning, and one statement further
      if (broken % 4 === 0) {
        await move()
        await move({ to: 'EVENTS' })
        forgetPlaces()
        expect(await rowsIn(eventsD1(), owner)).toEqual(before)
      }
      expect(broken).toBeLessThan(60)
    }
    expect(await countIn(eventsD1())).toEqual([0, 0, 0])
    expect(await rowsIn(second(), owner)).toEqual(before)
    expect(counted.seen.executions).toBe(0)
  })

  test('takes what was changed while it was copied as it is now', async () => {
    const id = await addDelivery(owner)
    const redeliver = () =>
      call(`POST /api/v1/notifications/deliveries/${id}/redeliver/`, { token: owner.token, body: {}, bindings: TWO })
    // the copy is there already; then the row changes in both databases
    await d1()
      .update(accounts)
      .set({ eventsTarget: 'EVENTS_1', eventsPhase: 'writing', eventsPhaseAt: new Date(Date.now() - PHASE_MS) })
      .where(eq(accounts.id, owner.accountId))
    const changing = new Proxy(env.EVENTS, {
      get: (target, name) =>
        name === 'withSession'
          ? (from: string) => {
              const session = target.withSession(from)
              return {
                getBookmark: () => session.getBookmark(),
                batch: session.batch.bind(session),
                prepare: (query: string) => {
                  const statement = session.prepare(query)
                  if (!query.startsWith('DELETE')) return statement
                  const bind = (...values: unknown[]) => {
                    const bound = statement.bind(...values)
                    const first = async () => {
                      await eventsD1().update(notificationDeliveries).set({ attempts: 7 })
                      return bound.run()
                    }
                    return { run: first, all: first, raw: first }
                  }
                  return { bind }
                },
              }
            }
          : Reflect.get(target, name),
    })
    const from = openDatabase(changing, 'first-primary').db
    await moveSome(from, second(), notificationDeliveries, owner.accountId)
    // it has changed, so it stays, and is copied again
    expect(await countIn(eventsD1())).toEqual([1, 1, 0])
    await move()
    const [row] = await second().select().from(notificationDeliveries).where(eq(notificationDeliveries.id, id))
    expect(row?.attempts).toBe(7)
    expect(await countIn(eventsD1())).toEqual([0, 0, 0])
    forgetPlaces()
    expect((await redeliver()).status).toBe(202)
  })

  test('lets deliveries wait until it is over, and sends each once', async () => {
    const receiver = new Receiver()
    const endpoint = await addEndpoint(owner, receiver)
    const id = await addDelivery(owner, endpoint.id)
    const due = { status: 'pending', nextAttemptAt: new Date(0), expiresAt: new Date(4e12) } as const
    await eventsD1().update(notificationDeliveries).set(due).where(eq(notificationDeliveries.id, id))
    await move({
      meanwhile: async () => {
        await notifyNow(TWO)
        expect(receiver.requests).toHaveLength(0)
      },
    })
    forgetPlaces()
    await notifyNow(TWO)
    await notifyNow(TWO)
    expect(receiver.requests).toHaveLength(1)
  })

  test('leaves nothing of an account that is deleted meanwhile', async () => {
    await fill(5)
    let isErased = false
    await move({
      meanwhile: async () => {
        await write()
        if (isErased) return
        isErased = true
        const events = openEventShards({ ...env, ...TWO }, d1())
        await emptyTables({ db: d1(), events }, owner.accountId, 1_000)
      },
    })
    await emptyTables({ db: d1(), events: openEventShards({ ...env, ...TWO }, d1()) }, owner.accountId, 1_000)
    expect([await countIn(eventsD1()), await countIn(second())]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
  })

  test('is refused for an account or a database that there is not, one that is being deleted, or another move', async () => {
    await expect(move({ to: 'EVENTS_7' })).rejects.toThrow(MoveRefused)
    const nobody = moveAccount({
      db: d1(),
      shards: openEventShards({ ...env, ...TWO }, d1()).all(),
      accountId: 'acc_nobody',
      to: 'EVENTS_1',
      now: Date.now,
      tell: () => undefined,
      wait: async () => undefined,
    })
    await expect(nobody).rejects.toThrow('There is no account acc_nobody.')
    const at = new Date()
    await d1().insert(deletions).values({
      subjectId: owner.accountId,
      kind: 'account',
      phase: 'erasing',
      requestedBy: owner.userId,
      requestedAt: at,
      dueAt: at,
      nextAt: at,
    })
    await expect(move()).rejects.toThrow('is being deleted')
    await d1().delete(deletions)
    await d1()
      .update(accounts)
      .set({ eventsTarget: 'EVENTS_2', eventsPhase: 'reading' })
      .where(eq(accounts.id, owner.accountId))
    await expect(move()).rejects.toThrow('is being moved to EVENTS_2')
    expect(await countIn(second())).toEqual([0, 0, 0])
  })

  test.each(MOVED_TABLES.map((table) => [getTableName(table), table] as const))(
    'finds rows of %s by an index, in its order',
    async (_name, table) => {
      const plan = await eventsD1().all<{ detail: string }>(sql`EXPLAIN QUERY PLAN ${selectSome(table, 'acc_x')}`)
      const details = plan.map(({ detail }) => detail)
      expect(details.some((detail) => /^SEARCH (?:sync_events|notification_\w+) USING/.test(detail))).toBe(true)
      expect(details.filter((detail) => /^SCAN (?:sync_events|notification_)/.test(detail))).toEqual([])
      // the outermost order alone is made, of rows that were found
      expect(details.filter((detail) => detail.includes('TEMP B-TREE')).length).toBeLessThanOrEqual(1)
    },
  )

  test('shows in the list of databases', async () => {
    const shards = openEventShards({ ...env, ...TWO }, d1()).all()
    const before = await listShards({ db: d1(), shards })
    await move()
    const after = await listShards({ db: d1(), shards })
    expect(after.map(({ name, accounts: n }, index) => [name, n - (before[index]?.accounts ?? 0)])).toEqual([
      ['EVENTS', -1],
      ['EVENTS_1', 1],
    ])
  })
})
