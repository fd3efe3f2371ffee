import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { db } from '../../src/db/client.ts'
import { apiKeys, integrations } from '../../src/db/schema/index.ts'
import { hashApiKey, parseApiKey } from '../../src/lib/api-key.ts'
import { createId } from '../../src/lib/ids.ts'
import type { RpcCall } from '../../src/site/rpc.ts'
import {
  addMember,
  call,
  createTestKey,
  createTestSite,
  inAccount,
  refusal,
  signUpPerson,
  withoutRequestId,
  type Person,
} from '../support/identity.ts'
import { skipPauses } from '../support/pauses.ts'

const d1 = () => db(env, null).db
const hashOf = (key: string) => hashApiKey(readConfig(env).apiKeyPepper, key)
const use = (key: string) => call('GET /api/v1/sites/', { token: key })

let owner: Person
let stranger: Person
let siteId: string
let keysPath: string
beforeAll(async () => {
  owner = await signUpPerson('Owner')
  stranger = await signUpPerson('Stranger')
  siteId = await createTestSite(owner)
  keysPath = `/api/v1/sites/${siteId}/api-keys`
})

const rotate = (keyId: string, body: Record<string, unknown> = {}) =>
  call(`POST ${keysPath}/${keyId}/rotate/`, { token: owner.token, body })
const revoke = (keyId: string, bindings: Partial<Env> = {}) =>
  call(`DELETE ${keysPath}/${keyId}/`, { token: owner.token, bindings })

async function readRow(keyId: string) {
  const [row] = await d1().select().from(apiKeys).where(eq(apiKeys.id, keyId))
  return row
}

async function insertIntegration(apiKeyId: string): Promise<string> {
  const now = new Date()
  const id = createId('int')
  const site = await createTestSite(owner)
  await d1().update(apiKeys).set({ siteId: site }).where(eq(apiKeys.id, apiKeyId))
  const row = { id, siteId: site, accountId: owner.accountId, apiKeyId, siteUrl: 'https://example.com' }
  const json = { config: {}, typeSettings: {} }
  await d1()
    .insert(integrations)
    .values({ ...row, ...json, platform: 'wordpress', createdAt: now, updatedAt: now })
  return site
}

describe('creating an API key', () => {
  test('shows it once, and lists it masked', async () => {
    const body = { name: 'Plugin', scopes: ['integration:read', 'integration:read'], expires_at: null }
    const { status, body: made } = await call(`POST ${keysPath}/`, { token: owner.token, body })
    expect(status).toBe(201)
    expect(parseApiKey(made.key)?.keyId).toBe(made.id)
    expect(made).toMatchObject({ site_id: siteId, name: 'Plugin', scopes: ['integration:read'], status: 'active' })
    const listed = await call(`GET ${keysPath}/`, { token: owner.token })
    const [first] = listed.body.results
    expect(first).toEqual({ ...made, key: `${made.key.slice(0, 10)}…${made.key.slice(-4)}` })
    expect(JSON.stringify(listed.body)).not.toContain(made.key)
    expect((await use(made.key)).status).toBe(200)
  })

  test('defaults to every scope, no end and the plugin’s name', async () => {
    const { body } = await call(`POST ${keysPath}/`, { token: owner.token, body: {} })
    expect(body).toMatchObject({ name: 'WordPress plugin', expires_at: null, last_used_at: null })
    expect(body.scopes).toHaveLength(4)
  })

  test.each([
    ['an end that has passed', { expires_at: '2020-01-01T00:00:00Z' }, 'body.expires_at'],
    ['no scope', { scopes: [] }, 'body.scopes'],
    ['an unknown scope', { scopes: ['everything'] }, 'body.scopes.0'],
    ['control characters in its name', { name: 'a\u0007b' }, 'body.name'],
  ])('refuses %s', async (_name, body, path) => {
    const answer = await call(`POST ${keysPath}/`, { token: owner.token, body })
    expect(refusal(answer)).toEqual([400, 'validation_error'])
    expect(answer.body.errors[0].path).toBe(path)
  })

  test('works while the edge store is down', async () => {
    const down = {
      get: async () => {
        throw new Error('KV is down')
      },
      put: async () => {
        throw new Error('KV is down')
      },
    }
    const bindings = { API_KEYS: down as unknown as KVNamespace }
    const made = await call(`POST ${keysPath}/`, { token: owner.token, body: {}, bindings })
    expect(made.status).toBe(201)
    expect((await call('GET /api/v1/sites/', { token: made.body.key, bindings })).status).toBe(200)
  })
})

