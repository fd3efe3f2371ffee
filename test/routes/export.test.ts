import { env } from 'cloudflare:workers'
import { eq, getTableColumns, getTableName, is } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as eventSchema from '../../src/db/events/schema.ts'
import * as schema from '../../src/db/schema/index.ts'
import type { ServiceContext } from '../../src/services/context.ts'
import { NO_SUM } from '../../src/contract/site-file.ts'
import { exportAccount, SECTIONS } from '../../src/services/export/account.ts'
import { readBlocks } from '../../src/services/export/blocks.ts'
import {
  addMember,
  createTestContext,
  createTestSite,
  inAccount,
  refusal,
  signUpPerson,
  type Person,
} from '../support/identity.ts'
import { connectSiteWithStructure, d1, eventsD1 } from '../support/integration.ts'
import { addDelivery } from '../support/notifications.ts'
import { call } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'

const PASSWORD = 'correct horse battery'
type Line = Record<string, unknown>

let owner: Person
beforeAll(playInternet)
beforeEach(async () => {
  owner = await signUpPerson('Owner')
})

const exportOf = (person: Person, account = person) =>
  call('POST /api/v1/account/export/', { token: person.token, headers: inAccount(account) })
const addItem = (siteId: string, title: string, body = '') =>
  call(`POST /api/v1/sites/${siteId}/content/`, { token: owner.token, body: { title, body } })

async function textOf(ctx: ServiceContext, cursor?: string): Promise<string> {
  let text = ''
  for await (const part of await exportAccount({ ctx, input: { cursor } })) text += part
  return text
}
const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line): Line => JSON.parse(line))

const ofKind = (lines: Line[], kind: string) => lines.filter((line) => line['kind'] === kind)

