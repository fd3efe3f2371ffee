import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { apiKeys, userCredentials } from '../../src/db/schema/index.ts'
import { blankSecrets, log } from '../../src/lib/log.ts'
import { routes } from '../../src/routes/index.ts'
import { call as send, createTestKey, createTestSite, signUpPerson } from '../support/identity.ts'
import {
  connectBody,
  CONNECT,
  connectSiteWithStructure,
  createSiteWithKey,
  d1,
  runEnd,
  siteObject,
  type ConnectedSite,
} from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'
import { playInternet, sampleStructure } from '../support/plugin.ts'

/** Everything that was logged in this file, as text. */
const logged: string[] = []
/** Everything in this file that must never be logged. */
const secrets = new Set<string>(['correct horse battery'])

const METHODS = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const
const asText = (value: unknown): string =>
  JSON.stringify(value, (_name, entry: unknown) =>
    entry instanceof Error ? { text: String(entry), stack: entry.stack, cause: entry.cause } : entry,
  ) ?? ''

let site: ConnectedSite

beforeAll(async () => {
  playInternet()
  for (const method of METHODS) {
    vi.spyOn(console, method).mockImplementation((...args: unknown[]) => void logged.push(args.map(asText).join(' ')))
  }
  site = await connectSiteWithStructure()
  secrets.add(site.key).add(site.owner.token).add(site.wordpress.signingSecret)
})
afterAll(() => vi.restoreAllMocks())

/** A database that fails with a message that repeats the query, as drivers do. */
const failingDatabase = (failsAt: RegExp) => {
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          if (name === 'prepare' && failsAt.test(String(args[0]))) throw new Error(`D1_ERROR: no ${String(args[0])}`)
          const result: unknown = value.apply(target, args)
          return name === 'withSession' ? wrap(result as object) : result
        }
      },
    })
  return { DB: wrap(env.DB) }
}

describe('every answer', () => {
  const requests: [string, Parameters<typeof send>[1]?][] = [
    ['GET /api/v1/sites/'],
    ['GET /nowhere'],
    ['PUT /api/v1/sites/'],
    ['POST /api/v1/sites/', { body: 'x'.repeat(1_100_000) }],
    ['GET /healthz'],
    ['GET /openapi.json'],
    ['OPTIONS /api/v1/sites/', { headers: { origin: 'http://app.test' } }],
  ]

  test.each(requests)('of %s carries the headers that keep browsers safe', async (request, options) => {
    const { headers } = await send(request, options)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{7,}/)
    expect(headers.get('x-powered-by')).toBeNull()
  })

  test('of the API is stored nowhere on the way', async () => {
    for (const request of ['GET /api/v1/sites/', 'GET /api/v1/nowhere', 'POST /api/v1/auth/sign-out']) {
      expect((await send(request)).headers.get('cache-control')).toBe('no-store')
    }
  })

  test('has an id of ours, whatever id was sent', async () => {
    const ids = await Promise.all(
      ['req_evil', undefined].map(async (sent) => {
        const answer = await send('GET /api/v1/sites/', sent === undefined ? {} : { headers: { 'x-request-id': sent } })
        expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'))
        return answer.body.request_id
      }),
    )
    for (const id of ids) expect(id).toMatch(/^req_[0-9a-f]{32}$/)
    expect(ids[0]).not.toBe(ids[1])
  })
})

