import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { db } from '../../src/db/client.ts'
import { apiKeys, sites } from '../../src/db/schema/index.ts'
import { createApiKey as generateApiKey, hashApiKey } from '../../src/lib/api-key.ts'
import { authenticateApiKey, verifySiteApiKey } from '../../src/services/api-keys/authenticate.ts'
import { rotateApiKey } from '../../src/services/api-keys/rotate.ts'
import { createApiKeyStore, forgetApiKeys, type ApiKeyStore } from '../../src/services/api-keys/store.ts'
import { verifyAuditChain } from '../../src/services/audit/index.ts'
import type { Actor, ServiceContext, KnownActor } from '../../src/services/context.ts'
import { createTestContext, createTestKey, createTestSite, signUpPerson, type Person } from '../support/identity.ts'

const HOUR_MS = 3_600_000
const d1 = () => db(env, null).db

/** Rejects every call. */
const forbid = (name: string): never =>
  new Proxy(
    {},
    {
      get: () => {
        throw new Error(`${name} was used`)
      },
    },
  ) as never

let owner: Person
let siteId: string
beforeAll(async () => {
  owner = await signUpPerson('Owner')
  siteId = await createTestSite(owner)
})

/** Authenticates a key like a request, and waits for its background work. */
async function authenticate(plaintext: string, overrides: Partial<ServiceContext<Actor>> = {}) {
  const work: Promise<void>[] = []
  const ctx = createTestContext<Actor>({ kind: 'anonymous' }, overrides)
  try {
    return await authenticateApiKey({
      ctx,
      input: { plaintext, background: (promise) => void work.push(promise), chargeMiss: async () => undefined },
    })
  } finally {
    await Promise.all(work)
  }
}

const hashOf = (plaintext: string) =>
  hashApiKey(createTestContext({ kind: 'anonymous' }).config.apiKeyPepper, plaintext)
const refusalOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'accepted',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  )
async function forget(plaintext: string): Promise<void> {
  await env.API_KEYS.delete(await hashOf(plaintext))
  forgetApiKeys(env.API_KEYS)
}
const readRecord = async (plaintext: string) => env.API_KEYS.get<{ status: string }>(await hashOf(plaintext), 'json')

async function readLastUse(keyId: string): Promise<number | undefined> {
  const [row] = await d1().select().from(apiKeys).where(eq(apiKeys.id, keyId))
  return row?.lastUsedAt?.getTime()
}