describe('a list of API keys', () => {
  test('comes in pages, newest first', async () => {
    const site = await createTestSite(owner)
    const made = []
    for (let count = 0; count < 5; count++) made.unshift((await createTestKey(owner, site)).id)
    const seen: string[] = []
    for (let cursor = ''; ;) {
      const { body } = await call(`GET /api/v1/sites/${site}/api-keys/?limit=2${cursor}`, { token: owner.token })
      seen.push(...body.results.map(({ id }: { id: string }) => id))
      if (body.next === null) break
      cursor = `&cursor=${body.next}`
    }
    expect(seen.toSorted()).toEqual(made.toSorted())
    const rows = await Promise.all(seen.map(readRow))
    const times = rows.map((row) => row?.createdAt.getTime() ?? 0)
    expect(times).toEqual(times.toSorted((left, right) => right - left))
  })

  test('says of each key whether it works', async () => {
    const site = await createTestSite(owner)
    const path = `/api/v1/sites/${site}/api-keys`
    const soon = new Date(Date.now() + 86_400_000).toISOString()
    const later = new Date(Date.now() + 30 * 86_400_000).toISOString()
    const ids = {
      active: (await createTestKey(owner, site, { expires_at: later })).id,
      expiring: (await createTestKey(owner, site, { expires_at: soon })).id,
      expired: (await createTestKey(owner, site)).id,
      revoked: (await createTestKey(owner, site)).id,
    }
    await d1().update(apiKeys).set({ expiresAt: new Date() }).where(eq(apiKeys.id, ids.expired))
    await call(`DELETE ${path}/${ids.revoked}`, { token: owner.token })
    const { body } = await call(`GET ${path}/`, { token: owner.token })
    const byId = Object.fromEntries(body.results.map(({ id, status }: { id: string; status: string }) => [id, status]))
    expect(byId).toEqual(Object.fromEntries(Object.entries(ids).map(([status, id]) => [id, status])))
  })
})

describe('who may do what with API keys', () => {
  test('T38 editors see them, admins make and end them, keys do neither', async () => {
    const key = await createTestKey(owner, siteId)
    const attempts = (as: { token: string; headers?: Record<string, string> }) => [
      call(`POST ${keysPath}/`, { ...as, body: {} }),
      call(`POST ${keysPath}/${key.id}/rotate`, { ...as, body: {} }),
      call(`DELETE ${keysPath}/${key.id}`, as),
    ]
    for (const [role, status] of [
      ['viewer', 403],
      ['editor', 200],
      ['admin', 200],
    ] as const) {
      const member = await addMember(owner, role)
      const as = { token: member.token, headers: inAccount(owner) }
      expect((await call(`GET ${keysPath}/`, as)).status).toBe(status)
      if (role === 'admin') continue
      for (const answer of await Promise.all(attempts(as))) expect(refusal(answer)).toEqual([403, 'role_too_low'])
    }
    for (const answer of await Promise.all([
      ...attempts({ token: key.key }),
      call(`GET ${keysPath}/`, { token: key.key }),
    ])) {
      expect(refusal(answer)).toEqual([403, 'person_required'])
    }
  })

  test('T38 those of another account or site are answered as if they did not exist', async () => {
    const key = await createTestKey(owner, siteId)
    const theirSite = await createTestSite(stranger)
    const requests = (site: string, keyId: string) => [
      call(`GET /api/v1/sites/${site}/api-keys/`, { token: stranger.token }),
      call(`POST /api/v1/sites/${site}/api-keys/`, { token: stranger.token, body: {} }),
      call(`POST /api/v1/sites/${site}/api-keys/${keyId}/rotate`, { token: stranger.token, body: {} }),
      call(`DELETE /api/v1/sites/${site}/api-keys/${keyId}`, { token: stranger.token }),
    ]
    const foreign = await Promise.all(requests(siteId, key.id))
    const unknown = await Promise.all(requests('site_unknown', 'key_unknown'))
    for (const [index, answer] of foreign.entries()) {
      expect(refusal(answer)).toEqual([404, 'site_not_found'])
      expect(withoutRequestId(answer)).toEqual(withoutRequestId(unknown[index]))
    }
    const [, , rotated, revoked] = await Promise.all(requests(theirSite, key.id))
    for (const answer of [rotated, revoked]) expect(answer && refusal(answer)).toEqual([404, 'api_key_not_found'])
    expect((await use(key.key)).status).toBe(200)
  })
})

