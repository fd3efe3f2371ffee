/** The cost model knows every kind of request, takes its figures from the code, and refuses nonsense. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfiguration } from '../../bench/cost/assumptions.ts'
import { KIND_IDS, kindOf, type Kind } from '../../bench/cost/kinds.ts'
import { readOptions } from '../../bench/cost/options.ts'
import { readCounts } from '../../bench/cost/saved.ts'
import { NODE, temporaryFolder } from '../../scripts/lib/paths.ts'
import { tryCommand } from '../../scripts/lib/processes.ts'
import { IDLE_INTERVAL_S, POLL_INTERVAL_S } from '../../src/contract/polling.ts'
import { RunDirection } from '../../src/contract/sync.ts'
import { routes } from '../../src/routes/index.ts'

const read = (path: string) => readFileSync(path, 'utf8')

type Part = 'routes' | 'paths' | 'methods' | 'runs' | 'tasks' | 'jobs'
const known = (part: Part) =>
  KIND_IDS.flatMap((id) => (kindOf(id)[part as keyof Kind] ?? []) as readonly string[]).toSorted()

/** What matches a pattern's group in a file. */
const found = (path: string, pattern: RegExp) => [...read(path).matchAll(pattern)].map(([, name]) => name ?? '')

describe('each belongs to one kind of work, and nothing else does:', () => {
  test('a route', () => {
    expect(known('routes')).toEqual(routes.map(({ operationId }) => operationId).toSorted())
  })

  test('a path that is not in the list of routes', () => {
    const paths = found('src/app.ts', /app\.(?:get|route)\((?:'\/', )?'?([\w/]+)'?/g)
    expect(paths.length).toBeGreaterThan(3)
    expect(known('paths')).toEqual(paths.toSorted())
  })

  test('a method of the object', () => {
    const rpc = read('src/site/rpc.ts')
    const both = [
      rpc.slice(rpc.indexOf('export interface SiteRpc')),
      read('src/site/keeping-rpc.ts'),
      read('src/site/bulk-rpc.ts'),
      read('src/site/versions-rpc.ts'),
    ].join()
    const methods = [...both.matchAll(/^ {2}(\w+)\(/gm)]
    expect(methods.length).toBeGreaterThan(25)
    expect(known('methods')).toEqual(methods.map(([, name]) => name ?? '').toSorted())
  })

  test('a direction of a run, and a task of the schedule', () => {
    expect(known('runs')).toEqual(RunDirection.unwrap().options.toSorted())
    const [tasks = ''] = found('src/site/replica/tables/schedule.ts', /export type Task = ([^\n]+)/g)
    expect(known('tasks')).toEqual(tasks.split(' | ').map((name) => name.replaceAll("'", '')))
  })

  test('a job of the cron', () => {
    const jobs = found('src/cron/index.ts', /\brun\('(\w+)'/g)
    expect(jobs.length).toBeGreaterThan(10)
    expect(known('jobs')).toEqual(jobs.toSorted())
  })
})

describe('how often', () => {
  const rates = { sites: 1_000, items: 500, edits: 3, polling: 0.2, ticksAMonth: 43_200, rowsToPrune: 7 }
  const perMonth = (id: (typeof KIND_IDS)[number], changed: Partial<typeof rates> = {}) =>
    kindOf(id).perMonth({ ...rates, ...changed })

  test('follows from the sites, and of which kind they are', () => {
    for (const id of KIND_IDS) {
      const [few, many] = [perMonth(id), perMonth(id, { sites: 2_000 })]
      const isOfDeployment = ['tick', 'sizes', 'monitoring', 'pruned-row'].includes(id)
      expect(many, id).toBeCloseTo(isOfDeployment ? few : 2 * few, 6)
      expect(few, id).toBeGreaterThan(0)
    }
    for (const id of KIND_IDS.filter((name) => name.endsWith('-polling') || name === 'idle-poll'))
      expect(perMonth(id, { polling: 0 }), id).toBe(0)
    for (const id of ['standby-poll', 'health-check', 'edit-there', 'sync-unchanged'] as const)
      expect(perMonth(id, { polling: 1 }), id).toBe(0)
  })

  test('follows from the edits, two of three of which are made in WordPress', () => {
    expect(perMonth('edit-there') + perMonth('edit-there-polling')).toBeCloseTo(1_000 * 3 * 30 * (2 / 3), 6)
    expect(perMonth('edit-here') + perMonth('edit-here-polling')).toBeCloseTo(1_000 * 3 * 30 * (1 / 3), 6)
    expect(perMonth('edit-here', { edits: 0 })).toBe(0)
  })

  test('is a poll a quarter of an hour where the site is called; elsewhere five minutes, or one while somebody is there', () => {
    expect(perMonth('standby-poll', { polling: 0 })).toBe(1_000 * 30 * 96)
    const [most, least] = [(30 * 86_400) / 60, (30 * 86_400) / 300]
    const polls = perMonth('idle-poll', { polling: 1 }) / 1_000
    expect(polls).toBeGreaterThan(least)
    expect(polls).toBeLessThan(least + 0.05 * (most - least))
    // with an edit a minute somebody is always there
    expect(perMonth('idle-poll', { polling: 1, edits: 3 * 1_440 }) / 1_000).toBe(most)
  })

  test('is what the plugin does, too', () => {
    const state = read('plugin/igny8-wordpress-bridge/includes/Polling/State.php')
    expect(state).toContain(`DIRECT_INTERVAL_S = ${IDLE_INTERVAL_S};`)
    expect(state).toContain(`POLL_INTERVAL_S = ${POLL_INTERVAL_S};`)
    expect(read('plugin/igny8-wordpress-bridge/includes/Cron/Schedule.php')).toMatch(/, 'daily', self::DAILY/)
  })
})

describe('the configuration', () => {
  const OBSERVED = '[observability.logs]\nenabled = true\n'
  const toml = (observability: string, vars = '') =>
    `[vars]\nEVENT_RETENTION_DAYS = "90"\n${vars}[triggers]\ncrons = ["* * * * *"]\n${observability}`

  test('is that of wrangler.toml', () => {
    const { observed, retentionDays, ticksAMonth } = readConfiguration(read('wrangler.toml'))
    expect([retentionDays, ticksAMonth]).toEqual([90, 43_200])
    // a line for each invocation, or a trace of each twentieth, would cost more than all the rest
    expect(observed).toEqual({ logs: 1, requests: 0.01, hasInvocations: false, traces: 0.001 })
  })

  test('is the platform’s where it says nothing', () => {
    expect(readConfiguration(toml('')).observed).toMatchObject({ logs: 0, requests: 0, traces: 0 })
    expect(readConfiguration(toml(OBSERVED)).observed).toMatchObject({ logs: 1, hasInvocations: true })
    const traced = '[observability.traces]\nenabled = true\n'
    expect(readConfiguration(toml(traced, 'REQUEST_LOG_RATE = "0.5"\n')).observed).toMatchObject({
      traces: 1,
      requests: 0.5,
    })
    expect(() => readConfiguration(toml('').replace('* * * * *', '0 * * * *'))).toThrow('ticks of a minute')
  })
})

describe('the command', () => {
  test('has the target’s numbers by default, and takes others', () => {
    const scenario = { sites: 100_000, items: 500, edits: 3, polling: 0.2 }
    expect(readOptions([])).toEqual({ scenario, isJson: false, from: null })
    expect(readOptions(['--sites', '1', '--edits', '0.5', '--json', '--from=x.json'])).toEqual({
      scenario: { ...scenario, sites: 1, edits: 0.5 },
      isJson: true,
      from: 'x.json',
    })
  })

  test.each([
    [['--sites', '0'], '--sites takes a whole number from 1 to 100000000.'],
    [['--sites', 'many'], '--sites takes a whole number from 1 to 100000000.'],
    [['--sites', '1e3'], '--sites takes a whole number from 1 to 100000000.'],
    [['--items', '0.5'], '--items takes a whole number from 0 to 1000000.'],
    [['--items', ''], '--items takes a whole number from 0 to 1000000.'],
    [['--edits=-1'], '--edits takes a number from 0 to 10000.'],
    [['--polling', '20'], '--polling takes a share from 0 to 1.'],
    [['--site', '3'], "Unknown option '--site'"],
    [['3'], "Unexpected argument '3'. This command does not take positional arguments"],
  ])('refuses %j in one line', (args, message) => {
    expect(() => readOptions(args)).toThrow(message)
  })

  test('refuses saved counts that are none, or of another release', () => {
    const file = join(temporaryFolder('cost'), 'saved.json')
    expect(() => readCounts(file)).toThrow('can’t be read')
    writeFileSync(file, 'no JSON')
    expect(() => readCounts(file)).toThrow('can’t be read')
    writeFileSync(file, JSON.stringify({ counts: { sizes: { small: 500, large: 5_000 }, kinds: {}, bytes: {} } }))
    expect(() => readCounts(file)).toThrow(`${file} has no counts.kinds.idle-poll`)
  })

  test('ends with 1 and that line alone', async () => {
    const args = ['--disable-warning=ExperimentalWarning', 'bench/cost/index.ts', '--polling', 'often']
    const { code, stdout, stderr } = await tryCommand(NODE, args, {})
    expect([code, stdout, stderr]).toEqual([1, '', '--polling takes a share from 0 to 1.\n'])
  })
})
