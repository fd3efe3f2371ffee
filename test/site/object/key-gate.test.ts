import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { apiKeys } from '../../../src/db/schema/index.ts'
import { rotateApiKey } from '../../../src/services/api-keys/rotate.ts'
import { spreadRevocation } from '../../../src/services/api-keys/revoke.ts'
import type { KnownActor, ServiceContext } from '../../../src/services/context.ts'
import { KEY_TRUST_MS, refuseCall } from '../../../src/site/replica/key-gate.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { openSiteDatabase } from '../../../src/site/replica/database.ts'
import { createTestContext, createTestKey } from '../../support/identity.ts'
import {
  connectSiteWithStructure,
  createSiteWithKey,
  d1,
  movableClock,
  siteObject,
  type ConnectedSite,
  type TestSite,
} from '../../support/integration.ts'
import { call } from '../../support/openapi.ts'
import { playInternet } from '../../support/plugin.ts'
import { measureRows } from '../../support/rows.ts'
import { skipPauses } from '../../support/pauses.ts'

beforeAll(playInternet)

const admit = ({ siteId, owner }: TestSite, keyId: string) =>
  siteObject(siteId).authorizeKey({ accountId: owner.accountId, siteId, keyId, requestId: 'req_test' })
const ADMITTED = { ok: true, value: null }
const refused = (code: string) => expect.objectContaining({ ok: false, code })

/** A site with a key that its object has admitted. */
async function trustedKey() {
  const site = await connectSiteWithStructure()
  const { id, key } = await createTestKey(site.owner, site.siteId)
  expect(await admit(site, id)).toEqual(ADMITTED)
  return { site, id, key }
}

const contextOf = ({ owner }: ConnectedSite, overrides: Partial<ServiceContext> = {}) =>
  createTestContext<KnownActor>(
    { kind: 'user', userId: owner.userId, accountId: owner.accountId, role: 'owner' },
    overrides,
  )

/** A context whose site's object can't be reached for so many calls; its background work is kept. */
function unreachable(site: ConnectedSite, failures: number) {
  const work: Promise<unknown>[] = []
  let left = failures
  const reach = async (call: () => Promise<void>) => {
    if (left-- > 0) throw new Error('object not reached')
    await call()
  }
  const object = siteObject(site.siteId)
  const stub = {
    revokeKey: (keyId: string) => reach(() => object.revokeKey(keyId)),
    recheckKeys: () => reach(() => object.recheckKeys()),
  }
  const ctx = contextOf(site, { site: () => stub as never, background: (promise) => void work.push(promise) })
  return { ctx, work }
}

const rowOf = async (id: string) => {
  const [row] = await d1().select().from(apiKeys).where(eq(apiKeys.id, id))
  if (!row) throw new Error('no key')
  return row
}

