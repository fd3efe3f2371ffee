import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq, getTableColumns, getTableName, is, sql } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { MOST_SLICES } from '../../src/cron/deletions.ts'
import { syncEvents } from '../../src/db/events/schema.ts'
import * as eventSchema from '../../src/db/events/schema.ts'
import * as schema from '../../src/db/schema/index.ts'
import type { ServiceContext } from '../../src/services/context.ts'
import { ACCOUNT_TABLES, deleteSome, EVENT_TABLES } from '../../src/services/deletion/tables.ts'
import { Stopwatch } from '../../src/lib/stopwatch.ts'
import { reachSite } from '../../src/middleware/reach-site.ts'
import { attemptSubject } from '../../src/services/people/attempts.ts'
import { hashApiKey } from '../../src/lib/api-key.ts'
import { createSigningSecret } from '../../src/lib/signature.ts'
import { readConfig } from '../../src/config.ts'
import { deleteAccount, deletePerson, deletionOf, findInD1, objectTables, playAfter } from '../support/deletions.ts'
import { addMember, createTestContext, inAccount, refusal, signUpPerson, type Person } from '../support/identity.ts'
import {
  CONNECT,
  connectBody,
  connectSiteWithStructure,
  d1,
  eventsD1,
  runEnd,
  siteObject,
  type ConnectedSite,
} from '../support/integration.ts'
import { addDelivery } from '../support/notifications.ts'
import { call } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'

let owner: Person
beforeAll(playInternet)
beforeEach(async () => {
  await d1().delete(schema.deletions)
  owner = await signUpPerson('Owner')
})

/** An account with something in every table that can have something. */
async function fillAccount(): Promise<ConnectedSite> {
  const site = await connectSiteWithStructure(owner)
  const { token } = owner
  await call(`POST /api/v1/sites/${site.siteId}/content/`, { token, body: { title: 'Kept nowhere' } })
  const { body: run } = await call(`POST ${site.path}/sync/`, {
    token,
    body: { direction: 'metadata' },
    headers: { 'idempotency-key': 'once' },
  })
  await runEnd(site, run.id)
  await call('POST /api/v1/members/invitations/', { token, body: { email: 'guest@example.com', role: 'viewer' } })
  const endpoint = await call('POST /api/v1/notifications/endpoints/', {
    token,
    body: { url: 'https://hooks.example.com/igny8' },
  })
  await addDelivery(owner, endpoint.body.id)
  await d1().insert(schema.accountQuotas).values({ accountId: owner.accountId, kind: 'sites', most: 5 })
  await call(CONNECT, { body: { ...connectBody(site), signing_secret: createSigningSecret() } })
  await addFactorsAndAttempts(owner)
  return site
}

const keyRecord = async ({ key }: ConnectedSite) =>
  env.API_KEYS.get(await hashApiKey(readConfig(env).apiKeyPepper, key))

/** A passkey, an authenticator app, and a wrong password. */
async function addFactorsAndAttempts({ userId, email }: Person): Promise<void> {
  const passkey = { publicKey: 'key', counter: 0, deviceType: 'singleDevice', backedUp: false, createdAt: new Date() }
  await d1()
    .insert(schema.passkeys)
    .values({ id: `psk_${userId}`, userId, credentialID: userId, ...passkey })
  await d1()
    .insert(schema.twoFactors)
    .values({ id: `two_${userId}`, userId, secret: 'sealed', backupCodes: 'sealed' })
  await call('POST /api/v1/auth/sign-in/email', { body: { email, password: 'not this password' } })
  await d1().delete(schema.signInAttempts).where(eq(schema.signInAttempts.source, '*'))
}

/** Plays a due deletion to its end: what is due, and after ten minutes the sweep. */
async function playToEnd(): Promise<void> {
  await playAfter(30, {}, 1)
  await playAfter(30, {}, 20)
}