describe('another origin', () => {
  test('is let in where it is the configured web app', async () => {
    const headers = { origin: 'http://app.test' }
    const answer = await send('GET /api/v1/sites/', { cookie: site.owner.cookie, headers })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://app.test')
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
    expect(answer.headers.get('vary')).toContain('Origin')
    const exposed = answer.headers.get('access-control-expose-headers')
    for (const name of ['x-request-id', 'x-d1-bookmark', 'retry-after']) expect(exposed).toContain(name)
  })

  test('gets what it needs from a preflight, on every route', async () => {
    for (const route of routes) {
      const headers = {
        origin: 'http://app.test',
        'access-control-request-method': route.method.toUpperCase(),
        'access-control-request-headers': 'authorization,content-type,idempotency-key,x-account-id,x-d1-bookmark',
      }
      const answer = await send(`OPTIONS ${route.path.replaceAll(/:\w+/g, 'x')}/`, { headers })
      expect(answer.status).toBe(204)
      expect(answer.headers.get('access-control-allow-origin')).toBe('http://app.test')
      expect(answer.headers.get('access-control-allow-methods')).toContain(route.method.toUpperCase())
      for (const name of headers['access-control-request-headers'].split(',')) {
        expect(answer.headers.get('access-control-allow-headers')).toContain(name)
      }
    }
  })

  test.each([
    'https://evil.example',
    'null',
    'http://app.test.evil.example',
    'http://evil-app.test',
    'https://app.test',
    'http://app.test:8080',
    'http://APP.test',
    '*',
  ])('such as %s is told nothing that lets it read', async (origin) => {
    for (const request of ['GET /api/v1/sites/', 'OPTIONS /api/v1/sites/', 'GET /nowhere', 'GET /openapi.json']) {
      const answer = await send(request, { cookie: site.owner.cookie, headers: { origin } })
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})

describe('a fault of ours', () => {
  test('is a bare 500 with the id of the request, and its cause is in the log alone', async () => {
    const before = logged.length
    const bindings = failingDatabase(/from "sites"/)
    const answer = await call('GET /api/v1/sites/', { token: site.key, bindings })
    expect(refusal(answer)).toEqual([500, 'internal_error'])
    expect(Object.keys(answer.body).toSorted()).toEqual(
      ['code', 'detail', 'fix', 'request_id', 'status', 'title', 'type'].toSorted(),
    )
    expect(JSON.stringify(answer.body)).not.toMatch(/D1_ERROR|select|sites/i)
    const lines = logged.slice(before).filter((line) => line.includes(answer.body.request_id))
    expect(lines.join('\n')).toContain('D1_ERROR')
  })

  test('in the configuration names the variable in the log, and its value nowhere', async () => {
    const before = logged.length
    const bindings = { SESSION_SECRET: 'short-secret' }
    expect(refusal(await call('GET /api/v1/sites/', { token: site.key, bindings }))).toEqual([500, 'internal_error'])
    const lines = logged.slice(before).join('\n')
    expect(lines).toContain('SESSION_SECRET')
    expect(lines).not.toContain('short-secret')
  })
})

describe('the throttle', () => {
  const limiter = (allowed: number) => {
    const keys: string[] = []
    return { keys, limit: ({ key }: { key: string }) => Promise.resolve({ success: keys.push(key) <= allowed }) }
  }

  test('counts integrations per actor, and says when to come back', async () => {
    const counter = limiter(2)
    const bindings = { THROTTLE_INTEGRATION: counter }
    const list = (token: string) => call('GET /api/v1/integration/integrations/', { token, bindings })
    expect((await list(site.key)).status).toBe(200)
    expect((await list(site.owner.token)).status).toBe(200)
    const refused = await list(site.key)
    expect(refusal(refused)).toEqual([429, 'too_many_requests'])
    expect(refused.headers.get('retry-after')).toBe('60')
    expect(counter.keys).toEqual([`api_key:${site.keyId}`, `user:${site.owner.userId}`, `api_key:${site.keyId}`])
  })

  test('counts an account whatever its people and keys are', async () => {
    const counter = limiter(2)
    const bindings = { THROTTLE_ACCOUNT: counter }
    const list = (token: string) => call('GET /api/v1/integration/integrations/', { token, bindings })
    expect([(await list(site.key)).status, (await list(site.owner.token)).status]).toEqual([200, 200])
    expect(refusal(await list(site.owner.token))).toEqual([429, 'too_many_requests'])
    expect(new Set(counter.keys)).toEqual(new Set([site.owner.accountId]))
  })

  test('counts anonymous callers per address, before anything is read', async () => {
    const counter = limiter(1)
    const options = {
      body: { ...connectBody(site), site_id: 'site_x' },
      bindings: { THROTTLE_ANONYMOUS: counter },
      headers: { 'cf-connecting-ip': '203.0.113.7' },
    }
    expect(refusal(await call(CONNECT, options))).toEqual([404, 'site_not_found'])
    expect(refusal(await call(CONNECT, options))).toEqual([429, 'too_many_requests'])
    expect(counter.keys).toEqual(['203.0.113.7', '203.0.113.7'])
  })

  test('is there on every route but one, whose callers share few addresses', async () => {
    const none = limiter(0)
    const bindings = { THROTTLE_INTEGRATION: none, THROTTLE_ANONYMOUS: none }
    expect(routes.filter((route) => route.throttle === 'none').map((route) => route.operationId)).toEqual([
      'unsubscribe',
    ])
    for (const route of routes.filter(({ throttle }) => throttle !== 'none')) {
      const token = route.access.kind === 'api_key' ? site.key : site.owner.token
      const caller = route.access.kind === 'public' ? {} : { token }
      const answer = await call(`${route.method.toUpperCase()} ${route.path.replaceAll(/:\w+/g, 'x')}/`, {
        ...caller,
        bindings,
      })
      expect([route.operationId, ...refusal(answer)]).toEqual([route.operationId, 429, 'too_many_requests'])
    }
  })
})

describe('the log', () => {
  test('blanks secrets by name, by shape, in errors, and at any depth', () => {
    const before = logged.length
    const secret = `whsec_${btoa('0123456789abcdef0123456789abcdef')}`
    const query = new Error(`Failed query: insert into x values (?)\nparams: hash-of-something,two\nlines`)
    log.warn(`sent ${site.key}`, {
      headers: { authorization: 'Bearer abc', cookie: 'c', 'webhook-signature': 'v1,xyz' },
      list: [{ password: 'pw-1' }, { deep: { deeper: { deepest: { further: { end: { note: site.key } } } } } }],
      cause: new Error(`refused ${secret}`, { cause: query }),
      url: `https://example.com/?k=${site.key}`,
    })
    const text = logged.slice(before).join('\n')
    for (const hidden of [site.key, secret, 'Bearer abc', 'v1,xyz', 'pw-1', 'hash-of-something', 'two\\nlines']) {
      expect(text).not.toContain(hidden)
    }
    expect(text).toContain('Failed query: insert into x')
    expect(text).toContain('[redacted]')
    expect(blankSecrets(`a ${secret} b ${site.key} c`)).toBe('a [redacted] b [redacted] c')
  })

  test('T41 holds no credential, after everything that this file and the life of a site bring about', async () => {
    const person = await signUpPerson('Grace')
    const siteId = await createTestSite(person)
    const key = await createTestKey(person, siteId)
    secrets.add(person.token).add(key.key)
    await call('POST /api/v1/auth/sign-in/email', { body: { email: person.email, password: 'wrong-password-1' } })
    secrets.add('wrong-password-1')
    const rotated = await call(`POST /api/v1/sites/${siteId}/api-keys/${key.id}/rotate/`, {
      token: person.token,
      body: {},
    })
    secrets.add(rotated.body.key)

    const fresh = await createSiteWithKey()
    secrets.add(fresh.key).add(fresh.owner.token).add(fresh.wordpress.signingSecret)
    fresh.wordpress.fault = { kind: 'wrong_signature' }
    await call(CONNECT, { body: connectBody(fresh) })
    fresh.wordpress.fault = null
    await call(CONNECT, { body: connectBody(fresh), bindings: failingDatabase(/insert into "sync_events"/) })
    await call(`POST ${site.path}/update-structure/`, { token: site.key, body: sampleStructure() })
    site.wordpress.fault = { kind: 'no_plugin' }
    const { body: run } = await call(`POST ${site.path}/sync/`, { token: site.key, body: {} })
    await runEnd(site, run.id)
    const writes = failingDatabase(/insert into|update /)
    for (const request of ['POST /api/v1/auth/sign-up/email', 'POST /api/v1/auth/sign-in/email']) {
      const body = { name: 'Ada', email: person.email, password: 'correct horse battery' }
      await send(request, { body: { ...body, email: `new-${person.email}` }, bindings: writes })
      await send(request, { body, bindings: writes })
    }
    await call(`POST /api/v1/sites/${siteId}/api-keys/`, {
      token: person.token,
      body: {},
      headers: { 'idempotency-key': 'a-key-of-mine' },
      bindings: failingDatabase(/insert into "api_keys"/),
    })
    await siteObject(site.siteId).revokeKey(site.keyId)
    await call(`POST ${site.path}/sync/`, { token: site.key, body: {} })

    expect(logged.length).toBeGreaterThan(15)
    const text = logged.join('\n')
    expect(text).toContain('D1_ERROR')
    for (const secret of secrets) expect(text).not.toContain(secret)
    expect(text).not.toMatch(/igny8_[0-9A-Za-z]{48}|whsec_[0-9A-Za-z+/]{20}/)
    for (const name of ['API_KEY_PEPPER', 'SESSION_SECRET', 'ENCRYPTION_KEYS'] as const)
      expect(text).not.toContain(env[name])
    const passwords = await d1().select({ hidden: userCredentials.password }).from(userCredentials)
    const keys = await d1().select({ hidden: apiKeys.hash }).from(apiKeys)
    expect(passwords.length).toBeGreaterThan(1)
    for (const { hidden } of [...passwords, ...keys]) expect(text).not.toContain(hidden)
  })
})
