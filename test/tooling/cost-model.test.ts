/** The arithmetic of `npm run cost`: from operations to dollars, and to what is stored. */
import { describe, expect, test } from 'vitest'
import { D1_TRIP_MS, ENRICHED_BYTES, SITE_ANSWER_MS, SPAN_BYTES } from '../../bench/cost/assumptions.ts'
import { KIND_IDS, kindOf, type KindId } from '../../bench/cost/kinds.ts'
import {
  estimate,
  objectSeconds,
  observedGb,
  usageOf,
  type Configuration,
  type Counts,
} from '../../bench/cost/model.ts'
import { add, atSize, nothing, type Operations, scale, subtract } from '../../bench/cost/operations.ts'
import {
  listDollars,
  meterDollars,
  METERS,
  monthDollars,
  noUsage,
  PLAN_DOLLARS,
  PRICES,
} from '../../bench/cost/prices.ts'
import { SHARES } from '../../src/lib/metrics.ts'
import { databasesOf, daysToFull, growthOf, objectBytes } from '../../bench/cost/storage.ts'

const SIZES = { small: 500, large: 5_000 }
const SCENARIO = { sites: 100_000, items: 500, edits: 3, polling: 0.2 }
const QUIET = { logs: 0, requests: 0, hasInvocations: false, traces: 0 }
const CONFIGURATION: Configuration = { observed: QUIET, retentionDays: 90, ticksAMonth: 43_200 }

const ops = (parts: Partial<Operations>): Operations => ({ ...nothing(), ...parts })
const table = (written: number, inserted = 0) => ({ queries: 1, read: 2, written, inserted })

/** Counts in which every kind costs nothing, but for those given. */
function countsOf(kinds: Partial<Record<KindId, Operations>>, rows: Record<string, number> = {}): Counts {
  const sized = KIND_IDS.map((id) => [id, { small: kinds[id] ?? nothing(), large: kinds[id] ?? nothing() }])
  const bytes = { rows, object: { small: 1_000_000, large: 10_000_000 }, key: 300 }
  return { sizes: SIZES, kinds: Object.fromEntries(sized) as Counts['kinds'], bytes }
}

describe('operations', () => {
  const left = ops({ queries: 3, cpuMs: 2, tables: { a: table(1), b: table(5) } })
  const right = ops({ queries: 1, cpuMs: 4, tables: { b: table(2), c: table(9) } })

  test('are added, scaled and taken from each other, table by table, and never below nothing', () => {
    expect(add(left, right)).toMatchObject({ queries: 4, cpuMs: 6 })
    expect(add(left, right).tables).toEqual({
      a: table(1),
      b: { queries: 2, read: 4, written: 7, inserted: 0 },
      c: table(9),
    })
    expect(scale(left, 0.5)).toMatchObject({ queries: 1.5, tables: { b: { written: 2.5 } } })
    expect(subtract(left, right)).toMatchObject({ queries: 2, cpuMs: 0, tables: { c: { written: 0 } } })
  })

  test('at a size lie on the line through both counted sizes', () => {
    const sized = { small: ops({ rowsRead: 1_500, queries: 4 }), large: ops({ rowsRead: 15_000, queries: 2 }) }
    const at = (items: number) => atSize(sized, SIZES, items)
    expect([at(500).rowsRead, at(2_750).rowsRead, at(5_000).rowsRead]).toEqual([1_500, 8_250, 15_000])
    expect([at(0).rowsRead, at(50_000).rowsRead]).toEqual([0, 150_000])
    expect(at(50_000).queries).toBe(0)
  })
})

describe('prices', () => {
  test('are those of the published table', () => {
    const perMillion = (meter: keyof typeof PRICES) => Number((PRICES[meter].dollars * 1e6).toFixed(6))
    expect(
      METERS.filter((meter) => PRICES[meter].unit === 'million').map((meter) => [meter, perMillion(meter)]),
    ).toEqual([
      ['workerRequests', 0.3],
      ['workerCpuMs', 0.02],
      ['objectRequests', 0.15],
      ['objectGbS', 12.5],
      ['objectRowsRead', 0.001],
      ['objectRowsWritten', 1],
      ['d1RowsRead', 0.001],
      ['d1RowsWritten', 1],
      ['kvReads', 0.5],
      ['kvWrites', 5],
      ['points', 0.25],
    ])
  })

  test('begin beyond what the plan includes', () => {
    expect([10e6, 11e6, 110e6].map((amount) => meterDollars('workerRequests', amount))).toEqual([0, 0.3, 30])
    expect(meterDollars('d1Storage', 15)).toBeCloseTo(7.5, 9)
    expect(monthDollars(noUsage())).toBe(PLAN_DOLLARS)
    const usage = { ...noUsage(), kvReads: 12e6, objectGbS: 1_400_000 }
    expect(monthDollars(usage)).toBeCloseTo(PLAN_DOLLARS + 1 + 12.5, 9)
    // as if nothing were included
    expect(listDollars(usage)).toBeCloseTo(6 + 17.5, 9)
  })
})