describe('a key that an object has admitted', () => {
  test('is accepted without D1 and without a write for half an hour, by a new instance too', async () => {
    const { site, id } = await trustedKey()
    const clock = movableClock()
    clock.advance(KEY_TRUST_MS - 5_000)
    const cost = await measureRows(site.siteId, () => admit(site, id), { isCold: true })
    expect(cost).toMatchObject({ d1: 0, written: 0 })
    clock.advance(10_000)
    expect(await measureRows(site.siteId, () => admit(site, id))).toMatchObject({ d1: 1, written: 1 })
  })

  test('and that is revoked is refused at once', async () => {
    const { site, id } = await trustedKey()
    const revoked = await call(`DELETE /api/v1/sites/${site.siteId}/api-keys/${id}/`, { token: site.owner.token })
    expect(revoked.status).toBe(204)
    expect(await admit(site, id)).toEqual(refused('api_key_revoked'))
    await evictDurableObject(siteObject(site.siteId))
    expect(await admit(site, id)).toEqual(refused('api_key_revoked'))
  })

  test('is refused within half an hour if the revocation never reached the object', async () => {
    const { site, id } = await trustedKey()
    const clock = movableClock()
    await d1().update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.id, id))
    expect(await admit(site, id)).toEqual(ADMITTED)
    clock.advance(KEY_TRUST_MS)
    expect(await admit(site, id)).toEqual(refused('api_key_revoked'))
  })

  test('has its revocation repeated if the object could not be reached, after an answer that says so', async () => {
    const { site, id } = await trustedKey()
    let resume: () => void = () => undefined
    const pause = new Promise<void>((resolve) => (resume = resolve))
    const pauses = vi.spyOn(scheduler, 'wait').mockReturnValue(pause)
    try {
      const { ctx, work } = unreachable(site, 3)
      await d1().update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.id, id))
      await expect(spreadRevocation(ctx, await rowOf(id))).rejects.toMatchObject({ code: 'unavailable' })
      expect(await admit(site, id)).toEqual(ADMITTED)
      resume()
      await Promise.all(work)
      expect(await admit(site, id)).toEqual(refused('api_key_revoked'))
    } finally {
      pauses.mockRestore()
    }
  })

  test.each([0, 2])(
    'and that is replaced ends with its grace period (object not reached %i times)',
    async (failures) => {
      const { site, id } = await trustedKey()
      const clock = movableClock()
      skipPauses()
      const { ctx, work } = unreachable(site, failures)
      await rotateApiKey({ ctx, input: { siteId: site.siteId, keyId: id, grace_s: 60 } })
      await Promise.all(work)
      expect(await admit(site, id)).toEqual(ADMITTED)
      clock.advance(61_000)
      expect(await admit(site, id)).toEqual(refused('api_key_expired'))
    },
  )

  test('and that expires is refused to the second, though it was admitted just before', async () => {
    const site = await connectSiteWithStructure()
    const clock = movableClock()
    const expiresAt = new Date(Date.now() + 60_000)
    const { id } = await createTestKey(site.owner, site.siteId, { expires_at: expiresAt.toISOString() })
    expect(await admit(site, id)).toEqual(ADMITTED)
    clock.advance(60_000)
    expect(await admit(site, id)).toEqual(refused('api_key_expired'))
  })

  test.each(['with', 'without'])('is refused at once if its site, %s a connection, is switched off', async (way) => {
    const site = way === 'with' ? await connectSiteWithStructure() : await createSiteWithKey()
    expect(await admit(site, site.keyId)).toEqual(ADMITTED)
    const path = `PATCH /api/v1/sites/${site.siteId}`
    expect((await call(path, { token: site.owner.token, body: { is_active: false } })).status).toBe(200)
    expect(await admit(site, site.keyId)).toEqual(refused('site_inactive'))
  })
})

describe('what an object remembers of a key', () => {
  /** Asks the gate on a store of its own, with a D1 that the test interrupts. */
  const ask = (site: ConnectedSite, id: string, meanwhile: (store: SiteStore) => void, now = Date.now) =>
    runInDurableObject(siteObject(site.siteId), async (_instance, { storage }) => {
      const store = new SiteStore(openSiteDatabase(storage))
      const db = new Proxy(d1(), {
        get: (target, name) => {
          if (name === 'select') queueMicrotask(() => meanwhile(store))
          return Reflect.get(target, name, target) as unknown
        },
      })
      const gate = { db: () => db, now, opened: () => store, open: () => store }
      const refusal = await refuseCall(gate, { accountId: site.owner.accountId, siteId: site.siteId, keyId: id })
      const code = refusal && !refusal.ok ? refusal.code : null
      return { code, trusted: store.access.keyStatus(id)?.trustedUntil ?? null }
    })

  test('is nothing, if it was told of a change while D1 was read: the answer may be of before', async () => {
    const site = await connectSiteWithStructure()
    const { id } = await createTestKey(site.owner, site.siteId)
    expect(await ask(site, id, (store) => store.access.recheckKeys())).toEqual({ code: null, trusted: null })
    const revoked = await ask(site, id, (store) => store.access.revokeKey(id, Date.now()))
    expect(revoked).toEqual({ code: 'api_key_revoked', trusted: null })
  })

  test('counts from before D1 was asked, and an end that a wrong clock wrote is not believed', async () => {
    const site = await connectSiteWithStructure()
    const { id } = await createTestKey(site.owner, site.siteId)
    let nowMs = Date.now()
    const asked = nowMs
    const { trusted } = await ask(
      site,
      id,
      () => (nowMs += 10_000),
      () => nowMs,
    )
    expect(trusted).toBe(asked + KEY_TRUST_MS)
    await d1().update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.id, id))
    const early = () => asked - 86_400_000
    expect(await ask(site, id, () => undefined, early)).toMatchObject({ code: 'api_key_revoked' })
  })
})

test('a deleted site’s object stays empty, whichever key calls', async () => {
  const { site, id } = await trustedKey()
  const before = env.SITE_SYNC.getByName(site.siteId)
  expect((await call(`DELETE /api/v1/sites/${site.siteId}`, { token: site.owner.token })).status).toBe(204)
  expect(await admit(site, id)).toEqual(refused('api_key_revoked'))
  await before.recheckKeys()
  const tables = await runInDurableObject(siteObject(site.siteId), (_instance, { storage }) =>
    storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'items'").toArray(),
  )
  expect(tables).toEqual([])
})
