import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { apiKeys, idempotencyKeys, sites } from '../../src/db/schema/index.ts'
import {
  type StoredAnswer,
  claimIdempotencyKey,
  completeRequest,
  toStoredAnswer,
} from '../../src/services/idempotency/index.ts'
import {
  addMember,
  createTestContext,
  createTestSite,
  inAccount,
  signUpPerson,
  type Person,
} from '../support/identity.ts'
import { connectBody, CONNECT, createSiteWithKey, d1, movableClock } from '../support/integration.ts'
import { connectWordPress, playWordPress } from '../support/content.ts'
import { call, refusal } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'

beforeAll(playInternet)

const CREATE_SITE = 'POST /api/v1/sites/'
const newKey = () => `key-${crypto.randomUUID()}`
const createSite = (person: Person, key: string, body: unknown = { name: 'S', url: 'https://example.com' }) =>
  call(CREATE_SITE, { token: person.token, body, headers: { 'idempotency-key': key } })
const countSites = (person: Person) => d1().$count(sites, eq(sites.accountId, person.accountId))

describe('an Idempotency-Key', () => {
  test('T16 sent 50 times at once has one effect, and every answer is the same', async () => {
    const person = await signUpPerson()
    const key = newKey()
    const answers = await Promise.all(Array.from({ length: 50 }, () => createSite(person, key)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(49)
    expect(await countSites(person)).toBe(1)
  })

  test('T16 of a deletion answers 204 again, though there is nothing left', async () => {
    const person = await signUpPerson()
    const siteId = await createTestSite(person)
    const headers = { 'idempotency-key': newKey() }
    for (const path of [`/api/v1/sites/${siteId}/`, `/api/v1/sites/${siteId}`]) {
      const answer = await call(`DELETE ${path}`, { token: person.token, headers })
      expect([answer.status, answer.body]).toEqual([204, null])
    }
    expect(refusal(await call(`DELETE /api/v1/sites/${siteId}/`, { token: person.token }))).toEqual([
      404,
      'site_not_found',
    ])
  })

  test('T17 with another body is refused, and has no effect', async () => {
    const person = await signUpPerson()
    const key = newKey()
    expect((await createSite(person, key)).status).toBe(201)
    const other = await createSite(person, key, { name: 'Other', url: 'https://example.com' })
    expect(refusal(other)).toEqual([422, 'idempotency_key_reused'])
    expect(await countSites(person)).toBe(1)
  })

  test('T17 is refused with Retry-After while the first request is still running', async () => {
    const person = await signUpPerson()
    const key = newKey()
    expect((await createSite(person, key)).status).toBe(201)
    await d1()
      .update(idempotencyKeys)
      .set({ status: null, response: null })
      .where(eq(idempotencyKeys.accountId, person.accountId))
    const pauses = vi.spyOn(globalThis, 'setTimeout').mockImplementation((resume: () => void) => {
      resume()
      return 0
    })
    const answer = await createSite(person, key)
    expect(pauses).toHaveBeenCalled()
    pauses.mockRestore()
    expect(refusal(answer)).toEqual([409, 'request_in_progress'])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await countSites(person)).toBe(1)
  })

  test('whose first request crashed is free again after a minute, for the same body alone', async () => {
    const person = await signUpPerson()
    const key = newKey()
    await createSite(person, key)
    const crashed = { status: null, response: null }
    await d1().update(idempotencyKeys).set(crashed).where(eq(idempotencyKeys.accountId, person.accountId))
    movableClock().advance(60_001)
    expect(refusal(await createSite(person, key, { name: 'T', url: 'https://t.example.com' }))).toEqual([
      422,
      'idempotency_key_reused',
    ])
    const again = await createSite(person, key)
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, null])
  })

  test('T18 is new after a day, and not before', async () => {
    const person = await signUpPerson()
    const key = newKey()
    const clock = movableClock()
    const first = await createSite(person, key)
    clock.advance(86_400_000 - 5_000)
    expect((await createSite(person, key)).body.id).toBe(first.body.id)
    clock.advance(6_000)
    const later = await createSite(person, key, { name: 'Another body', url: 'https://example.com' })
    expect(later.status).toBe(201)
    expect(later.body.id).not.toBe(first.body.id)
    expect((await createSite(person, key, { name: 'Another body', url: 'https://example.com' })).body).toEqual(
      later.body,
    )
    expect(await countSites(person)).toBe(2)
  })

  test('T19 of an invalid or refused request is still free', async () => {
    const person = await signUpPerson()
    const key = newKey()
    expect(refusal(await createSite(person, key, { name: '' }))).toEqual([400, 'validation_error'])
    expect(await d1().$count(idempotencyKeys, eq(idempotencyKeys.accountId, person.accountId))).toBe(0)
    expect((await createSite(person, key)).status).toBe(201)

    const site = await createSiteWithKey(person)
    const other = newKey()
    const body = { site_id: site.siteId, api_key: `${site.key.slice(0, -1)}-` }
    const create = (apiKey: string) =>
      call('POST /api/v1/integration/integrations/', {
        token: person.token,
        body: { ...body, api_key: apiKey },
        headers: { 'idempotency-key': other },
      })
    expect(refusal(await create(body.api_key))).toEqual([403, 'invalid_api_key'])
    expect((await create(site.key)).status).toBe(201)
  })

  test('T19 of a request that failed inside is still free', async () => {
    const site = await createSiteWithKey()
    const options = { body: connectBody(site), headers: { 'idempotency-key': newKey() } }
    site.wordpress.fault = { kind: 'no_plugin' }
    expect(refusal(await call(CONNECT, options))).toEqual([422, 'plugin_not_found'])
    site.wordpress.fault = null
    const made = await call(CONNECT, options)
    expect(made.status).toBe(201)
    const again = await call(CONNECT, options)
    expect([again.status, again.body]).toEqual([201, made.body])
    expect(site.wordpress.executed).toEqual(['status'])
  })

  test.each(['', ' ', 'x'.repeat(201), 'a b', 'a\tb'])('%j is none', async (key) => {
    const person = await signUpPerson()
    const answer = await createSite(person, key)
    expect(refusal(answer)).toEqual([400, 'invalid_idempotency_key'])
    expect(await countSites(person)).toBe(0)
  })

  test('is ignored on reads', async () => {
    const { token, accountId } = await signUpPerson()
    const headers = { 'idempotency-key': newKey() }
    for (let n = 0; n < 2; n++) {
      const answer = await call('GET /api/v1/sites/', { token, headers })
      expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([200, null])
    }
    expect(await d1().$count(idempotencyKeys, eq(idempotencyKeys.accountId, accountId))).toBe(0)
  })
})

