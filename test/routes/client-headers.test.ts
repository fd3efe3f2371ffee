import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  addMember,
  call,
  createTestKey,
  createTestSite,
  inAccount,
  refusal,
  signUpPerson,
} from '../support/identity.ts'
import type { Person } from '../support/identity.ts'

const SITES = '/api/v1/sites/'
const BOOKMARK = '00000009-00000002-00000003-0123456789abcdef0123456789abcdef'

let owner: Person
let siteId: string
let key: string

beforeAll(async () => {
  owner = await signUpPerson('Owner')
  siteId = await createTestSite(owner)
  key = (await createTestKey(owner, siteId)).key
})

/** D1 that records where each session of a request reads from, and gives every session its own bookmark. */
function recordingDatabase() {
  const readFrom: string[] = []
  const DB = new Proxy(env.DB, {
    get: (target, name) => {
      if (name !== 'withSession') return Reflect.get(target, name) as unknown
      return (from: string) => {
        const position = `0000000${readFrom.push(from)}-aaaa`
        // the local database knows no bookmarks but its own
        const session = target.withSession('first-primary')
        return {
          prepare: (query: string) => session.prepare(query),
          batch: (statements: D1PreparedStatement[]) => session.batch(statements),
          getBookmark: () => position,
        }
      }
    },
  })
  return { readFrom, bindings: { DB } }
}

describe('x-d1-bookmark', () => {
  test('of a request is where its service reads from', async () => {
    const { readFrom, bindings } = recordingDatabase()
    const headers = { 'x-d1-bookmark': BOOKMARK }
    await call(`GET ${SITES}`, { token: key, headers, bindings })
    expect(readFrom.at(-1)).toBe(BOOKMARK)
  })

  test('of a person’s request is read from, too, after the session was read from the primary', async () => {
    const { readFrom, bindings } = recordingDatabase()
    await call(`GET ${SITES}`, { token: owner.token, headers: { 'x-d1-bookmark': BOOKMARK }, bindings })
    expect(readFrom).toEqual(['first-primary', BOOKMARK])
  })

  test('older than what the session was read in is passed over: the request would see less than its sign-in', async () => {
    const { readFrom, bindings } = recordingDatabase()
    await call(`GET ${SITES}`, { token: owner.token, headers: { 'x-d1-bookmark': '00000000-aaaa' }, bindings })
    expect(readFrom).toEqual(['first-primary', '00000001-aaaa'])
  })

  test('of a response is the position after the request’s last query', async () => {
    const { readFrom, bindings } = recordingDatabase()
    const answer = await call(`POST ${SITES}`, {
      token: owner.token,
      body: { name: 'New', url: 'https://new.example' },
      bindings,
    })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('x-d1-bookmark')).toBe(`0000000${readFrom.length}-aaaa`)
  })

  test('that a write returned lets the next request read that write', async () => {
    const made = await call(`POST ${SITES}`, { token: owner.token, body: { name: 'Own', url: 'https://own.example' } })
    const bookmark = made.headers.get('x-d1-bookmark') ?? ''
    expect(bookmark).not.toBe('')
    const headers = { 'x-d1-bookmark': bookmark }
    expect((await call(`GET ${SITES}${made.body.id}/`, { token: owner.token, headers })).status).toBe(200)
  })

  test.each(['', 'first-unconstrained', '0'.repeat(201), '0000; DROP TABLE sites'])(
    'is ignored if it is not a bookmark: %j',
    async (bookmark) => {
      const { readFrom, bindings } = recordingDatabase()
      const answer = await call(`GET ${SITES}`, {
        token: owner.token,
        headers: { 'x-d1-bookmark': bookmark },
        bindings,
      })
      expect(answer.status).toBe(200)
      expect(readFrom).toEqual(['first-primary', '00000001-aaaa'])
    },
  )

  test('left out, a person’s request reads at least the state that its session was read in', async () => {
    const { readFrom, bindings } = recordingDatabase()
    await call(`GET ${SITES}`, { token: owner.token, bindings })
    expect(readFrom).toEqual(['first-primary', '00000001-aaaa'])
  })
})

describe('x-account-id', () => {
  test('chooses the account whose sites a person reads', async () => {
    const guest = await addMember(owner, 'viewer')
    const ownSite = await createTestSite(guest)
    const read = async (headers: Record<string, string> = {}) => {
      const { body } = await call(`GET ${SITES}`, { token: guest.token, headers })
      return body.results.map(({ id }: { id: string }) => id) as string[]
    }
    expect(await read()).toEqual([ownSite])
    expect(await read(inAccount(guest))).toEqual([ownSite])
    const others = await read(inAccount(owner))
    expect(others).toContain(siteId)
    expect(others).not.toContain(ownSite)
  })

  test('chooses the account in which a person’s role counts', async () => {
    const guest = await addMember(owner, 'viewer')
    const body = { name: 'New', url: 'https://new.example' }
    expect((await call(`POST ${SITES}`, { token: guest.token, body })).status).toBe(201)
    const answer = await call(`POST ${SITES}`, { token: guest.token, body, headers: inAccount(owner) })
    expect(refusal(answer)).toEqual([403, 'role_too_low'])
  })

  test('leaves an API key in its own account', async () => {
    const other = await signUpPerson('Other')
    const { body } = await call(`GET ${SITES}`, { token: key, headers: inAccount(other) })
    expect(body.results.map(({ id }: { id: string }) => id)).toEqual([siteId])
  })
})
