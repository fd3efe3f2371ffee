import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { openEventShards } from '../../src/db/events/shards.ts'
import { databaseSizes } from '../../src/db/schema/index.ts'
import { MOST_BYTES, readSizes, recordSizes } from '../../src/services/shards/index.ts'
import { call } from '../support/identity.ts'
import { d1 } from '../support/integration.ts'
import { watchLog } from '../support/log.ts'

const DAY_MS = 86_400_000
const TODAY = Date.parse('2026-11-29T12:00:00Z')
const THREE = { EVENTS_1: env.SPARE_EVENTS_1 } as unknown as Partial<Env>

beforeEach(async () => {
  await d1().delete(databaseSizes)
})

const dayBefore = (days: number, from = TODAY) => new Date(from - days * DAY_MS).toISOString().slice(0, 10)
/** Sizes of a database, by how many days ago. */
const put = (name: string, sizes: Record<number, number>, from = TODAY) =>
  d1()
    .insert(databaseSizes)
    .values(Object.entries(sizes).map(([days, bytes]) => ({ name, day: dayBefore(Number(days), from), bytes })))
const read = () => readSizes({ db: d1(), now: TODAY })

describe('the sizes of the databases', () => {
  const record = (now: number, bindings: Partial<Env> = {}) =>
    recordSizes({ db: d1(), events: openEventShards({ ...env, ...bindings }, d1()), now })

  test('are noted once a day and database, as D1 says them, and forgotten after 90 days', async () => {
    await record(TODAY - 91 * DAY_MS)
    expect(await record(TODAY, THREE)).toBe(3)
    expect(await record(TODAY + 60_000, THREE)).toBe(3)
    const rows = await d1().select().from(databaseSizes)
    expect(rows.map(({ name, day }) => [name, day])).toEqual([
      ['DB', '2026-11-29'],
      ['EVENTS', '2026-11-29'],
      ['EVENTS_1', '2026-11-29'],
    ])
    for (const { bytes } of rows) expect(bytes).toBeGreaterThan(4_096)
  })

  test('are noted of the others while one is away', async () => {
    const away = {
      withSession: () => ({ prepare: () => ({ bind: () => ({ run: () => Promise.reject(new Error('away')) }) }) }),
    }
    expect(await record(TODAY, { EVENTS: away as unknown as D1Database })).toBe(1)
    expect((await read()).map(({ name }) => name)).toEqual(['DB'])
  })

  test('say how much a database grows, and in how many days it is full', async () => {
    await put('EVENTS', { 20: 1, 10: 1_000_000_000, 5: 1_600_000_000, 0: 2_000_000_000 })
    await put('DB', { 10: 500, 0: 400 })
    await put('EVENTS_1', { 0: 4_096 })
    expect(await read()).toEqual([
      { name: 'DB', bytes: 400, bytes_per_day: -10, days_left: null, is_filling: false },
      { name: 'EVENTS', bytes: 2e9, bytes_per_day: 1e8, days_left: 80, is_filling: false },
      { name: 'EVENTS_1', bytes: 4_096, bytes_per_day: null, days_left: null, is_filling: false },
    ])
  })

  test.each([
    ['four fifths of it are used', { 3: 0.8 * MOST_BYTES, 0: 0.8 * MOST_BYTES }],
    ['it will be full within two months', { 10: 3e9, 0: 4.1e9 }],
    ['it is full', { 1: MOST_BYTES, 0: MOST_BYTES + 1 }],
  ])('say that a database is filling up if %s', async (_reason, sizes) => {
    await put('EVENTS', sizes)
    expect(await read()).toMatchObject([{ is_filling: true }])
  })

  test('are in /healthz, which is degraded while one is filling up', async () => {
    const log = watchLog()
    await put('EVENTS', { 10: 3e9, 0: 4.1e9 }, Date.now())
    const { status, body } = await call('GET /healthz', { bindings: {} })
    expect([status, body.room, body.databases]).toMatchObject([200, false, [{ name: 'EVENTS', bytes: 4.1e9 }]])
    expect(body.status).toBe('degraded')
    expect(JSON.stringify(log.of('own health check failed'))).toContain('53 days left')
  })
})