describe('the export of an account', () => {
  test('has everything, line by line, and no secret, and is recorded', async () => {
    const site = await connectSiteWithStructure(owner)
    await addItem(site.siteId, 'A title', 'The marker text')
    const { token } = owner
    await call('POST /api/v1/members/invitations/', { token, body: { email: 'guest@example.com', role: 'viewer' } })
    const endpoint = await call('POST /api/v1/notifications/endpoints/', {
      token,
      body: { url: 'https://hooks.example.com/igny8' },
    })
    const { status, body: lines, headers } = await exportOf(owner)
    expect(status).toBe(200)
    expect(headers.get('content-disposition')).toContain('attachment')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(lines[0]).toMatchObject({
      kind: 'export',
      of: 'account',
      version: 1,
      sites: 1,
      account: { id: owner.accountId },
    })
    expect(lines.at(-1)).toMatchObject({ kind: 'end', complete: true, failures: 0 })
    const kinds = new Set(lines.map(({ kind }: Line) => kind))
    for (const kind of ['member', 'invitation', 'site', 'integration', 'api_key', 'item', 'sync_event', 'endpoint'])
      expect(kinds).toContain(kind)
    expect(ofKind(lines, 'item')).toEqual([
      expect.objectContaining({ igny8: expect.objectContaining({ title: 'A title', body: 'The marker text' }) }),
    ])
    expect(ofKind(lines, 'audit').map(({ action }) => action)).toContain('account.exported')
    const [credential] = await d1()
      .select()
      .from(schema.userCredentials)
      .where(eq(schema.userCredentials.userId, owner.userId))
    const text = JSON.stringify(lines)
    for (const secret of [site.key, site.wordpress.signingSecret, endpoint.body.secret, credential?.password, token]) {
      expect(secret).toBeTruthy()
      expect(text).not.toContain(secret)
    }
    const records = await d1().select().from(schema.auditLog).where(eq(schema.auditLog.accountId, owner.accountId))
    expect(records.some(({ action, actor }) => action === 'account.exported' && actor.includes(owner.userId))).toBe(
      true,
    )
  })

  test('has all pages of rows and of items, each once', async () => {
    const siteId = await createTestSite(owner)
    const titles = ['One', 'Two', 'Three', 'Four']
    for (const title of titles) await addItem(siteId, title, 'x'.repeat(600_000))
    const event = { accountId: owner.accountId, siteId, integrationId: 'int_x', action: 'sync', success: true }
    for (let page = 0; page < 50; page++) {
      const rows = Array.from({ length: 9 }, (_, index) => ({
        ...event,
        id: `evt_${String(page * 9 + index).padStart(4, '0')}${owner.userId}`,
        itemIds: [],
        counts: {},
        startedAt: new Date(),
        finishedAt: new Date(),
      }))
      await eventsD1().insert(eventSchema.syncEvents).values(rows.slice(0, 5))
      await eventsD1().insert(eventSchema.syncEvents).values(rows.slice(5))
    }
    const { body: lines } = await exportOf(owner)
    expect(ofKind(lines, 'item').map(({ igny8 }) => (igny8 as Line)['title'])).toEqual(titles)
    const ids = ofKind(lines, 'sync_event').map(({ id }) => id)
    expect([ids.length, new Set(ids).size]).toEqual([450, 450])
  })

  test('names a site whose object does not answer, and goes on', async () => {
    const [broken, whole] = [await createTestSite(owner), await createTestSite(owner)]
    await addItem(whole, 'Whole')
    const ctx = createTestContext(
      { kind: 'user', userId: owner.userId, accountId: owner.accountId, role: 'owner' },
      {
        site: (siteId) => {
          if (siteId === broken) throw new Error('no answer')
          return env.SITE_SYNC.getByName(siteId)
        },
      },
    )
    const lines = linesOf(await textOf(ctx))
    expect(ofKind(lines, 'failure')).toEqual([{ kind: 'failure', site_id: broken, after: 0, code: 'unavailable' }])
    expect(ofKind(lines, 'item')).toEqual([
      expect.objectContaining({ igny8: expect.objectContaining({ title: 'Whole' }) }),
    ])
    expect(lines.at(-1)).toMatchObject({ kind: 'end', complete: false, failures: 1 })
  })

  test('has nothing of another account, and is for owners alone', async () => {
    const site = await connectSiteWithStructure()
    const stranger = site.owner
    const { token } = stranger
    await call('POST /api/v1/members/invitations/', { token, body: { email: 'theirs@example.com', role: 'viewer' } })
    const endpoint = await call('POST /api/v1/notifications/endpoints/', {
      token,
      body: { url: 'https://hooks.example.com/theirs' },
    })
    const delivery = await addDelivery(stranger, endpoint.body.id)
    const { body } = await exportOf(owner)
    const theirs = [stranger.accountId, stranger.userId, stranger.email, site.siteId, site.integrationId, site.keyId]
    for (const text of [...theirs, 'theirs@example.com', endpoint.body.id, delivery])
      expect(JSON.stringify(body)).not.toContain(text)
    const all = JSON.stringify((await exportOf(stranger)).body)
    for (const text of [...theirs, 'theirs@example.com', endpoint.body.id, delivery]) expect(all).toContain(text)
    const admin = await addMember(owner, 'admin')
    expect(refusal(await exportOf(admin, owner))).toEqual([403, 'role_too_low'])
    expect(refusal(await exportOf(stranger, owner))).toEqual([403, 'no_account'])
  })

  test('needs a recent sign-in', async () => {
    const before = new Date(Date.now() - 16 * 60_000)
    await d1().update(schema.sessions).set({ createdAt: before }).where(eq(schema.sessions.userId, owner.userId))
    expect(refusal(await exportOf(owner))).toEqual([403, 'recent_sign_in_required'])
    await call('POST /api/v1/me/confirm/', { token: owner.token, body: { password: PASSWORD } })
    expect((await exportOf(owner)).status).toBe(200)
  })
})

