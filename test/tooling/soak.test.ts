/** The arithmetic of `npm run soak`: from figures over time to verdicts. */
import { DatabaseSync } from 'node:sqlite'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Chance } from '../../bench/soak/chance.ts'
import { type Claim, hasFailed, judge, type Measured, ofLastProcess, TARGETS } from '../../bench/soak/claims.ts'
import { figureAt, type Point, slopeOf, trendOf } from '../../bench/soak/fit.ts'
import { KILLS_AT } from '../../bench/soak/faults.ts'
import { OptionError, readOptions } from '../../bench/soak/options.ts'
import type { Sample } from '../../bench/soak/samples.ts'
import { readStored } from '../../bench/soak/stored.ts'
import { MOST_EVENTS } from '../../src/services/events/index.ts'
import { temporaryFolder } from '../../scripts/lib/paths.ts'

/** An hour of figures, one a minute. */
const hour = (value: (minute: number) => number): Point[] =>
  Array.from({ length: 61 }, (_, at) => ({ at, value: value(at) }))

describe('a trend', () => {
  test('is the slope of a line, per hour, and what it ends at over what it begins at', () => {
    const trend = trendOf(hour((minute) => 100 + minute))
    expect(trend.perHour).toBeCloseTo(60)
    expect(trend.ratio).toBeCloseTo(1.6)
    expect([trend.minutes, trend.median, trend.points]).toEqual([60, 130, 61])
  })

  test('is not moved by figures that are far off', () => {
    const trend = trendOf(hour((minute) => (minute % 10 === 5 ? 100_000 : 100)))
    expect([trend.perHour, trend.ratio]).toEqual([0, 1])
  })

  test('is found below noise that is as large as it', () => {
    const chance = new Chance(7, 'noise')
    const { ratio } = trendOf(hour((minute) => 100 + minute / 6 + 10 * chance.next()))
    expect(ratio).toBeGreaterThan(1.05)
    expect(ratio).toBeLessThan(1.15)
  })

  test('is unknown of too few figures', () => {
    expect(slopeOf(hour(() => 1).slice(0, 3))).toBeNaN()
    expect(trendOf([]).ratio).toBeNaN()
  })

  test('takes so many figures in its stride', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({ at: index / 100, value: index }))
    expect(slopeOf(many)).toBeCloseTo(100)
  })

  test('has figures at a time: the median of those near it', () => {
    const points = hour((minute) => (minute === 30 ? 999 : minute))
    expect(figureAt(points, 30, 2)).toBe(31)
    expect(figureAt(points, 90, 2)).toBeNaN()
  })
})

const sample = (at: number, parts: Partial<Sample> = {}): Sample => ({
  at,
  restarts: 3,
  residentMb: 300,
  heapMb: 30,
  workerCpu: 0.3,
  loadCpu: 0.2,
  webhooks: 1,
  runs: 1,
  commands: 0,
  undelivered: 0,
  sockets: 4,
  sites: 24,
  d1Mb: 5,
  objectsMb: 40,
  requests: at * 100,
  unavailable: 0,
  ...parts,
})
const samples = (parts: (at: number) => Partial<Sample> = () => ({})) =>
  hour(() => 0).map(({ at }) => sample(at, parts(at)))

const GOOD: Measured = {
  minutes: 60,
  samples: samples(),
  lags: {
    seen: hour(() => 400),
    posted: hour(() => 300),
    seenByPolling: hour(() => 2_000),
    postedByPolling: hour(() => 5_000),
  },
  imports: [
    { at: 10, items: 25_000, seconds: 10, firstHalfMb: 400, secondHalfMb: 404, isWhole: true },
    { at: 20, items: 25_000, seconds: 10, firstHalfMb: 100, secondHalfMb: 404, isWhole: false },
  ],
  settled: { seconds: 30, isInTime: true, problems: [] },
  stored: { rows: { sync_events: 900 }, waiting: { outbox: 0 }, remains: {}, mostEvents: 100 },
  serverErrors: 0,
  refusals: 0,
  troubles: 0,
  changes: 1_000,
  eventsOfQuiet: 0,
  restarts: 4,
  requests: 50_000,
}
const failing = (parts: Partial<Measured>): string[] =>
  judge({ ...GOOD, ...parts }).flatMap(({ claim, holds }: Claim) => (holds === false ? [claim] : []))
