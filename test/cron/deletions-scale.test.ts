/** Deletions keep within what a tick may ask of D1, and tell everybody concerned once, whatever happens to the mails. */
import { env } from 'cloudflare:workers'
import { eq, type SQL } from 'drizzle-orm'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Config } from '../../src/config.ts'
import { playDeletions } from '../../src/cron/deletions.ts'
import { db } from '../../src/db/client.ts'
import { QueryBudget } from '../../src/db/query-budget.ts'
import * as schema from '../../src/db/schema/index.ts'
import { createApiKeyStore } from '../../src/services/api-keys/index.ts'
import type { KnownActor, ServiceContext } from '../../src/services/context.ts'
import { QUERIES_PER_SLICE } from '../../src/services/deletion/index.ts'
import { deleteAccount, deletePerson, deletionOf, findInD1, playAfter } from '../support/deletions.ts'
import { addMember, call, createTestContext, inAccount, signUpPerson, type Person } from '../support/identity.ts'
import { d1 } from '../support/integration.ts'

const DAY_MS = 86_400_000

let owner: Person
beforeEach(async () => {
  await d1().delete(schema.deletions)
  owner = await signUpPerson('Owner')
})

/** A mail service that is away whenever `away` says so, and what it took. */
function mailService(away: () => boolean = () => false, before?: () => Promise<void>) {
  const sent: string[] = []
  const tries = { count: 0 }
  const send = async ({ to, subject }: { to: string; subject: string }) => {
    tries.count++
    await before?.()
    if (away()) throw Object.assign(new Error('away'), { code: 'E_DELIVERY_FAILED' })
    sent.push(`${to} ${subject}`)
  }
  const email = { kind: 'binding', binding: { send } as unknown as SendEmail, from: 'a@igny8.test' } as const
  const config: Config = { ...createTestContext({ kind: 'system', accountId: '' }).config, email }
  return { sent, tries, config, to: (address: string) => sent.filter((line) => line.startsWith(`${address} `)) }
}

/** Objects that are always empty. */
const nothing = async () => {}
const site = () => ({ forget: nothing, stop: nothing, publish: nothing, recheckKeys: nothing }) as never

