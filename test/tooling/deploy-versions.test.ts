import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeConfig, nameThings } from '../../scripts/deploy/config.ts'
import { readBase } from '../../scripts/deploy/base.ts'
import { Settings } from '../../scripts/deploy/settings.ts'
import { Stranger } from '../support/deployment.ts'

const WORKER = 'igny8-bridge'

let stranger: Stranger
beforeEach(async () => {
  stranger = await new Stranger().arrive()
  stranger.account.subdomain = 'somebody'
})
afterEach(() => stranger.leave())

const configOf = (environment: string) =>
  JSON.parse(readFileSync(join(stranger.root, `wrangler.${environment}.json`), 'utf8')) as {
    vars: Record<string, string>
    ratelimits: { namespace_id: string }[]
    [key: string]: unknown
  }
const traffic = () =>
  Object.fromEntries(
    stranger.account.worker(WORKER).deployments[0]?.versions.map((one) => [one.version_id, one.percentage]) ?? [],
  )
const edit = (text: string) => stranger.write('src/index.ts', `export default {} // ${text}`)
/** Deploys this code and gives the version that runs then. */
async function deployed(text: string, words = ''): Promise<string> {
  edit(text)
  expect((await stranger.deploy(words)).error).toBe('')
  return stranger.account.worker(WORKER).versions.at(-1)?.id ?? ''
}

describe('a gradual deployment', () => {
  test('gives the new version its share, then more of it, without uploading it twice', async () => {
    const one = await deployed('one')
    const two = await deployed('two', 'gradual --share 10')
    expect(traffic()).toEqual({ [one]: 90, [two]: 10 })
    expect(await deployed('two', 'gradual --share 50')).toBe(two)
    expect(traffic()).toEqual({ [one]: 50, [two]: 50 })
    await deployed('two', 'gradual --share 100')
    expect(traffic()).toEqual({ [two]: 100 })
    expect((await stranger.deploy()).changes).toEqual([])
    expect(traffic()).toEqual({ [two]: 100 })
  })

  test('asks the new version itself whether it is well, however small its share', async () => {
    await deployed('one')
    edit('two')
    const sick = () => stranger.account.worker(WORKER).versions.at(-1)?.id
    stranger.account.health = (version) =>
      Response.json(
        { version, status: version === sick() ? 'failing' : 'ok' },
        { status: version === sick() ? 503 : 200 },
      )
    const { error } = await stranger.deploy('gradual --share 1')
    expect(error).toContain('"status":"failing"')
    expect(error).toContain('npm run deploy -- rollback')
  })

  test('is not mixed with a third version', async () => {
    await deployed('one')
    await deployed('two', 'gradual --share 10')
    edit('three')
    expect((await stranger.deploy('gradual --share 10')).error).toContain('Two other versions share the traffic')
  })

  test('is continued where it broke off after the upload', async () => {
    await deployed('one')
    stranger.wrangler.breaks = 'versions deploy'
    edit('two')
    expect((await stranger.deploy('gradual --share 10')).error).toContain('versions deploy')
    const count = stranger.account.worker(WORKER).versions.length
    stranger.wrangler.breaks = ''
    await deployed('two', 'gradual --share 10')
    expect(stranger.account.worker(WORKER).versions).toHaveLength(count)
  })
})

describe('a rollback', () => {
  test('goes to the version before, and then to the one before that', async () => {
    const [one, two] = [await deployed('one'), await deployed('two')]
    await deployed('three')
    for (const version of [two, one]) {
      const { error, changes } = await stranger.deploy('rollback')
      expect([error, changes, traffic()]).toEqual(['', [], { [version]: 100 }])
    }
  })

  test('never goes to the empty Worker that held the first secrets', async () => {
    await deployed('one')
    expect((await stranger.deploy('rollback')).error).toContain('no version before this one')
  })

  test('ends a gradual deployment', async () => {
    const one = await deployed('one')
    await deployed('two', 'gradual --share 10')
    expect((await stranger.deploy('rollback')).error).toBe('')
    expect(traffic()).toEqual({ [one]: 100 })
  })

  test('goes to the version that is named', async () => {
    const one = await deployed('one')
    await deployed('two')
    await deployed('three')
    await stranger.deploy(`rollback ${one}`)
    expect(traffic()).toEqual({ [one]: 100 })
  })
})

test.each([
  ['does not answer', () => new Response('', { status: 522 })],
  ['is still the old version', () => Response.json({ status: 'ok', version: 'old' })],
  ['is no JSON', () => new Response('<html>')],
])('a deployment whose health %s fails, and says how to go back', async (_name, health) => {
  stranger.account.health = health
  const { error } = await stranger.deploy('--env staging')
  expect(error).toContain("/healthz doesn't answer as it should")
  expect(error).toContain('Roll back: npm run deploy -- rollback --env staging')
})

test('a deployment waits for a slow start', async () => {
  let asked = 0
  stranger.account.health = (version) =>
    ++asked < 20 ? new Response('', { status: 503 }) : Response.json({ status: 'ok', version })
  expect((await stranger.deploy()).error).toBe('')
})

