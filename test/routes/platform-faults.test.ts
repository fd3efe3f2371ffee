import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { outbox } from '../../src/db/schema/index.ts'
import { isDatabaseUnavailable } from '../../src/db/errors.ts'
import { routes } from '../../src/routes/index.ts'
import type { Route } from '../../src/routes/define.ts'
import { breakEvents, failingD1 } from '../support/failing-d1.ts'
import { connectSiteWithStructure, type ConnectedSite, d1, readIntegration } from '../support/integration.ts'
import { call as callRaw, PASSWORD } from '../support/identity.ts'
import { call, documentPath, openApi, refusal } from '../support/openapi.ts'
import { sampleOf } from '../support/openapi-sample.ts'
import { playInternet } from '../support/plugin.ts'
import { watchLog } from '../support/log.ts'
import { passOn, tick } from '../support/notifications.ts'

let site: ConnectedSite
beforeAll(async () => {
  playInternet()
  site = await connectSiteWithStructure()
})
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined))

const OVERLOADED = 'D1_ERROR: D1 DB is overloaded. Too many requests queued.'
const always = { fails: () => true }
const sites = (options: Parameters<typeof call>[1]) =>
  call('GET /api/v1/sites/', { token: site.owner.token, ...options })
const addSite = (url: string, options: Parameters<typeof call>[1]) =>
  call('POST /api/v1/sites/', { token: site.owner.token, body: { name: 'New', url }, ...options })
const namesOfSites = async () => (await sites({})).body.results.map(({ url }: { url: string }) => url)

describe('D1 that fails for a moment', () => {
  test('is asked again for what may run twice, and nobody notices', async () => {
    const { bindings, seen } = failingD1({ fails: (execution) => execution <= 2 })
    expect((await sites({ bindings })).status).toBe(200)
    expect(seen.executions).toBeGreaterThan(3)
  })

  test('again and again is 503 with a time to come back', async () => {
    const { bindings, seen } = failingD1(always)
    const answer = await sites({ bindings })
    expect([refusal(answer), answer.headers.get('retry-after'), seen.executions]).toEqual([
      [503, 'unavailable'],
      '2',
      3,
    ])
  })

  test('is not asked again for a row that it may have stored', async () => {
    const url = 'https://stored-once.example.com'
    const counted = failingD1({ fails: () => false })
    await addSite('https://counted.example.com', { bindings: counted.bindings })
    // the last execution of the request, or of its background work, that is a batch stores the site
    for (let lost = 1; lost <= counted.seen.executions; lost++) {
      const { bindings } = failingD1({ fails: (execution) => execution === lost, when: 'after' })
      const answer = await addSite(`${url}/${lost}`, { bindings })
      expect([lost, [201, 503].includes(answer.status)]).toEqual([lost, true])
      const stored = (await namesOfSites()).filter((each: string) => each === `${url}/${lost}`)
      expect([lost, stored.length <= 1]).toEqual([lost, true])
    }
  })

  test('and is overloaded is left alone', async () => {
    const { bindings, seen } = failingD1({ ...always, message: OVERLOADED })
    expect([refusal(await sites({ bindings })), seen.executions]).toEqual([[503, 'unavailable'], 1])
  })

  test('for a fault of ours is a plain 500', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { bindings, seen } = failingD1({ ...always, message: 'D1_ERROR: no such column: nothing' })
    expect([refusal(await sites({ bindings })), seen.executions]).toEqual([[500, 'internal_error'], 1])
    error.mockRestore()
  })
})

describe.each([
  ['full', 'D1_ERROR: Exceeded maximum DB size'],
  ['away', OVERLOADED],
])('event databases that are %s', (_name, message) => {
  const waiting = (accountId: string) => d1().$count(outbox, eq(outbox.accountId, accountId))

  test('stop no sign-up, sign-in, connection, health check, structure or sync, and lose no event of them', async () => {
    const log = watchLog()
    const mend = breakEvents(message)
    const { owner, integrationId, path, key, wordpress } = await connectSiteWithStructure()
    const credentials = { email: owner.email, password: PASSWORD }
    expect((await callRaw('POST /api/v1/auth/sign-in/email', { body: credentials })).status).toBe(200)
    const { token } = owner
    expect((await call(`POST ${path}/test-connection/`, { token, body: {} })).body).toMatchObject({ success: true })
    expect((await call(`PATCH ${path}/`, { token, body: { sync_enabled: true } })).status).toBe(200)
    const structure = await call(`POST ${path}/update-structure/`, { token: key, body: wordpress.structure })
    expect(structure.status).toBe(200)
    expect((await call(`POST ${path}/sync/`, { token, body: { direction: 'metadata' } })).status).toBe(202)
    await vi.waitFor(
      async () => expect(await readIntegration(integrationId)).toMatchObject({ syncStatus: 'success' }),
      { timeout: 5000, interval: 20 },
    )
    const answer = await call(`GET ${path}/events/`, { token })
    expect([refusal(answer), answer.headers.get('retry-after')]).toEqual([[503, 'unavailable'], '2'])
    const kept = await waiting(owner.accountId)
    expect(kept).toBeGreaterThanOrEqual(5)
    expect([log.of('event kept for later').length >= kept, log.of('event not recorded')]).toEqual([true, []])
    mend()
    await passOn()
    expect(await waiting(owner.accountId)).toBe(0)
    const { body } = await call(`GET ${path}/events/`, { token })
    const actions = body.results.map(({ action }: { action: string }) => action)
    expect(actions.toReversed()).toEqual(expect.arrayContaining(['connect', 'test_connection', 'update', 'sync']))
    expect(actions).toHaveLength(kept)
  })

  test('are shown by /healthz, which still answers 200', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    breakEvents(message)
    const { status, body } = await callRaw('GET /healthz', {})
    expect([status, body.status, body.events]).toEqual([200, 'degraded', false])
  })
})