describe('what is billed for operations', () => {
  test('is the object’s time: its own work, and what it waits for', () => {
    const work = ops({ objectRequests: 1, cpuMs: 5, objectTrips: 2, siteRequests: 3, sleeps: 2, sleptMs: 500 })
    expect(objectSeconds(work)).toBeCloseTo(
      (5 + 2 * D1_TRIP_MS + 3 * SITE_ANSWER_MS + 2 * SITE_ANSWER_MS * 0.25 + 500) / 1000,
      9,
    )
    // a request that reaches no object
    expect(objectSeconds(ops({ workerRequests: 1, cpuMs: 5 }))).toBe(0)
    expect(usageOf(work, QUIET).objectGbS).toBeCloseTo(objectSeconds(work) * 0.128, 9)
  })

  test('is a row for each alarm that is set, and the Worker’s time only where there is a request', () => {
    const usage = usageOf(ops({ rowsWritten: 3, alarmsSet: 2, workerCpuMs: 7, cpuMs: 9 }), QUIET)
    expect([usage.objectRowsWritten, usage.workerCpuMs]).toEqual([5, 0])
    expect(usageOf(ops({ workerRequests: 1, workerCpuMs: 7, cpuMs: 9 }), QUIET).workerCpuMs).toBe(7)
  })

  test('is the points that were counted, and at most those of which a share is measured', () => {
    const work = ops({ points: 2, workerRequests: 100, alarms: 10 })
    expect(usageOf(work, { ...QUIET, requests: 0.01 }).points).toBeCloseTo(
      2 + 100 * (0.01 + SHARES.poll) + 10 * SHARES.work,
      9,
    )
  })

  test('is D1 over all tables', () => {
    const usage = usageOf(ops({ tables: { a: table(1), b: table(5) } }), QUIET)
    expect([usage.d1RowsRead, usage.d1RowsWritten]).toEqual([4, 6])
  })

  test('is what of logs and traces is kept, and their storage for a week', () => {
    const work = ops({ workerRequests: 1, objectRequests: 2, logLines: 1, logBytes: 400, spans: 10 })
    const gb = (changed: Partial<typeof QUIET>) => observedGb(work, { ...QUIET, ...changed }) * 1e9
    expect(gb({})).toBe(0)
    expect(gb({ logs: 1 })).toBeCloseTo(ENRICHED_BYTES + 400, 3)
    expect(gb({ logs: 1, hasInvocations: true })).toBeCloseTo(4 * ENRICHED_BYTES + 400, 3)
    expect(gb({ logs: 0.5 })).toBeCloseTo((ENRICHED_BYTES + 400) / 2, 3)
    expect(gb({ logs: 1, requests: 0.01 })).toBeCloseTo(ENRICHED_BYTES + 400 + 0.01 * (ENRICHED_BYTES + 300), 3)
    expect(gb({ traces: 0.05 })).toBeCloseTo(0.05 * 10 * SPAN_BYTES, 3)
    const { observed, observedStorage } = usageOf(work, { ...QUIET, logs: 1 })
    expect(observedStorage).toBeCloseTo((observed * 7) / 30, 12)
  })
})