describe('the same Idempotency-Key', () => {
  test('of two people, and of one person in two accounts, are different ones', async () => {
    const [ada, bob] = [await signUpPerson(), await signUpPerson()]
    const guest = await addMember(ada, 'admin')
    const key = newKey()
    const sent = [
      await createSite(ada, key),
      await createSite(bob, key, { name: 'B', url: 'https://example.com' }),
      await createSite(guest, key),
      await call(CREATE_SITE, {
        token: guest.token,
        body: { name: 'S', url: 'https://example.com' },
        headers: { 'idempotency-key': key, ...inAccount(ada) },
      }),
    ]
    expect(sent.map(({ status }) => status)).toEqual([201, 201, 201, 201])
    expect(new Set(sent.map(({ body }) => body.id)).size).toBe(4)
    expect([await countSites(ada), await countSites(bob), await countSites(guest)]).toEqual([2, 1, 1])
  })

  test('of two callers without a session keeps neither from connecting their own site', async () => {
    const [one, other] = [await createSiteWithKey(), await createSiteWithKey()]
    const headers = { 'idempotency-key': newKey() }
    const answers = [one, other].map((site) => call(CONNECT, { body: connectBody(site), headers }))
    for (const { status } of await Promise.all(answers)) expect(status).toBe(201)
  })

  test('for another path is a different one', async () => {
    const person = await signUpPerson()
    const ids = [await createTestSite(person), await createTestSite(person)]
    const headers = { 'idempotency-key': newKey() }
    const keys = await Promise.all(
      ids.map((id) => call(`POST /api/v1/sites/${id}/api-keys/`, { token: person.token, body: {}, headers })),
    )
    expect(keys.map(({ body }) => body.site_id)).toEqual(ids)
  })
})