describe('the other bindings', () => {
  test('a rate limit that fails lets everybody through', async () => {
    const limit = () => Promise.reject(new Error('internal error'))
    const [broken] = [{ limit } as RateLimit]
    const names = ['INTEGRATION', 'ACCOUNT', 'ANONYMOUS', 'UNVERIFIED', 'UNVERIFIED_ACCOUNT']
    const bindings: Partial<Env> = Object.fromEntries(names.map((name) => [`THROTTLE_${name}`, broken]))
    expect((await sites({ bindings })).status).toBe(200)
    expect((await sites({ token: undefined, bindings })).status).toBe(401)
    const check = `POST ${site.path}/test-connection/`
    expect((await call(check, { token: site.owner.token, body: {}, bindings })).status).toBe(200)
  })

  test('a key store that fails leaves keys valid', async () => {
    const fails = () => Promise.reject(new Error('KV GET failed: 503 Service Unavailable'))
    const bindings = { API_KEYS: { get: fails, put: fails, delete: fails } as unknown as KVNamespace }
    const answer = await call(`GET ${site.path}/content-types/`, { token: site.key, bindings })
    expect(answer.status).toBe(200)
  })

  const objects = (fault: () => Error) => {
    const stub = new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : () => Promise.reject(fault())) })
    return { SITE_SYNC: { getByName: () => stub } as unknown as Env['SITE_SYNC'] }
  }
  const sync = (bindings: Partial<Env>) =>
    call(`POST ${site.path}/sync/`, { token: site.owner.token, body: { direction: 'metadata' }, bindings })

  test('an object of the release before, which lacks a method, is 503 until it is updated', async () => {
    const stub = env.SITE_SYNC.getByName(site.siteId) as unknown as { inventedLater: () => Promise<unknown> }
    const missing: unknown = await stub.inventedLater().catch((error: unknown) => error)
    const answer = await sync(objects(() => missing as Error))
    expect([refusal(answer), answer.headers.get('retry-after')]).toEqual([[503, 'unavailable'], '30'])
  })

  test('an object whose own query of D1 fails is 503', async () => {
    expect(refusal(await sync(objects(() => new Error('D1 is unavailable'))))).toEqual([503, 'unavailable'])
  })

  test('static files that can’t be read are 503', async () => {
    const fetch = () => Promise.reject(new Error('internal error'))
    const answer = await callRaw('GET /assets/index.js', { bindings: { ASSETS: { fetch } as unknown as Fetcher } })
    expect(refusal(answer)).toEqual([503, 'unavailable'])
  })
})

test('a job of the cron that D1 fails does not stop the others, and the tick is not recorded', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const counted = failingD1({ fails: () => false })
  await tick(counted.bindings)
  const { bindings, seen } = failingD1({ fails: (execution) => execution <= 3 })
  await expect(tick(bindings)).rejects.toThrow('jobs failed: pruned_idempotency_keys')
  expect(seen.executions).toBeGreaterThan(counted.seen.executions / 2)
  expect(
    error.mock.calls
      .flat()
      .map((line) => JSON.stringify(line))
      .join(' '),
  ).toContain('job failed')
  error.mockRestore()
})

/** A request of a route; the ids that it names are the site's or nobody's. */
function requestOf(route: Route): [string, Parameters<typeof call>[1]] {
  const known: Record<string, string> = { site_id: site.siteId, integration_id: site.integrationId, key_id: site.keyId }
  const path = route.path.replaceAll(
    /:(\w+)/g,
    (_, name: string) => known[name] ?? `${name.slice(0, 3)}_${'0'.repeat(32)}`,
  )
  const schema = openApi.paths[documentPath(route)][route.method].requestBody?.content['application/json']?.schema
  const body = schema && (sampleOf(schema) as Record<string, unknown>)
  for (const name of Object.keys(body ?? {})) if (name in known) body[name] = known[name]
  const token = {
    person: site.owner.token,
    member: site.owner.token,
    api_key: site.key,
    optional: site.key,
    public: undefined,
    operator: env.OPERATOR_TOKEN,
    platform: env.OPERATOR_TOKEN,
  }
  return [
    `${route.method.toUpperCase()} ${path}/`,
    { token: token[route.access.kind], ...(body && { body }), ...(route.upload && { lines: '' }) },
  ]
}

/** Changes last: what they delete is missing from then on. */
const inOrder = routes.toSorted((left, right) => rank(left) - rank(right))
function rank({ method }: Route): number {
  return ['get', 'put', 'patch', 'post', 'delete'].indexOf(method)
}

/** A download that has begun breaks off: its last line is missing. */
function breakOff({ operationId }: Route, error: unknown): null {
  if (
    ['exportAudit', 'exportAccount', 'exportSite', 'readBackupDatabase'].includes(operationId) &&
    isDatabaseUnavailable(error)
  )
    return null
  throw error
}

describe.each(inOrder.map((route) => [route.operationId, route] as const))('%s', (_id, route) => {
  test('answers no 500 whichever query of it D1 fails, and says when to come back', async () => {
    for (let first = 1; first <= 6; first++) {
      // an overloaded database is not asked again, so that no test waits for the pauses between tries
      const { bindings, seen } = failingD1({ fails: (execution) => execution >= first, message: OVERLOADED })
      const [request, options] = requestOf(route)
      const answer = await call(request, { ...options, bindings }).catch((error: unknown) => breakOff(route, error))
      if (answer === null) continue
      const hasTime = answer.status !== 503 || answer.headers.get('retry-after') !== null
      expect([first, answer.status === 500, hasTime]).toEqual([first, false, true])
      if (seen.executions < first) break
    }
  })
})