describe('an export in parts', () => {
  /** Many sites, each with an integration, a key, and a change that waits. */
  async function addSites(count: number): Promise<void> {
    const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`
    const { accountId: account } = owner
    const id = `printf('%06d', i) || '${account}'`
    for (const rows of [
      `sites (id, account_id, name, url, created_at, updated_at)
        ${many} SELECT 'site_' || ${id}, '${account}', 'Site', 'https://e.example', 1, 1 FROM n`,
      `integrations (id, account_id, site_id, platform, site_url, config_json, type_settings_json, created_at, updated_at)
        ${many} SELECT 'int_' || ${id}, '${account}', 'site_' || ${id}, 'wordpress', 'https://e.example', '{}', '{}', 1, 1 FROM n`,
      `api_keys (id, account_id, site_id, name, hash, masked, scopes, created_at)
        ${many} SELECT 'key_' || ${id}, '${account}', 'site_' || ${id}, 'Key', 'hash', 'mask', '[]', 1 FROM n`,
      `connection_changes (integration_id, id, account_id, site_id, state, fingerprint, secret, api_key_id, requested_at, expires_at)
        ${many} SELECT 'int_' || ${id}, 'chg_' || ${id}, '${account}', 'site_' || ${id}, 'waiting', 'print', 'sealed', 'key_x', 1, 9e12 FROM n`,
    ])
      await env.DB.prepare(`INSERT INTO ${rows}`).run()
  }

  /** Objects with three pages of items each. */
  const objects = {
    exportItems: async (siteId: string, after: number) => ({
      text: `${JSON.stringify({ kind: 'item', site_id: siteId, n: after + 1 })}\n`,
      next: after < 2 ? after + 1 : null,
    }),
  }
  const namespace = { getByName: () => objects } as unknown as Env['SITE_SYNC']

  /** D1 as it is, which refuses the 1,001st query. */
  function limitedDatabases() {
    let queries = 0
    const spend = (count: number) => {
      queries += count
      if (queries > 1_000) throw new Error('too many queries in one request')
    }
    const session = (real: D1DatabaseSession): D1DatabaseSession =>
      new Proxy(real, {
        get(target, name) {
          if (name === 'batch')
            return (statements: D1PreparedStatement[]) => {
              // `prepare` has counted these
              return target.batch(statements)
            }
          if (name === 'prepare')
            return (query: string) => {
              spend(1)
              return target.prepare(query)
            }
          const value: unknown = Reflect.get(target, name)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    const limited = (database: D1Database) =>
      ({ withSession: (from: string) => session(database.withSession(from)) }) as unknown as D1Database
    return { databases: { DB: limited(env.DB), EVENTS: limited(env.EVENTS) }, count: () => queries }
  }

  test('T68 of more sites than a request has queries is still one', async () => {
    await addSites(1_200)
    const { databases, count } = limitedDatabases()
    const bindings = { ...databases, SITE_SYNC: namespace }
    const { body: lines } = await call('POST /api/v1/account/export/', {
      token: owner.token,
      headers: inAccount(owner),
      bindings,
    })
    for (const kind of ['site', 'integration', 'api_key', 'connection_change'])
      expect([kind, ofKind(lines, kind).length]).toEqual([kind, 1_200])
    expect(ofKind(lines, 'item')).toHaveLength(3_600)
    expect(lines.at(-1)).toMatchObject({ kind: 'end', complete: true, failures: 0 })
    expect(count()).toBeLessThan(100)
  })

  test('T68 of more records than a request has queries goes on, and each part keeps within them', async () => {
    const many = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50100)'
    await env.EVENTS.prepare(
      `INSERT INTO notification_messages (id, account_id, type, summary, changes, body, created_at)
        ${many} SELECT printf('msg_%06d', i), '${owner.accountId}', 'test', 's', 1, 'b', 1 FROM n`,
    ).run()
    const ids: unknown[] = []
    const ends: unknown[] = []
    for (let cursor = ''; ends.at(-1) !== 'end';) {
      const { databases, count } = limitedDatabases()
      const { status, body: lines } = await call(`POST /api/v1/account/export/${cursor}`, {
        token: owner.token,
        headers: inAccount(owner),
        bindings: databases,
      })
      expect([status, count() <= 1_000]).toEqual([200, true])
      ids.push(...ofKind(lines, 'notification').map(({ id }) => id))
      ends.push(lines.at(-1).kind)
      cursor = `?cursor=${lines.at(-1).next}`
    }
    expect(ends).toEqual(['page', 'end'])
    expect([ids.length, new Set(ids).size]).toEqual([50_100, 50_100])
  })

  test('T68 is the same whole, wherever the parts end', async () => {
    await addSites(7)
    await call('POST /api/v1/members/invitations/', {
      token: owner.token,
      body: { email: 'käse@example.com', role: 'viewer' },
    })
    const actor = { kind: 'user', userId: owner.userId, accountId: owner.accountId, role: 'owner' } as const
    const site = (siteId: string) => {
      if (siteId.startsWith('site_000004')) throw new Error('no answer')
      return objects as unknown as ReturnType<ServiceContext['site']>
    }
    const base = { site, now: () => Date.parse('2026-12-01') }
    const whole = await textOf(createTestContext(actor, base))
    // the exports themselves are recorded, and so are in the later ones
    const compared = (text: string) =>
      text.split('\n').filter((line) => !/account\.exported|^\{"kind":"(?:check|end)"/.test(line))
    const isIntact = (text: string) => readBlocks(text, { lines: 0, sum: NO_SUM }, () => undefined)
    await expect(isIntact(whole)).rejects.toMatchObject({ code: 'file_incomplete' })
    for (const pages of [2, 3, 5]) {
      let joined = ''
      for (let cursor: string | undefined, part = 0; part === 0 || cursor !== undefined; part++) {
        expect(part).toBeLessThan(60)
        let asked = 0
        const lines = (
          await textOf(createTestContext(actor, { ...base, queriesLeft: () => (asked++ < pages ? 1_000 : 50) }), cursor)
        ).split(/(?<=\n)/)
        const last = JSON.parse(lines.at(-1) ?? '')
        joined += (last.kind === 'page' ? lines.slice(0, -1) : lines).join('')
        cursor = last.next
      }
      expect(compared(joined)).toEqual(compared(whole))
      // the joined parts prove that they are whole, but for the site that did not answer
      await expect(isIntact(joined)).rejects.toMatchObject({ code: 'file_incomplete' })
      await expect(isIntact(joined.replace('"item"', '"itme"'))).rejects.toMatchObject({ code: 'file_damaged' })
    }
    expect(linesOf(whole).at(-1)).toMatchObject({ kind: 'end', complete: false, failures: 1 })
  })

  test('a cursor that is none is refused', async () => {
    const broken = ['x', btoa('{}'), btoa(JSON.stringify({ kind: 'nothing', after: null, site: null, failures: 0 }))]
    for (const cursor of broken) {
      const answer = await call(`POST /api/v1/account/export/?cursor=${cursor}`, { token: owner.token })
      expect(refusal(answer)).toEqual([400, 'invalid_cursor'])
    }
  })
})

test('T68 every table with rows of an account is in its export, or somebody has decided why it is not', () => {
  const EXPORTED: Record<string, string> = {
    account_quotas: 'quota',
    api_keys: 'api_key',
    audit_log: 'audit',
    connection_changes: 'connection_change',
    integrations: 'integration',
    invitations: 'invitation',
    memberships: 'member',
    notification_deliveries: 'delivery',
    notification_endpoints: 'endpoint',
    notification_messages: 'notification',
    sites: 'site',
    sync_events: 'sync_event',
  }
  const LEFT_OUT = {
    outbox: 'messages and events on their way, for a minute; then they are in the sections of their own',
    connect_codes: 'hashes of codes that a minute ends, one for each site',
    connection_watch: 'which state of a connection was told last: bookkeeping of the notifications',
    idempotency_keys: 'answers to requests, sealed, for a day',
  }
  // those of the release before are emptied into the ones of today, under the same names
  const withAccount = [...new Set([...Object.values<unknown>(schema), ...Object.values<unknown>(eventSchema)])]
    .filter((table): table is SQLiteTable => is(table, SQLiteTable))
    .filter((table) => Object.values(getTableColumns(table)).some(({ name }) => name === 'account_id'))
    .map(getTableName)
  expect([...new Set(withAccount)].toSorted()).toEqual([...Object.keys(EXPORTED), ...Object.keys(LEFT_OUT)].toSorted())
  expect(Object.values(EXPORTED).toSorted()).toEqual(SECTIONS.map(({ kind }) => kind).toSorted())
})

test('the export of a person has what is kept about them, without secrets', async () => {
  const member = await addMember(owner, 'editor')
  const passkey = {
    userId: member.userId,
    counter: 0,
    deviceType: 'singleDevice',
    backedUp: false,
    createdAt: new Date(),
  }
  await d1()
    .insert(schema.passkeys)
    .values({ id: 'psk_export', name: 'My key', credentialID: 'credential', publicKey: 'public-key', ...passkey })
  const { status, body } = await call('POST /api/v1/me/export/', { token: member.token })
  expect(status).toBe(200)
  expect(body.person).toMatchObject({ id: member.userId, email: member.email })
  expect(body.accounts.map(({ account_id: id }: Line) => id).toSorted()).toEqual(
    [member.accountId, owner.accountId].toSorted(),
  )
  expect(body.sessions).toHaveLength(1)
  expect(body.passkeys).toEqual([{ name: 'My key', created_at: expect.any(String) }])
  expect(body.sign_in).toEqual([expect.objectContaining({ kind: 'credential' })])
  const [credential] = await d1()
    .select()
    .from(schema.userCredentials)
    .where(eq(schema.userCredentials.userId, member.userId))
  expect(JSON.stringify(body)).not.toContain(credential?.password)
  expect(JSON.stringify(body)).not.toContain(member.token.split('.')[0])
})