describe('rotating an API key', () => {
  test('gives a successor with the same name and scopes, and the old one time', async () => {
    const old = await createTestKey(owner, siteId, { name: 'Shop', scopes: ['integration:read'] })
    const { status, body } = await rotate(old.id, { grace_s: 3600 })
    expect(status).toBe(201)
    expect(body).toMatchObject({ name: 'Shop', scopes: ['integration:read'], status: 'active', expires_at: null })
    expect(body.id).not.toBe(old.id)
    for (const key of [old.key, body.key]) expect((await use(key)).status).toBe(200)
    const ends = (await readRow(old.id))?.expiresAt?.getTime() ?? 0
    expect(Math.abs(ends - Date.now() - 3_600_000)).toBeLessThan(10_000)
    const record = await env.API_KEYS.get<{ expires_at: number }>(await hashOf(old.key), 'json')
    expect(record?.expires_at).toBe(ends)
  })

  test('without grace revokes the old key', async () => {
    const old = await createTestKey(owner, siteId)
    const { body } = await rotate(old.id, { grace_s: 0 })
    expect(refusal(await use(old.key))).toEqual([401, 'api_key_revoked'])
    expect((await use(body.key)).status).toBe(200)
  })

  test('never makes the old key live longer', async () => {
    const expires_at = new Date(Date.now() + 60_000).toISOString()
    const old = await createTestKey(owner, siteId, { expires_at })
    await rotate(old.id, { grace_s: 3600 })
    expect((await readRow(old.id))?.expiresAt?.toISOString()).toBe(expires_at)
  })

  test('is refused for a key that has ended', async () => {
    const [revoked, expired] = [await createTestKey(owner, siteId), await createTestKey(owner, siteId)]
    await revoke(revoked.id)
    await d1().update(apiKeys).set({ expiresAt: new Date() }).where(eq(apiKeys.id, expired.id))
    for (const { id } of [revoked, expired]) expect(refusal(await rotate(id))).toEqual([409, 'api_key_inactive'])
  })

  test('is refused for more than a week of grace', async () => {
    const { id } = await createTestKey(owner, siteId)
    expect(refusal(await rotate(id, { grace_s: 7 * 86_400 + 1 }))).toEqual([400, 'validation_error'])
  })

  test('at once by two makes one successor', async () => {
    const { id } = await createTestKey(owner, siteId, { name: 'Raced' })
    const answers = await Promise.all([rotate(id), rotate(id)])
    const { body } = await call(`GET ${keysPath}/?limit=200`, { token: owner.token })
    const named = body.results.filter(({ name }: { name: string }) => name === 'Raced')
    const made = answers.filter(({ status }) => status === 201)
    expect(named).toHaveLength(1 + made.length)
    for (const answer of answers) if (answer.status !== 201) expect(refusal(answer)).toEqual([409, 'conflict'])
  })
})

describe('revoking an API key', () => {
  test('ends it everywhere and tells the integrations that it connected', async () => {
    const { id, key } = await createTestKey(owner, siteId)
    const site = await insertIntegration(id)
    expect((await call(`DELETE /api/v1/sites/${site}/api-keys/${id}/`, { token: owner.token })).status).toBe(204)
    expect(refusal(await use(key))).toEqual([401, 'api_key_revoked'])
    const [integration] = await d1().select().from(integrations).where(eq(integrations.siteId, site))
    expect(integration).toMatchObject({ connection: 'key_revoked', connectionReason: 'api_key_revoked' })
    const tombstone = await env.API_KEYS.get<{ status: string }>(await hashOf(key), 'json')
    expect(tombstone?.status).toBe('revoked')
  })

  test('leaves the other keys of the site alone', async () => {
    const [gone, kept] = [await createTestKey(owner, siteId), await createTestKey(owner, siteId)]
    await revoke(gone.id)
    expect((await use(kept.key)).status).toBe(200)
  })

  test('again changes nothing', async () => {
    const { id } = await createTestKey(owner, siteId)
    expect((await revoke(id)).status).toBe(204)
    const before = await readRow(id)
    expect((await revoke(id)).status).toBe(204)
    expect(await readRow(id)).toEqual(before)
  })

  test.each(['object', 'store'])(
    'that did not reach the %s says so, holds in D1, and is completed by a repeat',
    async (part) => {
      skipPauses()
      const { id, key } = await createTestKey(owner, siteId)
      const fail = async () => {
        throw new Error('not reached')
      }
      const bindings =
        part === 'object'
          ? { SITE_SYNC: { getByName: () => ({ revokeKey: fail }) } as unknown as Env['SITE_SYNC'] }
          : { API_KEYS: { get: fail, put: fail } as unknown as KVNamespace }
      expect(refusal(await revoke(id, bindings))).toEqual([503, 'unavailable'])
      expect((await readRow(id))?.revokedAt).toBeInstanceOf(Date)
      expect((await revoke(id)).status).toBe(204)
      expect(refusal(await use(key))).toEqual([401, 'api_key_revoked'])
    },
  )

  test('T39 the key can do nothing at the site’s object from the next call on, whatever the edge believes', async () => {
    const { id, key } = await createTestKey(owner, siteId)
    const site = env.SITE_SYNC.getByName(siteId)
    const asKey: RpcCall = {
      accountId: owner.accountId,
      siteId,
      integrationId: 'int_x',
      keyId: id,
      requestId: 'req_x',
    }
    const before = await site.enqueue(asKey, 'metadata')
    expect(before.ok).toBe(true)
    const stale = await env.API_KEYS.get(await hashOf(key))
    await revoke(id)
    await env.API_KEYS.put(await hashOf(key), stale ?? '')
    expect((await use(key)).status).toBe(200)
    for (const attempt of [
      site.enqueue(asKey, 'metadata'),
      site.storeStructure(asKey, { post_types: {}, taxonomies: {} } as never),
      site.probe({ ...asKey, siteUrl: 'https://example.com', signingSecrets: [], restRoot: null, mayPoll: false }),
    ]) {
      expect(await attempt).toMatchObject({ ok: false, code: 'api_key_revoked' })
    }
    await runInDurableObject(site, async (_object, state) => state.storage.deleteAlarm())
  })
})
