import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { call } from '../support/identity.ts'
import { connectSite, type ConnectedSite } from '../support/integration.ts'
import { playInternet } from '../support/plugin.ts'

let site: ConnectedSite
beforeAll(async () => {
  playInternet()
  site = await connectSite()
})

const DELAY_MS = 40

/** A slow D1, as from a distant region. */
const slowDatabase = () => ({
  DB: new Proxy(env.DB, {
    get: (target, name) => {
      if (name !== 'withSession') return Reflect.get(target, name) as unknown
      return (from: string) => {
        const session = target.withSession(from)
        const slow = (statement: D1PreparedStatement): D1PreparedStatement =>
          new Proxy(statement, {
            get: (inner, method) => {
              if (method === 'bind') return (...values: unknown[]) => slow(inner.bind(...values))
              const run = Reflect.get(inner, method) as () => Promise<unknown>
              return async () => {
                await scheduler.wait(DELAY_MS)
                return run.apply(inner)
              }
            },
          })
        return {
          prepare: (sql: string) => slow(session.prepare(sql)),
          batch: async (all: D1PreparedStatement[]) => session.batch(all),
          getBookmark: () => session.getBookmark(),
        }
      }
    },
  }),
})

/** Milliseconds by name. */
const timings = (headers: Headers) =>
  Object.fromEntries(
    (headers.get('server-timing') ?? '')
      .split(', ')
      .filter(Boolean)
      .map((part) => {
        const [, name, ms] = /^([a-z]+);dur=(\d+)$/.exec(part) ?? []
        return [name, Number(ms)]
      }),
  )

describe('Server-Timing', () => {
  test('says how long authentication and the database took', async () => {
    const { status, headers } = await call(`GET ${site.path}/content-types/`, {
      token: site.key,
      bindings: slowDatabase(),
    })
    expect(status).toBe(200)
    expect(Object.keys(timings(headers)).sort()).toEqual(['auth', 'db'])
    expect(timings(headers)['db']).toBeGreaterThanOrEqual(DELAY_MS - 5)
    expect(timings(headers)['db']).toBeLessThan(20 * DELAY_MS)
  })

  test('says how long the site’s object took, also for a refusal', async () => {
    const release = site.wordpress.hold()
    const before = site.wordpress.requests.length
    const asked = call(`POST ${site.path}/test-connection/`, { token: site.key })
    // the object's time runs from here at the latest, however slow the machine is
    await vi.waitFor(() => expect(site.wordpress.requests.length).toBeGreaterThan(before))
    await scheduler.wait(DELAY_MS)
    release()
    expect(timings((await asked).headers)['object']).toBeGreaterThanOrEqual(DELAY_MS - 10)
    const refused = await call(`POST ${site.path}/runs/run_none/cancel/`, { token: site.key })
    expect(refused.status).toBe(404)
    expect(Object.keys(timings(refused.headers)).sort()).toEqual(['auth', 'db', 'object'])
  })

  test('is for who is known: a sign-in doesn’t tell by its queries whether there is such an account', async () => {
    const body = { email: site.owner.email, password: 'wrong horse battery' }
    for (const answer of [
      await call('POST /api/v1/auth/sign-in/email', { body }),
      await call('GET /api/v1/sites/', { token: 'igny8_nobody' }),
      await call('GET /api/v1/sites/'),
      await call('GET /healthz'),
    ])
      expect(answer.headers.get('server-timing')).toBeNull()
  })

  test('may be read by the pages of the web app alone', async () => {
    const allowed = async (headers: Record<string, string>) =>
      (await call('GET /api/v1/sites/', { cookie: site.owner.cookie, headers })).headers.get('timing-allow-origin')
    expect(await allowed({ origin: 'http://app.test' })).toBe('http://app.test')
    expect(await allowed({ origin: 'https://evil.example' })).toBeNull()
    expect(await allowed({})).toBeNull()
  })
})