describe('an account whose time has come', () => {
  test('T68 leaves nothing in D1, KV and objects, and its only person goes with it', async () => {
    const site = await fillAccount()
    expect(Object.keys(await findInD1(owner.accountId)).length).toBeGreaterThan(10)
    await deleteAccount(owner)
    await playAfter(0)
    await playAfter(29)
    expect(await deletionOf(owner.accountId)).toMatchObject({ phase: 'waiting' })
    expect(await keyRecord(site)).not.toBeNull()
    await playToEnd()
    for (const text of [owner.accountId, owner.userId, owner.email, site.siteId, site.integrationId, site.keyId]) {
      expect([text, await findInD1(text)]).toEqual([text, {}])
    }
    expect(await keyRecord(site)).toBeNull()
    expect(await objectTables(site.siteId)).toEqual([])
    expect(refusal(await call('GET /api/v1/sites/', { token: owner.token }))).toEqual([401, 'invalid_session'])
    expect(refusal(await call(`GET ${site.path}/`, { token: site.key }))).toEqual([401, 'api_key_unknown'])
  })

  test('keeps its members who are in another account, and what is not its own', async () => {
    const [member, stranger] = [await addMember(owner, 'admin'), await signUpPerson('Stranger')]
    const before = await findInD1(stranger.accountId)
    await deleteAccount(owner)
    await playAfter(0)
    await playToEnd()
    expect((await call('GET /api/v1/sites/', { token: member.token })).status).toBe(200)
    const foreign = await call('GET /api/v1/sites/', { token: member.token, headers: inAccount(owner) })
    expect(refusal(foreign)).toEqual([403, 'no_account'])
    expect(await findInD1(stranger.accountId)).toEqual(before)
    expect(await findInD1(owner.userId)).toEqual({})
  })

  test('is erased to the end though every step of it fails once', async () => {
    const site = await fillAccount()
    await deleteAccount(owner)
    await playAfter(0)
    const seen = new Set<string>()
    const once = (step: string) => {
      if (seen.has(step)) return
      seen.add(step)
      throw new Error(`crash at ${step}`)
    }
    const base = createTestContext({ kind: 'system', accountId: owner.accountId })
    const overrides: Partial<ServiceContext> = {
      apiKeys: {
        ...base.apiKeys,
        remove: async (hash) => {
          once('kv')
          await base.apiKeys.remove(hash)
        },
      },
      site: (siteId) => {
        once('object')
        return base.site(siteId)
      },
      db: new Proxy(base.db, {
        get(target, name) {
          if (name === 'batch' || name === 'run') once(`d1 ${name}`)
          const value: unknown = Reflect.get(target, name)
          return typeof value === 'function' ? value.bind(target) : value
        },
      }),
    }
    for (let minute = 1; minute < 200 && (await deletionOf(owner.accountId)); minute += 6) {
      await playAfter(30, overrides, minute)
    }
    expect([...seen].toSorted()).toEqual(['d1 batch', 'd1 run', 'kv', 'object'])
    for (const text of [owner.accountId, owner.userId, site.siteId]) expect(await findInD1(text)).toEqual({})
    expect(await objectTables(site.siteId)).toEqual([])
    expect(await keyRecord(site)).toBeNull()
  })

  test('is swept once more for what was written while it was erased', async () => {
    await deleteAccount(owner)
    await playAfter(0)
    await playAfter(30, {}, 1)
    expect(await deletionOf(owner.accountId)).toMatchObject({ phase: 'sweeping' })
    await eventsD1().insert(syncEvents).values({
      id: 'evt_late',
      accountId: owner.accountId,
      siteId: 'site_gone',
      integrationId: 'int_gone',
      action: 'sync',
      success: true,
      itemIds: [],
      counts: {},
      startedAt: new Date(),
      finishedAt: new Date(),
    })
    await playAfter(30, {}, 20)
    expect(await findInD1(owner.accountId)).toEqual({})
  })

  test('T68 is swept of rows whose site is gone, with their keys at the edge', async () => {
    const site = await fillAccount()
    await d1().delete(schema.sites).where(eq(schema.sites.id, site.siteId))
    const [key] = await d1().select().from(schema.apiKeys).where(eq(schema.apiKeys.siteId, site.siteId))
    // a key alone, as a request leaves it that was slower than the deletion of its site
    await d1()
      .insert(schema.apiKeys)
      .values({
        ...(key as typeof schema.apiKeys.$inferSelect),
        id: `key_orphan${owner.userId}`,
        siteId: 'site_nowhere',
      })
    expect(await keyRecord(site)).not.toBeNull()
    await deleteAccount(owner)
    await playAfter(0)
    await playToEnd()
    expect(await findInD1(owner.accountId)).toEqual({})
    expect(await keyRecord(site)).toBeNull()
    expect(await objectTables(site.siteId)).toEqual([])
  })

  test('takes the slices that its amount needs, and no other deletion waits for one that fails', async () => {
    const other = await signUpPerson('Other')
    const sites = Array.from({ length: 45 }, (_, index) => ({
      id: `site_many${String(index).padStart(3, '0')}`,
      accountId: owner.accountId,
      name: 'Many',
      url: 'https://many.example.com',
      createdAt: new Date(),
      updatedAt: new Date(),
    }))
    for (let at = 0; at < sites.length; at += 10)
      await d1()
        .insert(schema.sites)
        .values(sites.slice(at, at + 10))
    await deleteAccount(owner)
    await deleteAccount(other)
    await playAfter(0)
    const site = (): never => {
      throw new Error('no object answers')
    }
    const { failed } = await playAfter(30, { site }, 1)
    expect(failed).toBe(1)
    expect(await deletionOf(other.accountId)).toMatchObject({ phase: 'sweeping' })
    await playAfter(30, {}, 10)
    expect((await playAfter(30, {}, 30)).slices).toBeLessThan(MOST_SLICES)
    expect(await findInD1(owner.accountId)).toEqual({})
  })

  test('is worked on by one of two ticks at once', async () => {
    await deleteAccount(owner)
    await playAfter(0)
    const [first, second] = await Promise.all([playAfter(30, {}, 1), playAfter(30, {}, 1)])
    expect(first.failed + second.failed).toBe(0)
    await playAfter(30, {}, 20)
    expect(await findInD1(owner.accountId)).toEqual({})
  })
})