/** Many people in the account: every second is in another one, too. */
async function addMembers(count: number): Promise<void> {
  const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`
  const id = `printf('usr_%06d', i) || '${owner.userId}'`
  for (const rows of [
    `users (id, name, email, email_verified, created_at, updated_at)
      ${many} SELECT ${id}, 'Member', i || '.${owner.userId}@example.com', 1, 1, 1 FROM n`,
    `memberships (account_id, user_id, role, created_at) ${many} SELECT '${owner.accountId}', ${id}, 'viewer', 1 FROM n`,
    `memberships (account_id, user_id, role, created_at)
      ${many} SELECT 'acc_elsewhere', ${id}, 'viewer', 1 FROM n WHERE i % 2 = 0`,
  ])
    await env.DB.prepare(`INSERT INTO ${rows}`).run()
}

const addressOf = (i: number) => `${i}.${owner.userId}@example.com`

/** Many sites, each with a key; the first with many that are revoked. */
async function addSites(count: number): Promise<void> {
  const many = (most: number) => `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${most})`
  const account = `'${owner.accountId}'`
  const id = `printf('site_%06d', i) || ${account}`
  const key = 'api_keys (id, account_id, site_id, name, hash, masked, scopes, revoked_at, created_at)'
  for (const rows of [
    `sites (id, account_id, name, url, created_at, updated_at)
      ${many(count)} SELECT ${id}, ${account}, 'Site', 'https://e.example', 1, 1 FROM n`,
    `${key} ${many(count)}
      SELECT 'key_' || i || ${account}, ${account}, ${id}, 'Key', 'hash', 'mask', '[]', NULL, 1 FROM n`,
    `${key} ${many(130)}
      SELECT 'key_more' || i || ${account}, ${account}, '${siteIdOf(1)}', 'Key', 'hash', 'mask', '[]', 1, 1 FROM n`,
  ])
    await env.DB.prepare(`INSERT INTO ${rows}`).run()
}

const siteIdOf = (i: number) => `site_${String(i).padStart(6, '0')}${owner.accountId}`

/** One tick, as the cron makes it. @returns what each slice cost, and what is left of the tick's queries */
async function countedTick(days: number, minutes: number, overrides: Partial<ServiceContext>) {
  const budget = new QueryBudget()
  const marks: number[] = []
  const now = Date.now() + days * DAY_MS + minutes * 60_000
  const counted = db(env, null, 'first-primary', (work, queries) => {
    budget.spend(queries)
    if (budget.left() < 0) throw new Error('too many queries in one tick')
    return work()
  }).db
  const keys = createApiKeyStore(env.API_KEYS)
  const apiKeys = {
    ...keys,
    put: async () => budget.spend(1),
    remove: async () => budget.spend(1),
  }
  const counts = await playDeletions((accountId) => {
    marks.push(budget.left())
    return createTestContext<KnownActor>(
      { kind: 'system', accountId },
      { now: () => now, db: counted, queriesLeft: budget.left, apiKeys, ...overrides },
    )
  })
  marks.push(budget.left())
  // the first mark is of the context that claims
  const costs = marks.slice(1).map((left, at) => (marks[at] ?? left) - left)
  return { ...counts, costs, left: budget.left() }
}

describe('a deletion', () => {
  test('T68 of many members, sites and keys keeps within the queries of a slice and of a tick', async () => {
    await addMembers(60)
    await addSites(60)
    const { config, to } = mailService()
    await deleteAccount(owner)
    const ticks: Awaited<ReturnType<typeof countedTick>>[] = []
    const play = async (days: number, minutes: number) => {
      ticks.push(await countedTick(days, minutes, { config, site }))
      expect(ticks.length).toBeLessThan(40)
    }
    for (let minute = 0; (await deletionOf(owner.accountId))?.phase === 'pausing'; minute++) await play(0, minute)
    expect(to(addressOf(7))).toHaveLength(1)
    for (let minute = 1; (await deletionOf(owner.accountId)) !== undefined; minute += 6) await play(30, minute)
    expect(ticks.flatMap(({ failed }) => failed)).not.toContain(1)
    // claiming a slice takes two
    expect(Math.max(...ticks.flatMap(({ costs }) => costs))).toBeLessThanOrEqual(QUERIES_PER_SLICE + 5)
    expect(Math.min(...ticks.map(({ left }) => left))).toBeGreaterThan(0)
    expect(ticks.length).toBeGreaterThan(3)
    expect(await findInD1(owner.accountId)).toEqual({})
    for (const i of [1, 2, 60]) expect(to(addressOf(i))).toHaveLength(2)
  }, 120_000)

  test('T68 of a person in many accounts keeps within the queries of a slice', async () => {
    const many = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 80)'
    await env.DB.prepare(
      `INSERT INTO memberships (account_id, user_id, role, created_at)
        ${many} SELECT 'acc_many' || i, '${owner.userId}', 'viewer', 1 FROM n`,
    ).run()
    await addMember(owner, 'owner')
    await deletePerson(owner)
    const ticks = []
    for (let minute = 1; (await deletionOf(owner.userId)) !== undefined; minute++) {
      ticks.push(await countedTick(30, minute, { site }))
      expect(ticks.length).toBeLessThan(10)
    }
    expect(Math.max(...ticks.flatMap(({ costs }) => costs))).toBeLessThanOrEqual(QUERIES_PER_SLICE + 5)
    expect(Object.keys(await findInD1(owner.userId))).toEqual(['audit_log'])
  }, 60_000)

  test('waits for what a slice does in the background, also for one that fails', async () => {
    await addSites(1)
    await deleteAccount(owner)
    const context = createTestContext<KnownActor>({ kind: 'system', accountId: owner.accountId })
    const db = new Proxy(context.db, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        // sealing a record ends with this
        if (name === 'run') return (query: SQL) => scheduler.wait(300).then(() => target.run(query))
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const put = () => Promise.reject(new Error('KV is away'))
    const { failed } = await playDeletions(() => ({ ...context, db, site, apiKeys: { ...context.apiKeys, put } }))
    expect(failed).toBe(1)
    const records = await d1().select().from(schema.auditLog).where(eq(schema.auditLog.accountId, owner.accountId))
    expect(records.map(({ action, hash }) => [action, hash !== ''])).toContainEqual(['site.updated', true])
  })
})

describe('the mails of a deletion', () => {
  test('T68 tell a member once that the account is deleted, when the provider is back; the sites don’t wait', async () => {
    const member = await addMember(owner, 'editor')
    await addSites(2)
    await deleteAccount(owner)
    await playAfter(0, { site })
    let isAway = true
    const { sent, to, config } = mailService(() => isAway)
    for (const minute of [1, 7, 13, 19, 25]) await playAfter(30, { site, config }, minute)
    expect(sent).toEqual([])
    expect(await findInD1(member.email)).toEqual({ users: 1 })
    expect((await findInD1(siteIdOf(1)))['sites']).toBeUndefined()
    isAway = false
    await playAfter(30, { site, config }, 31)
    await playAfter(30, { site, config }, 45)
    expect([to(member.email).length, to(owner.email).length]).toEqual([1, 1])
    expect(await findInD1(owner.accountId)).toEqual({})
  })

  test('T68 are given up after a day, and named in the log', async () => {
    await deleteAccount(owner)
    await playAfter(0, { site })
    const { sent, tries, config } = mailService(() => true)
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    for (let hour = 0; hour < 27 && (await deletionOf(owner.accountId)); hour++)
      await playAfter(30, { site, config }, 1 + hour * 60)
    expect(await findInD1(owner.accountId)).toEqual({})
    expect(sent).toEqual([])
    expect(tries.count).toBeLessThan(30)
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ message: 'mail given up', person: owner.userId }))
  })

  test('T68 tell every member once that it is coming, also one who joins meanwhile, and once that it is off', async () => {
    await addMembers(30)
    const joins = vi.fn(async () => addMember(owner, 'viewer'))
    let late: Person | undefined
    const { sent, to, config } = mailService(undefined, async () => {
      if (joins.mock.calls.length === 0) late = await joins()
    })
    await deleteAccount(owner)
    expect(sent).toEqual([])
    await playAfter(0, { config, site })
    expect(sent).toHaveLength(32)
    expect(new Set(sent).size).toBe(32)
    expect(to(late?.email ?? '')).toHaveLength(1)
    await playAfter(0, { config, site }, 1)
    expect(sent).toHaveLength(32)
    await call('DELETE /api/v1/account/deletion/', { token: owner.token, headers: inAccount(owner) })
    await playAfter(0, { config, site }, 2)
    await playAfter(0, { config, site }, 3)
    expect(sent).toHaveLength(64)
    expect(new Set(sent).size).toBe(64)
    expect(await deletionOf(owner.accountId)).toBeUndefined()
  })

  test('T68 that it is coming wait for the provider, and are not sent twice', async () => {
    let isAway = true
    const { sent, config } = mailService(() => isAway)
    await deleteAccount(owner)
    await playAfter(0, { config, site })
    expect(await deletionOf(owner.accountId)).toMatchObject({ phase: 'pausing' })
    isAway = false
    for (const minute of [6, 7, 8]) await playAfter(0, { config, site }, minute)
    expect(sent).toHaveLength(1)
    expect(await deletionOf(owner.accountId)).toMatchObject({ phase: 'waiting' })
  })
})
