import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { apiKeys, invitations, sessions, verifications } from '../../src/db/schema/index.ts'
import { pruneEnded } from '../../src/services/retention/index.ts'
import { call, createTestKey, createTestSite, signUpPerson } from '../support/identity.ts'
import { d1 } from '../support/integration.ts'

const DAY_MS = 86_400_000
const NOW = Date.parse('2027-01-01T00:00:00Z')
const at = (days: number) => new Date(NOW + days * DAY_MS)
const prune = (limit = 1000) => pruneEnded({ db: d1(), now: NOW, limit })

describe('T64 what has ended', () => {
  test('is deleted, and nothing else: sessions, links, invitations at once, keys after 90 days', async () => {
    const person = await signUpPerson()
    const { userId, accountId } = person
    const siteId = await createTestSite(person)
    const times = { createdAt: at(-40), updatedAt: at(-40) }
    await d1()
      .update(sessions)
      .set({ expiresAt: at(1) })
      .where(eq(sessions.userId, userId))
    await d1()
      .insert(sessions)
      .values({ id: 'ended', token: 't', userId, expiresAt: at(-1), ...times })
    for (const [id, expiresAt] of [
      ['old', at(-1)],
      ['new', at(1)],
    ] as const) {
      await d1()
        .insert(verifications)
        .values({ id, identifier: id, value: 'v', expiresAt, ...times })
      const row = { accountId, email: `${id}@example.com`, role: 'viewer', expiresAt, createdAt: at(-8) } as const
      await d1()
        .insert(invitations)
        .values({ tokenHash: id, ...row })
    }
    const keys = await Promise.all(Array.from({ length: 5 }, () => createTestKey(person, siteId)))
    const set = (n: number, change: Partial<typeof apiKeys.$inferInsert>) =>
      d1()
        .update(apiKeys)
        .set(change)
        .where(eq(apiKeys.id, keys[n]?.id ?? ''))
    await set(0, { revokedAt: at(-91) })
    await set(1, { revokedAt: at(-89) })
    await set(2, { expiresAt: at(-91) })
    await set(3, { expiresAt: at(-89) })

    expect(await prune()).toBe(5)
    const left = await d1().select({ id: apiKeys.id }).from(apiKeys).where(eq(apiKeys.siteId, siteId))
    expect(new Set(left.map(({ id }) => id))).toEqual(new Set([1, 3, 4].map((n) => keys[n]?.id)))
    expect(await d1().$count(sessions, eq(sessions.userId, userId))).toBe(1)
    expect((await d1().select().from(verifications)).map(({ id }) => id)).toEqual(['new'])
    expect((await d1().select().from(invitations)).map(({ tokenHash }) => tokenHash)).toEqual(['new'])
    expect(await prune()).toBe(0)
  })

  test('is deleted a bounded number at a time', async () => {
    for (let n = 0; n < 5; n++)
      await d1()
        .insert(verifications)
        .values({ id: `v${n}`, identifier: 'x', value: 'v', expiresAt: at(-1), createdAt: at(-2), updatedAt: at(-2) })
    expect([await prune(2), await prune(2), await prune(2)]).toEqual([2, 2, 1])
  })

  test.each([
    ['sessions', 'expires_at'],
    ['verifications', 'expires_at'],
    ['invitations', 'expires_at'],
    ['api_keys', 'revoked_at'],
    ['api_keys', 'expires_at'],
    ['idempotency_keys', 'expires_at'],
  ])('of %s is found by an index on %s', async (table, column) => {
    const { results } = await env.DB.prepare(
      `EXPLAIN QUERY PLAN SELECT 1 FROM "${table}" WHERE "${column}" IS NOT NULL AND "${column}" < 5 ORDER BY "${column}" LIMIT 10`,
    ).all<{ detail: string }>()
    expect(results.map(({ detail }) => detail).join('; ')).toMatch(/^SEARCH .* USING .*INDEX/)
  })
})

test('T64 a person has fifty sessions at most: a new one ends the oldest', async () => {
  const person = await signUpPerson()
  const { userId } = person
  for (let n = 1; n <= 60; n++) {
    const createdAt = new Date(Date.now() + n * 1000)
    const row = { id: `s${n}-${userId}`, token: `t${n}-${userId}`, userId, expiresAt: at(30), createdAt }
    await d1()
      .insert(sessions)
      .values({ ...row, updatedAt: createdAt })
  }
  expect(await d1().$count(sessions, eq(sessions.userId, userId))).toBe(50)
  expect((await call('GET /api/v1/auth/get-session', { token: person.token })).status).toBe(401)
})
