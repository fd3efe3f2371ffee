import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { QuotaKind } from '../../src/contract/quotas.ts'
import {
  accountQuotas,
  apiKeys,
  auditLog,
  integrations,
  invitations,
  memberships,
  sites,
} from '../../src/db/schema/index.ts'
import { createApiKey } from '../../src/services/api-keys/index.ts'
import { type Answer, createTestContext, createTestSite, type Person, signUpPerson } from '../support/identity.ts'
import { connectSiteWithStructure, d1, readIntegration, runEnd } from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'

beforeAll(playInternet)

/** Bindings with another variable QUOTAS; the generated type knows only the value in wrangler.toml. */
const withQuotas = (text: string) => ({ QUOTAS: text }) as unknown as Partial<Env>
const limitedTo = (quotas: Partial<Record<QuotaKind, number>>) => withQuotas(JSON.stringify(quotas))

/** How one more of a kind is made, and how many there are. */
const KINDS: Record<Exclude<QuotaKind, 'members'>, { one: Make; rows: (person: Person) => Promise<number> }> = {
  sites: {
    one: (person, bindings, n) =>
      call('POST /api/v1/sites/', { token: person.token, body: { name: 'S', url: `https://s${n}.example` }, bindings }),
    rows: ({ accountId }) => d1().$count(sites, eq(sites.accountId, accountId)),
  },
  api_keys: {
    one: async (person, bindings) =>
      call(`POST /api/v1/sites/${await ownSite(person)}/api-keys/`, { token: person.token, body: {}, bindings }),
    rows: ({ accountId }) => d1().$count(apiKeys, eq(apiKeys.accountId, accountId)),
  },
  invitations: {
    one: (person, bindings, n) =>
      call('POST /api/v1/members/invitations/', {
        token: person.token,
        body: { email: `guest-${n}@example.com`, role: 'viewer' },
        bindings,
      }),
    rows: ({ accountId }) => d1().$count(invitations, eq(invitations.accountId, accountId)),
  },
}
type Make = (person: Person, bindings: Partial<Env>, n: number) => Promise<Answer>

const siteOf = new Map<string, Promise<string>>()
function ownSite(person: Person): Promise<string> {
  const known = siteOf.get(person.accountId) ?? createTestSite(person)
  siteOf.set(person.accountId, known)
  return known
}

const records = ({ accountId }: Person) => d1().$count(auditLog, eq(auditLog.accountId, accountId))