describe('a replay of the creation of an API key', () => {
  test('gives the same key, which stands nowhere in the database as text', async () => {
    const person = await signUpPerson()
    const siteId = await createTestSite(person)
    const options = { token: person.token, body: {}, headers: { 'idempotency-key': newKey() } }
    const first = await call(`POST /api/v1/sites/${siteId}/api-keys/`, options)
    const second = await call(`POST /api/v1/sites/${siteId}/api-keys/`, options)
    expect(second.body).toEqual(first.body)
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(first.body.key).toMatch(/^igny8_[0-9A-Za-z]{48}$/)
    expect(await d1().$count(apiKeys, eq(apiKeys.siteId, siteId))).toBe(1)

    const { results } = await env.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<{
      name: string
    }>()
    const tables = results.map(({ name }) => name).filter((name) => !/^(_cf|sqlite_|d1_)/.test(name))
    expect(tables).toContain('idempotency_keys')
    const dump = await Promise.all(tables.map((name) => env.DB.prepare(`SELECT * FROM "${name}"`).all()))
    const text = JSON.stringify(dump)
    expect(text).toContain(first.body.id)
    expect(text).not.toContain(first.body.key)
    expect(text).not.toContain(first.body.key.slice(16))
  })

  test('does not open for another request, if its row is copied', async () => {
    const person = await signUpPerson()
    const siteId = await createTestSite(person)
    const send = (key: string) =>
      call(`POST /api/v1/sites/${siteId}/api-keys/`, {
        token: person.token,
        body: {},
        headers: { 'idempotency-key': key },
      })
    const [mine, other] = [newKey(), newKey()]
    await send(mine)
    await send(other)
    const rows = await d1().select().from(idempotencyKeys).where(eq(idempotencyKeys.accountId, person.accountId))
    const [first, second] = rows
    await d1()
      .update(idempotencyKeys)
      .set({ response: first?.response ?? null })
      .where(eq(idempotencyKeys.id, second?.id ?? ''))
    const answers = [await send(mine), await send(other)]
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 500])
  })
})

test('a request that ran past its lease neither answers for nor frees the one that took over', async () => {
  const clock = movableClock()
  const ctx = createTestContext({ kind: 'anonymous' })
  const id = crypto.randomUUID()
  const claim = () => claimIdempotencyKey({ ctx, input: { id, fingerprint: 'f' } })
  const slow = await claim()
  clock.advance(60_001)
  const next = await claim()
  if (slow.kind !== 'claimed' || next.kind !== 'claimed') throw new Error('the lease did not end')
  const complete = (leaseUntil: Date, answer: StoredAnswer | null) =>
    completeRequest({ ctx, input: { id, leaseUntil, answer } })
  await complete(slow.leaseUntil, null)
  await complete(slow.leaseUntil, { status: 200, body: '"slow"' })
  const [row] = await d1().select().from(idempotencyKeys).where(eq(idempotencyKeys.id, id))
  expect(row).toMatchObject({ status: null, response: null })
  await complete(next.leaseUntil, { status: 200, body: '"next"' })
  expect(await claim()).toEqual({ kind: 'answered', answer: { status: 200, body: '"next"' } })
})

describe('T64 an answer that is large', () => {
  const LARGE = `<p>${'x'.repeat(100_000)}</p>`

  test('is not kept: a repeat gets the item as it is now', async () => {
    playWordPress()
    const site = await connectWordPress()
    const create = (key: string) =>
      call(`POST /api/v1/sites/${site.siteId}/content/`, {
        token: site.owner.token,
        body: { title: 'Large', body: LARGE },
        headers: { 'idempotency-key': key },
      })
    const keys = Array.from({ length: 5 }, newKey)
    const made = await Promise.all(keys.map(create))
    const rows = await d1().select().from(idempotencyKeys).where(eq(idempotencyKeys.accountId, site.owner.accountId))
    expect(rows.length).toBeGreaterThanOrEqual(5)
    for (const { response } of rows) expect(response?.length).toBeLessThan(6_000)

    const id = made[0]?.body.id
    const detail = `/api/v1/sites/${site.siteId}/content/${id}/`
    await call(`PATCH ${detail}`, { token: site.owner.token, body: { title: 'Changed since' } })
    const again = await create(keys[0] ?? '')
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
    expect(again.body).toMatchObject({ id, title: 'Changed since', body: LARGE })
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
  })

  test('of a route that can’t make it again is said to be gone, and has no second effect', async () => {
    expect(toStoredAnswer(200, JSON.stringify({ id: 'x', text: LARGE }), false)).toEqual({ status: 200, id: null })
    expect(toStoredAnswer(200, JSON.stringify({ id: 7, text: LARGE }), true)).toEqual({ status: 200, id: null })
    const person = await signUpPerson()
    const key = newKey()
    await createSite(person, key)
    const ctx = createTestContext({ kind: 'user', userId: person.userId, accountId: person.accountId, role: 'owner' })
    const [row] = await d1().select().from(idempotencyKeys).where(eq(idempotencyKeys.accountId, person.accountId))
    const claim = { id: row?.id ?? '', leaseUntil: row?.leaseUntil ?? new Date() }
    await d1().update(idempotencyKeys).set({ status: null }).where(eq(idempotencyKeys.id, claim.id))
    await completeRequest({ ctx, input: { ...claim, answer: { status: 201, id: null } } })
    expect(refusal(await createSite(person, key))).toEqual([409, 'answer_not_kept'])
    expect(await countSites(person)).toBe(1)
  })
})