describe('an API key', () => {
  test('that is malformed or mistyped is refused without any I/O', async () => {
    const { plaintext } = generateApiKey()
    const noIo = { db: forbid('D1'), apiKeys: forbid('KV') }
    const typos = Array.from({ length: plaintext.length }, (_, at) => {
      const other = plaintext[at] === 'x' ? 'y' : 'x'
      return plaintext.slice(0, at) + other + plaintext.slice(at + 1)
    })
    for (const text of [...typos, '', 'igny8_', plaintext.slice(1), `${plaintext}0`, `${plaintext}\n`]) {
      expect(await refusalOf(authenticate(text, noIo))).toBe('api_key_malformed')
    }
    expect(await refusalOf(authenticate(plaintext, noIo))).toBe('KV was used')
  })

  test('that the edge knows costs one read there in 30 seconds, and none of D1', async () => {
    const { id, key } = await createTestKey(owner, siteId)
    const get = vi.spyOn(env.API_KEYS, 'get')
    const clock = vi.spyOn(Date, 'now')
    const start = Date.now()
    for (const [after, reads] of [
      [0, 1],
      [29_999, 1],
      [30_000, 2],
    ] as const) {
      clock.mockReturnValue(start + after)
      const actor = await authenticate(key, { db: forbid('D1') })
      expect(actor).toMatchObject({ kind: 'api_key', keyId: id, siteId, accountId: owner.accountId })
      expect(get, `after ${after} ms`).toHaveBeenCalledTimes(reads)
    }
    clock.mockRestore()
    get.mockRestore()
  })

  test('is remembered only while it is active: another isolate’s revocation is seen after 30 seconds', async () => {
    const { key } = await createTestKey(owner, siteId)
    await authenticate(key)
    const hash = await hashOf(key)
    const record = { ...(await env.API_KEYS.get<object>(hash, 'json')), status: 'revoked' }
    await env.API_KEYS.put(hash, JSON.stringify(record))
    expect(await refusalOf(authenticate(key))).toBe('accepted')
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 30_000)
    expect(await refusalOf(authenticate(key))).toBe('api_key_revoked')
    clock.mockRestore()
    expect(await refusalOf(authenticate(key))).toBe('api_key_revoked')
  })

  test('is forgotten by the isolate that revokes it', async () => {
    const { id, key } = await createTestKey(owner, siteId)
    await authenticate(key)
    const store = createApiKeyStore(env.API_KEYS)
    const active = await store.get(await hashOf(key))
    if (active === null || active === 'unreadable') throw new Error(`${id} is not in the store`)
    await store.put(await hashOf(key), { ...active, status: 'revoked' })
    expect(await refusalOf(authenticate(key))).toBe('api_key_revoked')
  })

  test('that the edge has lost is found in D1 and put back', async () => {
    const { key } = await createTestKey(owner, siteId)
    await forget(key)
    expect(await refusalOf(authenticate(key))).toBe('accepted')
    expect(await readRecord(key)).toMatchObject({ status: 'active', site_id: siteId })
  })

  test.each(['not json', '{"status":"active"}', '[]'])(
    'whose record at the edge is %j is decided by D1',
    async (record) => {
      const { id, key } = await createTestKey(owner, siteId)
      await env.API_KEYS.put(await hashOf(key), record)
      expect(await authenticate(key)).toMatchObject({ keyId: id })
    },
  )

  test('that was never created is unknown, and is not stored in KV', async () => {
    const { plaintext } = generateApiKey()
    const put = vi.fn<ApiKeyStore['put']>()
    const apiKeyStore = { ...createApiKeyStore(env.API_KEYS), put }
    expect(await refusalOf(authenticate(plaintext, { apiKeys: apiKeyStore }))).toBe('api_key_unknown')
    expect(put).not.toHaveBeenCalled()
  })

  test('with the id of another key and a secret of its own is unknown', async () => {
    const { key } = await createTestKey(owner, siteId)
    const { keyId, plaintext } = generateApiKey()
    const [row] = await d1()
      .select()
      .from(apiKeys)
      .where(eq(apiKeys.id, `key_${key.slice(6, 16)}`))
    expect(row).toBeDefined()
    if (row)
      await d1()
        .insert(apiKeys)
        .values({ ...row, id: keyId })
    expect(await refusalOf(authenticate(plaintext))).toBe('api_key_unknown')
  })

  test('ends at its time, without a job', async () => {
    const end = Date.now() + HOUR_MS
    const { key } = await createTestKey(owner, siteId, { expires_at: new Date(end).toISOString() })
    expect(await refusalOf(authenticate(key, { now: () => end - 1 }))).toBe('accepted')
    expect(await refusalOf(authenticate(key, { now: () => end }))).toBe('api_key_expired')
    await forget(key)
    expect(await refusalOf(authenticate(key, { now: () => end }))).toBe('api_key_expired')
  })

  test('of a site that is off is refused by D1 alone', async () => {
    const site = await createTestSite(owner)
    const { key } = await createTestKey(owner, site)
    await forget(key)
    await d1().update(sites).set({ isActive: false }).where(eq(sites.id, site))
    expect(await refusalOf(authenticate(key))).toBe('site_inactive')
    expect(await readRecord(key)).toMatchObject({ status: 'site_inactive' })
  })

  test('T39 that is revoked while the edge is filled ends up revoked there', async () => {
    const { id, key } = await createTestKey(owner, siteId)
    await forget(key)
    const store = createApiKeyStore(env.API_KEYS)
    let puts = 0
    const slow: ApiKeyStore = {
      ...store,
      put: async (hash, record) => {
        if (++puts === 1) {
          await d1().update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.id, id))
          await store.put(hash, { ...record, status: 'revoked' })
        }
        await store.put(hash, record)
      },
    }
    expect(await refusalOf(authenticate(key, { apiKeys: slow }))).toBe('accepted')
    expect(await readRecord(key)).toMatchObject({ status: 'revoked' })
    expect(await refusalOf(authenticate(key))).toBe('api_key_revoked')
  })
})