const unsaid = (parts: Partial<Measured>): string[] =>
  judge({ ...GOOD, ...parts }).flatMap(({ claim, holds }: Claim) => (holds === null ? [claim] : []))

const settled = (...problems: string[]) => ({ settled: { ...GOOD.settled, problems } })
const lags = (parts: Partial<Measured['lags']>) => ({ lags: { ...GOOD.lags, ...parts } })

describe('the verdict of a soak', () => {
  test('holds where nothing grows and nothing is lost', () => {
    expect(failing({})).toEqual([])
    expect(unsaid({})).toEqual([])
    expect(hasFailed(judge(GOOD))).toBe(false)
  })

  test.each<[string, Partial<Measured>]>([
    ['heap in use after its garbage was collected', { samples: samples((at) => ({ heapMb: 30 + at * 0.04 })) }],
    ['resident memory', { samples: samples((at) => ({ residentMb: 300 + at * 0.8 })) }],
    [
      'memory of the second half of an import',
      { imports: GOOD.imports.map((each) => ({ ...each, secondHalfMb: 430 })) },
    ],
    ['edit in WordPress until IGNY8 shows it: p95', lags({ seen: hour((at) => (at % 10 < 2 ? 4_000 : 400)) })],
    ['edit in WordPress until IGNY8 shows it: does not grow', lags({ seen: hour((at) => 400 + at * 5) })],
    ['edit in IGNY8 until the post has it: p95', lags({ posted: hour((at) => (at % 10 < 2 ? 4_000 : 400)) })],
    ['edit in IGNY8 until the post has it: does not grow', lags({ posted: hour((at) => 400 + at * 5) })],
    ['the same by polling, seen: does not grow', lags({ seenByPolling: hour((at) => 2_000 + at * 10) })],
    ['the same by polling, posted: does not grow', lags({ postedByPolling: hour((at) => 2_000 + at * 10) })],
    ['5xx other than 503 with Retry-After under a fault', { serverErrors: 1 }],
    ['refusals that nobody meant to get', { refusals: 1 }],
    ['pieces of the load that failed', { troubles: 1 }],
    ['lost edits', settled('site_1: lost: post 3 is gone')],
    ['duplicate posts', settled('site_1: duplicate: posts 3 and 4 are one item')],
    ['other differences between sites and IGNY8, counts among them', settled('site_1: post 5 is no item')],
    ['everything comes to rest', { settled: { ...GOOD.settled, isInTime: false } }],
    ['rows that wait for work in D1', { stored: { ...GOOD.stored, waiting: { outbox: 1 } } }],
    ['rows and objects of deleted sites', { stored: { ...GOOD.stored, remains: { api_keys: 1 } } }],
    ['events of a quiet time', { eventsOfQuiet: 1 }],
    ['events are bounded', { stored: { ...GOOD.stored, rows: { sync_events: 2_001 } } }],
    ['events are bounded', { stored: { ...GOOD.stored, mostEvents: TARGETS.eventsOfIntegration + 1 } }],
    ['the machine is not what is measured', { samples: samples(() => ({ workerCpu: 0.9 })) }],
  ])('fails for: %s', (claim, parts) => {
    expect(failing(parts)).toEqual([claim])
    expect(hasFailed(judge({ ...GOOD, ...parts }))).toBe(true)
  })

  test('takes a lag that grows by little, or from little, for flat', () => {
    expect(failing(lags({ seen: hour((at) => 2_000 + at * 3) }))).toEqual([])
    expect(failing(lags({ seen: hour((at) => 50 + at) }))).toEqual([])
  })

  test('says nothing of what minutes do not show', () => {
    const short = {
      minutes: 10,
      samples: samples().slice(0, 10),
      lags: { seen: [], posted: [], seenByPolling: [], postedByPolling: [] },
    }
    expect(failing(short)).toEqual([])
    expect(unsaid(short)).toHaveLength(9)
  })

  test('judges memory by the process that lived last, once it was warm', () => {
    const killed = samples((at) => ({ restarts: at < 20 ? 2 : 3, heapMb: at < 25 ? 10 : 30 }))
    expect(failing({ samples: killed })).toEqual([])
    expect(ofLastProcess(killed)[0]?.at).toBe(25)
  })

  test('knows the bound of events that the cron keeps', () => {
    expect(TARGETS.eventsOfIntegration).toBe(MOST_EVENTS)
  })

  test('leaves most of the load to one process', () => {
    expect(Math.max(...KILLS_AT)).toBeLessThan(0.25)
    expect(KILLS_AT.toSorted((left, right) => left - right)).toEqual(KILLS_AT)
  })
})