/** From where a person did what the logs say they did. */
const placesOf = async ({ userId }: Person) =>
  (
    await d1()
      .select({ origin: schema.auditLog.origin })
      .from(schema.auditLog)
      .where(eq(schema.auditLog.actor, `user:${userId}`))
  ).map(({ origin }) => origin)

describe('a person whose time has come', () => {
  test('T68 is nowhere any more but under their id in the records of others', async () => {
    const member = await addMember(owner, 'editor')
    await call('POST /api/v1/members/invitations/', {
      token: owner.token,
      body: { email: 'third@example.com', role: 'viewer' },
    })
    const other = await signUpPerson('Other')
    await call('POST /api/v1/members/invitations/', {
      token: other.token,
      body: { email: member.email, role: 'viewer' },
    })
    await d1()
      .insert(schema.verifications)
      .values([
        {
          id: 'v1',
          identifier: 'reset-password:hash',
          value: member.userId,
          expiresAt: new Date(),
          createdAt: new Date(),
          updatedAt: new Date(),
        },
        {
          id: 'v2',
          identifier: `change-email:${member.userId}`,
          value: `hash ${member.email}`,
          expiresAt: new Date(),
          createdAt: new Date(),
          updatedAt: new Date(),
        },
      ])
    await addFactorsAndAttempts(member)
    const subject = await attemptSubject(createTestContext({ kind: 'system', accountId: '' }), member.email)
    expect(await findInD1(subject)).toEqual({ sign_in_attempts: 1 })
    await call('PATCH /api/v1/me/', { token: member.token, body: { name: 'Mo' }, headers: { 'cf-ipcountry': 'NZ' } })
    expect(await placesOf(member)).toContainEqual(expect.stringContaining('device'))
    await deleteAccount(member)
    expect((await deletePerson(member)).status).toBe(200)
    await playAfter(0)
    await playToEnd()
    expect(Object.keys(await findInD1(member.userId))).toEqual(['audit_log'])
    expect(await findInD1(member.email)).toEqual({})
    expect(await findInD1(subject)).toEqual({})
    expect(new Set(await placesOf(member))).toEqual(new Set(['']))
    const records = await d1().select().from(schema.auditLog).where(eq(schema.auditLog.entityId, member.userId))
    expect(records.at(-1)).toMatchObject({ accountId: owner.accountId, action: 'member.removed', actor: 'system' })
    expect(refusal(await call('GET /api/v1/sites/', { token: member.token }))).toEqual([401, 'invalid_session'])
  })

  test('stays while they alone own an account, whatever got round the conditions', async () => {
    const second = await addMember(owner, 'owner')
    await env.DB.prepare("UPDATE memberships SET role = 'viewer' WHERE account_id = ?").bind(second.accountId).run()
    await deletePerson(second)
    await env.DB.prepare('DELETE FROM memberships WHERE user_id = ?').bind(owner.userId).run()
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    await playAfter(30, {}, 1)
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ subject: second.userId }))
    expect(await deletionOf(second.userId)).toMatchObject({ phase: 'waiting' })
    expect(await findInD1(second.email)).toEqual({ users: 1 })
  })
})