describe('a month', () => {
  const dollarsOf = (kinds: Partial<Record<KindId, Operations>>, changed: Partial<typeof SCENARIO> = {}) =>
    estimate(countsOf(kinds), { ...SCENARIO, ...changed }, CONFIGURATION)

  test('is the operations of each kind times how often it happens, at their prices', () => {
    const { lines } = dollarsOf({ 'standby-poll': ops({ workerRequests: 1, kvReads: 1 }) })
    const polls = 80_000 * 30 * 96
    const line = lines.find(({ id }) => id === 'standby-poll')
    expect(line?.perMonth).toBe(polls)
    // with the points of the polls that are measured
    expect(line?.dollars).toBeCloseTo((polls * (0.3 + 0.5 + 0.25 * SHARES.poll)) / 1e6, 6)
    expect(lines.map(({ id }) => id)).toHaveLength(KIND_IDS.length + 1)
    expect(lines.map(({ dollars }) => dollars)).toEqual(lines.map(({ dollars }) => dollars).toSorted((a, b) => b - a))
  })

  test('has what the plan includes taken off the sum, once', () => {
    const kinds = { 'standby-poll': ops({ kvReads: 1 }), 'idle-poll': ops({ kvReads: 1 }) }
    const { lines, meters, total } = dollarsOf(kinds)
    const reads = lines.reduce((sum, { usage }) => sum + usage.kvReads, 0)
    expect(meters.find(({ meter }) => meter === 'kvReads')).toMatchObject({
      amount: reads,
      dollars: (reads - 10e6) * 5e-7,
    })
    expect(total).toBeCloseTo(PLAN_DOLLARS + meters.reduce((sum, { dollars }) => sum + dollars, 0), 6)
    expect(dollarsOf({}, { sites: 1 }).total).toBe(PLAN_DOLLARS)
  })

  test('deletes as many rows as it adds, of tables whose rows end', () => {
    const event = { 'events.sync_events': table(4, 1), audit_log: table(9, 1), outbox: table(3, 1) }
    const { lines } = dollarsOf({
      'edit-there': ops({ tables: event }),
      'pruned-row': ops({ tables: { x: table(4) } }),
    })
    const edits = lines.find(({ id }) => id === 'edit-there')?.perMonth ?? 0
    expect(lines.find(({ id }) => id === 'pruned-row')?.perMonth).toBeCloseTo(edits, 6)
  })

  test('asks each kind of database so often a second, by table, and sites, too', () => {
    const { rates } = dollarsOf({
      'standby-poll': ops({ siteRequests: 1, alarms: 3, tables: { a: table(1), b: table(1), 'events.a': table(1) } }),
    })
    const polls = (80_000 * 96) / 86_400
    expect(rates.control.queriesPerSecond).toBeCloseTo(2 * polls, 6)
    expect(rates.control.queriesAtPeak).toBeCloseTo(6 * polls, 6)
    expect(rates.events.queriesPerSecond).toBeCloseTo(polls, 6)
    expect(rates.siteRequestsPerSecond).toBeCloseTo(polls, 6)
    expect(rates.alarmsPerSecond).toBeCloseTo(3 * polls, 6)
    expect(rates.d1ByTable.map(({ table: name }) => name)).toEqual(['a', 'b', 'events.a'])
    expect(rates.d1ByTable[0]?.read).toBeCloseTo(2 * polls, 6)
  })

  test('stores sites, objects and keys', () => {
    const { stored, lines } = estimate(countsOf({}, { sites: 1_000 }), { ...SCENARIO, items: 5_000 }, CONFIGURATION)
    expect([stored.objectGb, stored.objectsGb, stored.d1Gb, stored.kvGb]).toEqual([0.01, 1_000, 0.1, 0.03])
    expect(lines.find(({ id }) => id === 'storage')?.dollars).toBeCloseTo(1_000 * 0.2 + 0.1 * 0.75 + 0.03 * 0.5, 9)
  })
})

describe('storage', () => {
  const bytes = {
    rows: { 'events.sync_events': 500, integrations: 5_000, audit_log: 1_000 },
    object: { small: 1, large: 2 },
    key: 1,
  }
  const grow = (inserted: Record<string, number>, sites = 1_000) =>
    growthOf(bytes, inserted, { sites, retentionDays: 90 })

  test('of a table whose rows end is what its retention leaves; of others it grows for ever', () => {
    const tables = grow({ 'events.sync_events': 1e6, audit_log: 1e4 })
    const of = (name: string) => tables.find(({ table: found }) => found === name)
    expect(of('events.sync_events')).toMatchObject({ rows: 3e6, gb: 1.5, isEndless: false })
    expect(of('integrations')).toMatchObject({ rows: 1_000, gb: 0.005 })
    expect(of('audit_log')).toMatchObject({ rows: 12e4, gb: 0.12, isEndless: true })
    expect(tables[0]?.table).toBe('events.sync_events')
  })

  test('fills a database after so many days, or never', () => {
    const days = (perMonth: number, sites = 1_000) =>
      daysToFull(grow({ 'events.sync_events': perMonth }, sites), sites, 90)
    // 10 GB less the sites' rows, at half a gigabyte a day
    expect(days(30e6)).toBe(20)
    expect(days(1e6)).toBeNull()
    expect(days(0, 2_100_000)).toBe(0)
    expect(daysToFull(grow({ audit_log: 1e6 }), 1_000, 90)).toBeGreaterThan(250)
  })

  test('is that of the control database, and of as many event databases as stay below the size that is warned of', () => {
    const grown = (events: number) => {
      const tables = grow({ 'events.sync_events': events, audit_log: 1e4 })
      return databasesOf(tables, { sites: 1_000, retentionDays: 90 })
    }
    expect(grown(10e6).control.gb).toBeCloseTo(0.125, 9)
    expect(grown(10e6).d1Gb).toBeCloseTo(15.125, 9)
    // 15 GB, of which one database takes 8 at most
    expect(grown(10e6).events).toEqual({ gb: 15, databases: 2, daysToFull: 60 })
    expect(grown(11e6).events.databases).toBe(3)
    expect(grown(0).events).toEqual({ gb: 0, databases: 1, daysToFull: null })
    expect(grown(10e6).control.daysToFull).toBeNull()
  })

  test('of an object lies on the line through both sizes', () => {
    const measured = { ...bytes, object: { small: 1_000_000, large: 10_000_000 } }
    expect([0, 500, 5_000, 50_000].map((items) => objectBytes(measured, SIZES, items))).toEqual([0, 1e6, 1e7, 1e8])
  })
})

test('every kind has a title of its own', () => {
  const titles = KIND_IDS.map((id) => kindOf(id).title)
  expect(new Set(titles).size).toBe(titles.length)
})