describe('the jurisdiction', () => {
  test('is that of D1, KV and objects from the beginning', async () => {
    stranger.settings({ jurisdiction: 'eu' })
    expect((await stranger.deploy()).error).toBe('')
    expect(stranger.account.databases).toMatchObject([{ jurisdiction: 'eu' }, { jurisdiction: 'eu' }])
    expect(stranger.account.namespaces).toMatchObject([{ jurisdiction: 'eu' }])
    expect(configOf('production').vars['JURISDICTION']).toBe('eu')
  })

  test.each([
    [null, 'eu'],
    ['eu', null],
    ['eu', 'us'],
  ])('never changes: from %j to %j', async (from, to) => {
    stranger.settings({ jurisdiction: from })
    await stranger.deploy()
    const before = traffic()
    stranger.settings({ jurisdiction: to })
    edit('two')
    const { error, changes } = await stranger.deploy()
    expect(error).toContain('Neither databases nor objects can move')
    expect([changes, traffic()]).toEqual([[], before])
  })

  test('is refused by the database even where the Worker is gone, and by the Worker where the database is', async () => {
    stranger.settings({ jurisdiction: 'eu' })
    await stranger.deploy()
    const worker = stranger.account.worker(WORKER)
    stranger.account.workers.clear()
    stranger.settings({})
    expect((await stranger.deploy()).error).toContain('Database igny8 is in jurisdiction "eu"')
    stranger.account.workers.set(WORKER, worker)
    stranger.account.databases.length = 0
    expect(await stranger.deploy()).toMatchObject({
      error: expect.stringContaining('The Worker igny8-bridge'),
      changes: [],
    })
  })
})

test('staging has a Worker, data, secrets and counters of its own', async () => {
  await stranger.deploy()
  await stranger.deploy('--env staging')
  expect(stranger.account.databases.map(({ name }) => name)).toEqual([
    'igny8',
    'igny8-events',
    'igny8-staging',
    'igny8-events-staging',
  ])
  expect(stranger.account.namespaces.map(({ title }) => title)).toEqual([
    'igny8-bridge-api-keys',
    'igny8-bridge-staging-api-keys',
  ])
  const [one, other] = [...stranger.account.workers.values()]
  expect(one?.secrets.get('ENCRYPTION_KEYS')).not.toBe(other?.secrets.get('ENCRYPTION_KEYS'))
  const counters = (environment: string) => configOf(environment).ratelimits.map((limit) => limit.namespace_id)
  expect(new Set([...counters('production'), ...counters('staging')]).size).toBe(2 * counters('staging').length)
})

test('a domain takes the place of workers.dev', async () => {
  stranger.settings({ domain: 'api.example.com', web_origins: ['https://app.example.com'] })
  expect((await stranger.deploy()).error).toBe('')
  expect(configOf('production')).toMatchObject({
    workers_dev: false,
    preview_urls: false,
    routes: [{ pattern: 'api.example.com', custom_domain: true }],
    vars: { PUBLIC_URL: 'https://api.example.com', WEB_ORIGINS: 'https://api.example.com,https://app.example.com' },
  })
  expect(stranger.account.domains).toEqual([{ hostname: 'api.example.com', service: WORKER }])
})

test('buckets and queues of wrangler.toml get the names of the environment', () => {
  const base = {
    ...readBase('.'),
    r2_buckets: [{ binding: 'MEDIA', bucket_name: 'media' }],
    queues: {
      producers: [{ binding: 'WORK', queue: 'work' }],
      consumers: [{ queue: 'work', dead_letter_queue: 'dead' }],
    },
  }
  const settings = Settings.parse({ jurisdiction: 'eu', smart_placement: false, cpu_ms: null, cloudflare_email: true })
  const names = nameThings(base, settings, 'staging')
  const made = makeConfig({ base, settings, environment: 'staging', names, ids: new Map(), url: 'https://x.example' })
  expect(made).toMatchObject({
    name: 'igny8-bridge-staging',
    r2_buckets: [{ binding: 'MEDIA', bucket_name: 'media-staging', jurisdiction: 'eu' }],
    queues: {
      producers: [{ binding: 'WORK', queue: 'work-staging' }],
      consumers: [{ queue: 'work-staging', dead_letter_queue: 'dead-staging' }],
    },
    placement: { mode: 'off' },
    send_email: [{ name: 'EMAIL' }],
  })
  expect(made.limits).toBeUndefined()
})

test('metrics of staging have a dataset of their own, and logs and traces go where the settings say', () => {
  const base = readBase('.')
  const make = (settings: Settings) => {
    const names = nameThings(base, settings, 'staging')
    return makeConfig({ base, settings, environment: 'staging', names, ids: new Map(), url: 'https://x.example' })
  }
  const plain = make(Settings.parse({}))
  expect(plain.analytics_engine_datasets).toEqual([{ binding: 'METRICS', dataset: 'igny8_metrics_staging' }])
  expect(plain.observability).toEqual(base.observability)
  const { observability } = make(Settings.parse({ otel_destinations: { traces: ['tempo'] } }))
  expect(observability).toEqual({
    ...base.observability,
    traces: { ...base.observability?.traces, destinations: ['tempo'] },
  })
})