describe('what is erased', () => {
  /** Tables that are not emptied by the list of an account's tables, and what happens to their rows. */
  const DECIDED: Record<string, string> = {
    accounts: 'last of an account',
    sites: 'site by site, with the object',
    api_keys: 'with their site, or without it, by the id that they name',
    integrations: 'with their site, or without it',
    connection_changes: 'with their site, or without it',
    connection_watch: 'by the trigger on integrations',
    memberships: 'member by member',
    deletions: 'with what it deletes',
    users: 'with the person',
    sessions: 'with the person',
    user_credentials: 'with the person',
    passkeys: 'with the person',
    two_factors: 'with the person',
    verifications: 'with the person; challenges without a name end within minutes',
    sign_in_attempts: 'with the person: those on their address',
    mail_limits: 'keyed hashes, which end within a day',
    mail_suppressions: 'keyed hashes; who wants no invitations gets none either after they left',
    over_quota: 'always empty',
    ticks: 'about nobody',
    database_sizes: 'about nobody',
    figures: 'numbers, and ids of sites and accounts, for eight days',
    operators: 'with the person',
  }
  const tables = [...Object.values<unknown>(schema), ...Object.values<unknown>(eventSchema)].filter(
    (table): table is SQLiteTable => is(table, SQLiteTable),
  )

  test('T68 every table of the schema is erased, or somebody has decided why it is not', () => {
    const listed = [...ACCOUNT_TABLES, ...EVENT_TABLES].map(({ table }) => getTableName(table))
    expect(tables.map(getTableName).toSorted()).toEqual([...listed, ...Object.keys(DECIDED)].toSorted())
  })

  test('T68 every table that names an account is erased with it', () => {
    const listed = [...ACCOUNT_TABLES, ...EVENT_TABLES].map(({ table }) => getTableName(table))
    const withAccount = tables
      .filter((table) => Object.values(getTableColumns(table)).some(({ name }) => name === 'account_id'))
      .map(getTableName)
    const otherwise = ['sites', 'api_keys', 'integrations', 'connection_changes', 'connection_watch', 'memberships']
    expect(withAccount.toSorted()).toEqual([...listed, ...otherwise].toSorted())
  })

  test('T68 every table that names a person is erased with them', () => {
    const withPerson = tables
      .filter((table) => Object.values(getTableColumns(table)).some(({ name }) => name === 'user_id'))
      .map(getTableName)
    // deliveries have the id alone, and go by age
    const erased = ['memberships', 'operators', 'passkeys', 'sessions', 'two_factors', 'user_credentials']
    expect(withPerson.toSorted()).toEqual([...erased, 'notification_deliveries', 'notification_deliveries'].toSorted())
  })

  test.each([
    ...ACCOUNT_TABLES.map((entry) => [getTableName(entry.table), entry, d1] as const),
    ...EVENT_TABLES.map((entry) => [getTableName(entry.table), entry, eventsD1] as const),
  ])('%s is emptied by an index', async (_name, entry, database) => {
    const plan = await database().all<{ detail: string }>(sql`EXPLAIN QUERY PLAN ${deleteSome(entry, 'acc_x', 10)}`)
    const details = plan.map(({ detail }) => detail)
    expect(details.filter((detail) => detail.startsWith('SCAN'))).toEqual([])
  })
})

describe('a site’s object', () => {
  test('T68 keeps nothing for a call that comes after its site was deleted, whoever makes it', async () => {
    const site = await connectSiteWithStructure(owner)
    await call(`DELETE /api/v1/sites/${site.siteId}/`, { token: owner.token })
    const { accountId } = owner
    const late = {
      accountId,
      siteId: site.siteId,
      integrationId: site.integrationId,
      keyId: null,
      requestId: 'req_late',
    }
    const calls = async () => {
      const object = siteObject(site.siteId)
      expect(await object.enqueue(late, 'metadata')).toMatchObject({ ok: false, code: 'site_not_found' })
      expect(await object.createItem(late, { type: 'post', title: 'Late' })).toMatchObject({ ok: false })
      expect(await objectTables(site.siteId)).toEqual([])
    }
    await calls()
    const reader = reachSite(() => siteObject(site.siteId), new Stopwatch(Date.now))
    await expect(reader.listRuns(site.integrationId, 10, null)).rejects.toMatchObject({ code: 'site_not_found' })
    await evictDurableObject(siteObject(site.siteId))
    await calls()
  })

  test('T68 has no tables after its site was deleted, not even for a key that still calls', async () => {
    const site = await connectSiteWithStructure(owner)
    expect(await objectTables(site.siteId)).toContain('items')
    await call(`DELETE /api/v1/sites/${site.siteId}/`, { token: owner.token })
    expect(await objectTables(site.siteId)).toEqual([])
    const key = { accountId: owner.accountId, siteId: site.siteId, keyId: site.keyId }
    expect(await siteObject(site.siteId).authorizeKey(key)).toMatchObject({ ok: false, code: 'api_key_revoked' })
    expect(await objectTables(site.siteId)).toEqual([])
    const alarm = await runInDurableObject(siteObject(site.siteId), (_object, state) => state.storage.getAlarm())
    expect(alarm).toBeNull()
  })
})