describe('the load', () => {
  test('is the same for the same seed, part by part', () => {
    const take = (seed: number, name: string) => {
      const chance = new Chance(seed, name)
      return [chance.next(), chance.between(1, 100), chance.pick(['a', 'b', 'c']), chance.shuffle([1, 2, 3, 4])]
    }
    expect(take(5, 'edits')).toEqual(take(5, 'edits'))
    expect(take(5, 'edits')).not.toEqual(take(6, 'edits'))
    expect(take(5, 'edits')).not.toEqual(take(5, 'visits'))
  })

  test('takes its length, its seed and a file from the command', () => {
    expect(readOptions([])).toEqual({ minutes: 60, seed: 1, json: null })
    expect(readOptions(['--minutes', '2.5', '--seed', '9', '--json', 'x.json'])).toEqual({
      minutes: 2.5,
      seed: 9,
      json: 'x.json',
    })
  })

  test.each([
    ['--minutes', '0'],
    ['--minutes', 'long'],
    ['--seed', '-1'],
    ['--seed', '0x10'],
    ['--sites', '5'],
    ['more'],
  ])('refuses %s %s', (...args) => {
    expect(() => readOptions(args.filter((arg) => arg !== undefined))).toThrow(OptionError)
  })
})

describe('what the databases hold afterwards', () => {
  const GONE = '11'.repeat(32)
  const KEPT = '22'.repeat(32)

  function makeState(): string {
    const folder = temporaryFolder('soak-stored')
    for (const part of ['d1', 'do']) mkdirSync(join(folder, 'state/v3', part), { recursive: true })
    const write = (path: string, sql: string) => {
      const database = new DatabaseSync(join(folder, 'state/v3', path))
      database.exec(sql)
      database.close()
    }
    write(
      'd1/one.sqlite',
      `CREATE TABLE api_keys (site_id TEXT); INSERT INTO api_keys VALUES ('site_gone');
       CREATE TABLE sites (id TEXT); INSERT INTO sites VALUES ('site_kept');
       CREATE TABLE outbox (seq INTEGER); INSERT INTO outbox VALUES (1), (2);
       CREATE TABLE integrations (id TEXT, sync_status TEXT); INSERT INTO integrations VALUES ('int_a', 'pending'), ('int_b', 'success');
       CREATE TABLE audit_log (entity TEXT); INSERT INTO audit_log VALUES ('site_gone')`,
    )
    write(
      'd1/two.sqlite',
      `CREATE TABLE notification_deliveries (id TEXT, status TEXT); INSERT INTO notification_deliveries VALUES ('d', 'pending');
       CREATE TABLE sync_events (integration_id TEXT); INSERT INTO sync_events VALUES ('int_a'), ('int_a'), ('int_gone')`,
    )
    write(`do/${GONE}.sqlite`, 'CREATE TABLE items (id TEXT)')
    write(`do/${KEPT}.sqlite`, 'CREATE TABLE items (id TEXT)')
    return folder
  }

  test('is counted: rows, what waits, what is left of deleted sites, and events of one site', () => {
    expect(readStored(makeState(), ['site_gone', 'int_gone', ''], [GONE])).toEqual({
      rows: {
        api_keys: 1,
        sites: 1,
        outbox: 2,
        integrations: 2,
        audit_log: 1,
        notification_deliveries: 1,
        sync_events: 3,
      },
      waiting: { outbox: 2, notification_deliveries: 1, integrations: 1 },
      remains: { api_keys: 1, objects: 1 },
      mostEvents: 2,
    })
  })
})