describe('the last use of a key', () => {
  test('is recorded once in six hours', async () => {
    const { id, key } = await createTestKey(owner, siteId)
    const start = Date.now()
    const useAt = (offset: number) => authenticate(key, { now: () => start + offset })
    await useAt(0)
    expect(await readLastUse(id)).toBe(start)
    await useAt(6 * HOUR_MS - 1)
    expect(await readLastUse(id)).toBe(start)
    await useAt(6 * HOUR_MS + 1)
    expect(await readLastUse(id)).toBe(start + 6 * HOUR_MS + 1)
  })

  test('fails no request when it can not be written', async () => {
    const { key } = await createTestKey(owner, siteId)
    expect(await refusalOf(authenticate(key, { db: forbid('D1') }))).toBe('accepted')
  })
})

describe('rotating a key', () => {
  test('that another rotation has changed since it was read is refused, and makes no key', async () => {
    const { id } = await createTestKey(owner, siteId, { name: 'Raced' })
    const actor = { kind: 'user', userId: owner.userId, accountId: owner.accountId, role: 'owner' } as const
    const input = { siteId, keyId: id, grace_s: 60 }
    let rotations = 0
    const overtaken = new Proxy(d1(), {
      get: (real, name) => {
        if (name !== 'batch') return Reflect.get(real, name) as unknown
        return async (statements: Parameters<typeof real.batch>[0]) => {
          const first = { ctx: createTestContext<KnownActor>(actor), input: { ...input, grace_s: 3600 } }
          if (++rotations === 1) await rotateApiKey(first)
          return real.batch(statements)
        }
      },
    })
    const attempt = rotateApiKey({ ctx: createTestContext<KnownActor>(actor, { db: overtaken }), input })
    expect(await refusalOf(attempt)).toBe('conflict')
    expect(await d1().$count(apiKeys, eq(apiKeys.name, 'Raced'))).toBe(2)
    const { brokenSeq } = await verifyAuditChain({ ctx: createTestContext<KnownActor>(actor) })
    expect(brokenSeq).toBeNull()
  })
})

describe('a key offered for a site', () => {
  const verify = (site: string, plaintext: string, overrides: Partial<ServiceContext<Actor>> = {}) =>
    verifySiteApiKey({ ctx: createTestContext<Actor>({ kind: 'anonymous' }, overrides), siteId: site, plaintext })

  test('is taken if it is that site’s own and works', async () => {
    const { id, key } = await createTestKey(owner, siteId)
    expect(await verify(siteId, key)).toBe(true)
    expect(await verify(await createTestSite(owner), key)).toBe(false)
    expect(await verify(siteId, generateApiKey().plaintext)).toBe(false)
    expect(await verify(siteId, 'igny8_mistyped', { db: forbid('D1') })).toBe(false)
    await d1().update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.id, id))
    expect(await verify(siteId, key)).toBe(false)
  })

  test('is not taken after its end', async () => {
    const end = Date.now() + HOUR_MS
    const { key } = await createTestKey(owner, siteId, { expires_at: new Date(end).toISOString() })
    expect(await verify(siteId, key)).toBe(true)
    expect(await verify(siteId, key, { now: () => end })).toBe(false)
  })

  test('is refused by name where the site is off', async () => {
    const site = await createTestSite(owner)
    const { key } = await createTestKey(owner, site)
    await d1().update(sites).set({ isActive: false }).where(eq(sites.id, site))
    expect(await refusalOf(verify(site, key))).toBe('site_inactive')
    expect(await verify(siteId, key)).toBe(false)
  })
})
