import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runScheduled } from '../../src/cron/index.ts'
import '../../src/index.ts'
import { checkOwnHealth } from '../../src/services/health/index.ts'
import { call } from '../support/identity.ts'
import { countingBindings, d1, movableClock } from '../support/integration.ts'
import { watchLog } from '../support/log.ts'
import { shortenTimeouts } from '../support/plugin.ts'
import { RELEASE } from '../../src/contract/release.ts'

const ALL_WELL = {
  status: 'ok',
  configuration: true,
  database: true,
  migrations: true,
  key_store: true,
  object: true,
  cron: true,
  release: RELEASE,
  events: true,
  room: true,
  databases: expect.any(Array),
  version: env.VERSION.id,
}

const tick = () => runScheduled(createScheduledController({ scheduledTime: Date.now(), cron: '* * * * *' }), env)

/** Asks as a new isolate, which has no cached result. */
const ask = (bindings: Partial<Env> = {}) => call('GET /healthz', { bindings })

const WORDS = 'secret words of the platform'
const away = () => Promise.reject(new Error(WORDS))
const broken = (): never => {
  throw new Error(WORDS)
}

/** Bindings that fail, or behave as a test says. */
const database = (withSession: unknown) => ({ DB: { withSession } as D1Database })
const keyStore = (get: unknown) => ({ API_KEYS: { get } as KVNamespace })
const objects = (runs: unknown) => ({ SITE_SYNC: { getByName: () => ({ runs }) } as unknown as Env['SITE_SYNC'] })
const withoutVersion = { VERSION: undefined as unknown as Env['VERSION'] }

beforeAll(tick)

describe('/healthz', () => {
  test('states the time, with which a plugin’s doctor compares its clock', async () => {
    const { headers } = await ask()
    expect(Math.abs(Date.parse(headers.get('date') ?? '') - Date.now())).toBeLessThan(5000)
  })

  test('is ok where all works, and is stored nowhere', async () => {
    const { status, body, headers } = await ask()
    expect([status, body]).toEqual([200, ALL_WELL])
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('says which version answers, as every log line does, and nothing where there are no versions', async () => {
    const log = watchLog()
    expect((await ask(keyStore(away))).body.version).toBe(env.VERSION.id)
    expect(log.of('own health check failed').map(({ version_id }) => version_id)).toEqual([env.VERSION.id])
    expect((await ask(withoutVersion)).body).toEqual({ ...ALL_WELL, version: null })
  })

  test.each<[keyof typeof ALL_WELL, Partial<Env>]>([
    ['configuration', { ENCRYPTION_KEYS: '{}' }],
    ['configuration', { API_KEY_PEPPER: 'short' }],
    ['object', { JURISDICTION: 'EU' as Env['JURISDICTION'] }],
    ['database', database(broken)],
    ['database', { DB: undefined as unknown as D1Database }],
    ['key_store', keyStore(away)],
    ['object', objects(away)],
  ])('is 503 without %s, says so, and keeps the reason in the log', async (name, bindings) => {
    const log = watchLog()
    const { status, body } = await ask(bindings)
    expect([status, body.status, body[name]]).toEqual([503, 'failing', false])
    expect(Object.keys(body).sort()).toEqual(Object.keys(ALL_WELL).sort())
    expect(JSON.stringify(body)).not.toContain(WORDS)
    expect(log.of('own health check failed').map(({ check }) => check)).toContain(name)
    if (name !== 'database' && !('JURISDICTION' in bindings))
      expect(body).toEqual({ ...ALL_WELL, status: 'failing', [name]: false })
  })

  test('is 503 where something never answers', async () => {
    shortenTimeouts(30, 3_000)
    const { status, body } = await ask(keyStore(() => new Promise(() => undefined)))
    expect([status, body]).toEqual([503, { ...ALL_WELL, status: 'failing', key_store: false }])
  })

  describe('where the database lacks a migration', () => {
    let newest: { id: number; name: string }
    beforeEach(async () => {
      newest = await d1().get(sql`select id, name from d1_migrations order by id desc limit 1`)
      await d1().run(sql`delete from d1_migrations where id = ${newest.id}`)
    })
    afterEach(async () => {
      await d1().run(sql`insert or replace into d1_migrations (id, name) values (${newest.id}, ${newest.name})`)
    })

    test('is 503', async () => {
      const { status, body } = await ask()
      expect([status, body]).toEqual([503, { ...ALL_WELL, status: 'failing', migrations: false }])
    })

    test('is ok again once it has it, and where it has a later one: code goes back, the database does not', async () => {
      await d1().run(sql`insert into d1_migrations (id, name) values (${newest.id}, '9999_later.sql')`)
      expect((await ask()).body).toEqual(ALL_WELL)
    })
  })

  test('is degraded, and still 200, where the cron has not come to its end for a quarter of an hour', async () => {
    await tick()
    const clock = movableClock()
    clock.advance(14 * 60_000)
    expect((await ask()).body).toEqual(ALL_WELL)
    clock.advance(2 * 60_000)
    const { status, body } = await ask()
    expect([status, body]).toEqual([200, { ...ALL_WELL, status: 'degraded', cron: false }])
    await tick()
    expect((await ask()).body).toEqual(ALL_WELL)
    // a restore that is under way is no cron
    await d1().run(sql`insert into ticks (cron, at) values ('restore:everything:rst_1', 0)`)
    expect((await ask()).body).toEqual(ALL_WELL)
    await d1().run(sql`delete from ticks`)
    expect((await ask()).body).toMatchObject({ status: 'degraded', cron: false })
  })

  test('costs five queries, one read and one object, and nothing for the next five seconds', async () => {
    await tick()
    const { bindings, counts } = countingBindings()
    const instance = { ...env, ...bindings }
    for (let n = 0; n < 20; n++) await checkOwnHealth(instance)
    expect(counts).toEqual({ queries: 5, keyReads: 1 })
    movableClock().advance(5_001)
    await checkOwnHealth(instance)
    expect(counts).toEqual({ queries: 10, keyReads: 2 })
  })
})