describe('T64 a quota of an account', () => {
  test.each(Object.entries(KINDS))(
    'of %s holds when 30 requests come at once, and what is refused writes nothing',
    async (kind, { one, rows }) => {
      const person = await signUpPerson()
      await ownSite(person)
      const had = await rows(person)
      const before = await records(person)
      const bindings = limitedTo({ [kind]: had + 4 })
      const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => one(person, bindings, n)))
      const refused = answers.filter(({ status }) => status === 403)
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(4)
      expect(refused.map(refusal)).toEqual(Array.from({ length: 26 }, () => [403, 'quota_exceeded']))
      expect(refused[0]?.body.detail).toContain(`may have ${had + 4}`)
      expect([await rows(person), await records(person)]).toEqual([had + 4, before + 4])
    },
  )

  test('of members is checked when somebody accepts, who can still accept once there is room', async () => {
    const [owner, guest] = [await signUpPerson(), await signUpPerson('Guest')]
    const invited = await call('POST /api/v1/members/invitations/', {
      token: owner.token,
      body: { email: guest.email, role: 'viewer' },
    })
    const { token } = invited.body
    const accept = (members: number) =>
      call('POST /api/v1/members/invitations/accept/', {
        token: guest.token,
        body: { token },
        bindings: limitedTo({ members }),
      })
    expect(refusal(await accept(1))).toEqual([403, 'quota_exceeded'])
    expect(await d1().$count(memberships, eq(memberships.accountId, owner.accountId))).toBe(1)
    expect((await accept(2)).status).toBe(200)
  })

  test('of keys counts the successor of a rotation', async () => {
    const person = await signUpPerson()
    const siteId = await createTestSite(person)
    const made = await call(`POST /api/v1/sites/${siteId}/api-keys/`, { token: person.token, body: {} })
    const rotate = (most: number) =>
      call(`POST /api/v1/sites/${siteId}/api-keys/${made.body.id}/rotate/`, {
        token: person.token,
        body: {},
        bindings: limitedTo({ api_keys: most }),
      })
    expect(refusal(await rotate(1))).toEqual([403, 'quota_exceeded'])
    expect((await rotate(2)).status).toBe(201)
  })

  test('can be set for one account, which changes no other', async () => {
    const [one, other] = [await signUpPerson(), await signUpPerson()]
    await d1().insert(accountQuotas).values({ accountId: one.accountId, kind: 'sites', most: 2 })
    const bindings = limitedTo({ sites: 1 })
    const create = async (person: Person) => (await KINDS.sites.one(person, bindings, 1)).status
    expect([await create(one), await create(one), await create(one)]).toEqual([201, 201, 403])
    expect([await create(other), await create(other)]).toEqual([201, 403])
  })

  test('counts by an index', async () => {
    for (const table of ['sites', 'api_keys', 'memberships', 'invitations']) {
      const { results } = await env.DB.prepare(
        `EXPLAIN QUERY PLAN SELECT count(*) FROM "${table}" WHERE account_id = 'x'`,
      ).all<{ detail: string }>()
      expect(results.map(({ detail }) => detail).join('; ')).toMatch(/^SEARCH .* USING .*\(account_id=\?\)/)
    }
  })
})

describe('the use of an account', () => {
  test('names each quota and what is stored, of this account alone', async () => {
    const site = await connectSiteWithStructure()
    const run = await call(`POST /api/v1/integration/integrations/${site.integrationId}/sync/`, {
      token: site.owner.token,
      body: {},
    })
    await runEnd(site, run.body.id)
    const other = await signUpPerson()
    await createTestSite(other)
    const answer = await call('GET /api/v1/usage/', { token: site.owner.token, bindings: limitedTo({ sites: 7 }) })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      sites: { used: 1, most: 7 },
      api_keys: { used: 1, most: 10_000 },
      members: { used: 1, most: 500 },
      invitations: { used: 0, most: 500 },
      endpoints: { used: 0, most: 10 },
      integrations: { used: 1, most: 7 },
      events: { most: null, is_more: false },
    })
    expect(answer.body.events.used).toBeGreaterThan(0)
    expect(answer.body.audit_records.used).toBeGreaterThan(0)
    expect(answer.body.stored_bytes.used).toBe((await readIntegration(site.integrationId))?.storedBytes)
    expect(answer.body.stored_bytes.used).toBeGreaterThan(10_000)
    await d1().delete(integrations).where(eq(integrations.id, site.integrationId))
  })
})

test('a broken QUOTAS is named, and nothing runs with it', async () => {
  const person = await signUpPerson()
  for (const QUOTAS of ['{', '{"sites":0}', '{"sights":5}', '[]']) {
    const answer = await call('GET /api/v1/sites/', { token: person.token, bindings: withQuotas(QUOTAS) })
    expect(refusal(answer)).toEqual([500, 'internal_error'])
  }
})

test('a service that makes a key outside of a route is counted as well', async () => {
  const person = await signUpPerson()
  const siteId = await createTestSite(person)
  const actor = { kind: 'user', userId: person.userId, accountId: person.accountId, role: 'owner' } as const
  const ctx = createTestContext(actor)
  const limited = { ...ctx, config: { ...ctx.config, quotas: { api_keys: 1 } } }
  const create = () =>
    createApiKey({ ctx: limited, input: { siteId, name: 'K', scopes: ['content:read'], expires_at: null } })
  await create()
  await expect(create()).rejects.toMatchObject({ code: 'quota_exceeded' })
})
