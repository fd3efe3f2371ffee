import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { and, eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { Hono } from 'hono'
import { AUDIT_ACTIONS, type AuditAction, type AuditRecord } from '../../src/contract/audit.ts'
import { db } from '../../src/db/client.ts'
import { auditLog, users } from '../../src/db/schema/index.ts'
import type { AppEnv } from '../../src/env.ts'
import { requestId } from '../../src/middleware/request-id.ts'
import { serverTiming } from '../../src/middleware/server-timing.ts'
import { defineRoute, noContent, type Route } from '../../src/routes/define.ts'
import { routes } from '../../src/routes/index.ts'
import { mountRoutes } from '../../src/routes/mount.ts'
import { csvField, EXPORTED_ROWS } from '../../src/services/audit/export.ts'
import { appendAudit, eraseOrigins } from '../../src/services/audit/index.ts'
import { selectAudit } from '../../src/services/audit/list.ts'
import { coarsenAddress } from '../../src/lib/request-origin.ts'
import {
  addMember,
  call,
  createTestContext,
  createTestKey,
  inAccount,
  signUpPerson,
  type Person,
} from '../support/identity.ts'
import { CONNECT, connectBody, connectSite } from '../support/integration.ts'
import { callRaw } from '../support/openapi-raw.ts'
import { playInternet, startModelSite } from '../support/plugin.ts'
import { audit as german } from '../../web/src/i18n/de/audit.ts'
import { audit as english } from '../../web/src/i18n/en/audit.ts'

const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const ORIGIN = { 'cf-connecting-ip': '203.0.113.77', 'cf-ipcountry': 'DE', 'user-agent': USER_AGENT }
const d1 = () => db(env, null).db

let owner: Person
let editor: Person
let siteId: string
beforeAll(async () => {
  owner = await signUpPerson('Olga Ownersdottir')
  editor = await addMember(owner, 'editor')
  const body = { name: '=1+1', url: 'https://audit.example' }
  siteId = (await call('POST /api/v1/sites/', { token: owner.token, body, headers: ORIGIN })).body.id
  await createTestKey(owner, siteId)
  await call('POST /api/v1/members/invitations/', {
    token: owner.token,
    body: { email: 'Invited.Person@example.org', role: 'viewer' },
  })
  await call(`PATCH /api/v1/members/${editor.userId}/`, { token: owner.token, body: { role: 'admin' } })
})

const list = (query = '', person = owner) => call(`GET /api/v1/audit/${query}`, { token: person.token })

describe('the audit log', () => {
  test('says who did what, when and from where', async () => {
    const { status, body } = await list(`?entity_id=${siteId}`)
    expect(status).toBe(200)
    expect(body.results).toEqual([
      expect.objectContaining({
        actor: { kind: 'user', id: owner.userId, name: 'Olga Ownersdottir' },
        action: 'site.created',
        entity_name: '=1+1',
        origin: { country: 'DE', network: '203.0.113.0/24', device: 'Firefox, Linux' },
        sealed: true,
      }),
    ])
  })

  test('is read page by page, newest first, whole', async () => {
    const all = (await list()).body.results.map(({ seq }: { seq: number }) => seq)
    const paged: number[] = []
    let cursor = ''
    do {
      const { body } = await list(`?limit=2${cursor}`)
      paged.push(...body.results.map(({ seq }: { seq: number }) => seq))
      cursor = body.next === null ? '' : `&cursor=${body.next}`
    } while (cursor !== '')
    expect(paged).toEqual(all)
    expect(all).toEqual(all.toSorted((left: number, right: number) => right - left))
  })

  test.each([
    ['action=member.invited', 1],
    ['action=site.deleted', 0],
    ['actor=user:usr_nobody', 0],
    ['from=2999-01-01T00:00:00Z', 0],
    ['to=2000-01-01T00:00:00Z', 0],
    ['from=2000-01-01T00:00:00Z&to=2999-01-01T00:00:00Z&action=member.role_changed', 1],
    ['entity_id=invited.person@example.org', 1],
  ])('is filtered by %s', async (query, count) => {
    expect((await list(`?${query}`)).body.results).toHaveLength(count)
  })

  test.each(['limit=0', 'action=nothing', 'from=yesterday', 'cursor=x', 'cursor=1.2.3'])(
    'refuses %s',
    async (query) => {
      expect((await list(`?${query}`)).status).toBe(400)
    },
  )

  test('is read by owners alone, each their own', async () => {
    expect((await call('GET /api/v1/audit/', { token: editor.token, headers: inAccount(owner) })).status).toBe(403)
    const other = await signUpPerson()
    const foreign = (await list('', other)).body.results
    expect(foreign.map(({ action }: { action: string }) => action)).toEqual(['account.created'])
  })

  test.each([
    {},
    { actor: 'user:a' },
    { action: 'site.created' as const },
    { entity_id: 'a' },
    { from: '2026-01-01T00:00:00Z' },
  ])('uses an index for %j, without sorting', async (filter) => {
    const ctx = createTestContext({ kind: 'system', accountId: owner.accountId })
    const { sql: text, params } = selectAudit(ctx, filter, { limit: 10, cursor: '1.1' }).toSQL()
    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${text}`)
      .bind(...params)
      .all<{ detail: string }>()
    const by = { actor: 'actor', action: 'action', entity_id: 'entity', from: 'time' }[Object.keys(filter)[0] ?? 'from']
    expect(plan.results.map(({ detail }) => detail).join('\n')).toContain(`audit_log_by_${by} `)
    expect(JSON.stringify(plan.results)).not.toContain('TEMP B-TREE')
  })
})

describe('an export', () => {
  test('as JSON has every record, and is recorded itself', async () => {
    const { body } = await call('GET /api/v1/audit/export/', { token: owner.token })
    expect(body[0]).toMatchObject({ action: 'audit.exported', metadata: { format: 'json' } })
    expect(body.map(({ seq }: { seq: number }) => seq)).toEqual(
      (await list()).body.results.map(({ seq }: { seq: number }) => seq),
    )
  })

  test('has at most 10,000 records in a file, and says where the next one begins', async () => {
    const person = await signUpPerson()
    await d1()
      .run(sql`insert into audit_log (account_id, seq, actor, action, entity_id, metadata, request_id, created_at, hash)
      with recursive n(seq) as (select 2 union all select seq + 1 from n where seq <= ${EXPORTED_ROWS})
      select ${person.accountId}, seq, 'system', 'site.updated', 'site_x', '{}', 'req_x', seq, '' from n`)
    const first = await call('GET /api/v1/audit/export/?action=site.updated&format=json', { token: person.token })
    expect([first.body.length, first.headers.get('link')]).toEqual([EXPORTED_ROWS, null])
    const all = await call('GET /api/v1/audit/export/', { token: person.token })
    const seqs = all.body.map(({ seq }: { seq: number }) => seq)
    const [, next = ''] = /^<http[^>]*(\/api\/[^>]+)>; rel="next"$/.exec(all.headers.get('link') ?? '') ?? []
    const rest = await call(`GET ${next}`, { token: person.token })
    seqs.push(...rest.body.map(({ seq }: { seq: number }) => seq))
    expect([all.body.length, rest.body.length, rest.headers.get('link')]).toEqual([EXPORTED_ROWS, 3, null])
    // two exports were recorded besides, the last of them after the first file
    expect(new Set(seqs).size).toBe(EXPORTED_ROWS + 3)
  }, 60_000)

  test('as CSV gives a spreadsheet no formula', async () => {
    const answer = await callRaw('GET /api/v1/audit/export/?format=csv', { token: owner.token })
    expect(answer.headers.get('content-type')).toContain('text/csv')
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-log-[\d-]+\.csv"$/)
    expect(answer.body).toContain(`"'=1+1"`)
  })

  test.each(['=1', '+1', '-1', '@x', ' =1', '\t=1', '\r=1', '|x', '%x'])('escapes %j', (text) => {
    expect(csvField(text)).toBe(`"'${text}"`)
  })

  test('quotes quotes and line breaks', () => {
    expect(csvField('a"b\n,')).toBe('"a""b\n,"')
  })
})

describe('verifying', () => {
  const verify = (person: Person, body: unknown = {}) =>
    call('POST /api/v1/audit/verify/', { token: person.token, body })

  test('finds a whole chain whole', async () => {
    const { body } = await verify(owner)
    expect(body).toMatchObject({ broken: null, is_complete: true })
    expect(body.verified).toBe(body.head.seq)
    expect((await verify(owner, { after: body.head })).body).toMatchObject({ verified: 0, head: body.head })
  })

  test('names the first broken record', async () => {
    const person = await signUpPerson()
    for (const name of ['a', 'b', 'c'])
      await call('POST /api/v1/sites/', { token: person.token, body: { name, url: `https://${name}.example` } })
    const third = and(eq(auditLog.accountId, person.accountId), eq(auditLog.seq, 3))
    await d1().update(auditLog).set({ entityId: 'site_other' }).where(third)
    expect((await verify(person)).body.broken).toEqual({ seq: 3, reason: 'forged' })
    await d1().delete(auditLog).where(third)
    expect((await verify(person)).body.broken).toEqual({ seq: 3, reason: 'missing' })
  })

  test('a person’s erasure leaves the chain whole, and the log says only their id', async () => {
    const person = await signUpPerson('Erasmus Erased')
    const body = { name: 'S', url: 'https://erased.example' }
    await call('POST /api/v1/sites/', { token: person.token, body, headers: ORIGIN })
    await call('POST /api/v1/audit/verify/', { token: person.token, body: {} })
    const member = await addMember(person, 'owner')
    await d1().batch([eraseOrigins(d1(), person.userId), d1().delete(users).where(eq(users.id, person.userId))])
    const as = { token: member.token, headers: inAccount(person) }
    const [record] = (await call('GET /api/v1/audit/', as)).body.results
    expect(record).toMatchObject({ actor: { kind: 'user', id: person.userId, name: null }, origin: null })
    expect((await call('POST /api/v1/audit/verify/', { ...as, body: {} })).body.broken).toBeNull()
  })

  test('shows an origin that was exchanged', async () => {
    const person = await signUpPerson()
    await call('POST /api/v1/sites/', {
      token: person.token,
      body: { name: 'S', url: 'https://o.example' },
      headers: ORIGIN,
    })
    await d1()
      .update(auditLog)
      .set({ origin: '{"country":"FR","network":null,"device":null}' })
      .where(and(eq(auditLog.accountId, person.accountId), eq(auditLog.seq, 2)))
    expect((await verify(person)).body.broken).toEqual({ seq: 2, reason: 'forged' })
  })
})

describe('what is recorded', () => {
  test('signing in and out', async () => {
    const person = await signUpPerson()
    const credentials = { email: person.email, password: 'correct horse battery' }
    const { body } = await call('POST /api/v1/auth/sign-in/email/', { body: credentials, headers: ORIGIN })
    await call('POST /api/v1/auth/sign-out/', { token: body.token })
    const actions = (await list('', person)).body.results.map(({ action }: { action: string }) => action)
    expect(actions).toEqual(['session.ended', 'session.created', 'account.created'])
  })

  test('what people change of their sign-in, in the log of each of their accounts, without addresses', async () => {
    const boss = await signUpPerson()
    const person = await addMember(boss, 'viewer')
    const as = { token: person.token, headers: ORIGIN }
    await call('PATCH /api/v1/me/', { ...as, body: { name: 'Renate Renamed' } })
    await call('POST /api/v1/me/email/', { ...as, body: { email: 'renate.new@example.org' } })
    await call('DELETE /api/v1/me/email/change/', as)
    const passwords = { current_password: 'correct horse battery', new_password: 'quite another staple' }
    expect((await call('POST /api/v1/me/password/', { ...as, body: passwords })).status).toBe(200)
    const { results } = (await list(`?actor=user:${person.userId}`, boss)).body
    expect(results.map(({ action }: { action: string }) => action)).toEqual([
      'person.password_changed',
      'person.email_change_cancelled',
      'person.email_change_requested',
      'person.renamed',
    ])
    expect(results[0]).toMatchObject({ entity_id: person.userId, origin: { country: 'DE' } })
    expect(JSON.stringify(results)).not.toMatch(/renate\.new|staple/)
    const own = await d1().$count(auditLog, eq(auditLog.accountId, person.accountId))
    // after the account’s own first record
    expect(own).toBe(results.length + 1)
  })

  test('whether a connect request changed the address, the secret or the key', async () => {
    playInternet()
    const site = await connectSite()
    const other = startModelSite()
    other.signingSecret = startModelSite().signingSecret
    const { key, id } = await createTestKey(site.owner, site.siteId)
    await call(CONNECT, { body: connectBody(site) })
    const body = { ...connectBody({ ...site, wordpress: other }), api_key: key }
    expect((await call(CONNECT, { body, token: site.owner.token })).status).toBe(200)
    const { results } = (await list('', site.owner)).body
    const told = (results as AuditRecord[]).filter(({ action }) => action.startsWith('integration.'))
    expect(told.map(({ actor, action, metadata }) => [actor.id, action, metadata])).toEqual([
      [
        site.owner.userId,
        'integration.connection_changed',
        expect.objectContaining({
          authority: 'person',
          changes: [
            { what: 'secret_replaced', from: null, to: null },
            { what: 'address_changed', from: site.wordpress.url, to: other.url },
            { what: 'key_changed', from: expect.any(String), to: expect.stringContaining(id.slice(4, 8)) },
          ],
        }),
      ],
      [site.keyId, 'integration.connected', expect.objectContaining({ authority: 'first', changes: [] })],
    ])
  })

  test('no e-mail address, and no name of a person', async () => {
    const rows = await d1()
      .select({ text: sql<string>`concat_ws(' ', actor, entity_id, metadata, origin)` })
      .from(auditLog)
      .where(eq(auditLog.accountId, owner.accountId))
    const stored = rows.map(({ text }) => text).join('\n')
    expect(stored).toContain('email:')
    expect(stored).not.toMatch(/[^\s"]@[^\s"]/)
    expect(stored).not.toMatch(/Invited|Ownersdottir/i)
  })

  test('nothing that no route or job writes, and every action has words in the app', () => {
    const declared = routes.flatMap(({ records }) => {
      if (records === undefined || (typeof records === 'object' && 'nothing' in records)) return []
      return typeof records === 'string' ? [records] : records.oneOf
    })
    expect([...new Set(declared)].toSorted()).toEqual([...AUDIT_ACTIONS].toSorted())
    const keys = AUDIT_ACTIONS.map((action) => action.replace('.', '-'))
    for (const words of [english, german]) expect(Object.keys(words.action).toSorted()).toEqual(keys.toSorted())
  })

  test('what every route that changes something declares, with a reason if it is nothing', () => {
    for (const { method, operationId, records } of routes) {
      if (method === 'get') continue
      expect(records, operationId).toBeDefined()
      if (typeof records === 'object' && 'nothing' in records) expect(records.nothing, operationId).toMatch(/\w+ \w+/)
    }
  })

  const answerOf = async (records: Route['records'], write?: AuditAction) => {
    const app = new Hono<AppEnv>()
    app.use(requestId, serverTiming)
    app.onError((error, c) => c.text(error.message, 500))
    const route = defineRoute({
      method: 'post',
      path: '/x',
      operationId: 'changeX',
      tag: 'x',
      summary: 'Change x',
      access: { kind: 'public' },
      throttle: 'integration',
      records: records ?? { nothing: 'it is not declared' },
      responses: { 204: { description: 'Done', schema: null } },
      handle: async ({ ctx }) => {
        const entry = { entityId: 'x', accountId: owner.accountId }
        if (write) await appendAudit({ ctx, input: { entry: { ...entry, action: write }, changes: [] } })
        return noContent()
      },
    })
    mountRoutes(app, [route])
    const execution = createExecutionContext()
    const answer = await app.fetch(new Request('http://api.test/x', { method: 'POST' }), env, execution)
    await waitOnExecutionContext(execution)
    return answer.text()
  }

  test('no route that records nothing though it declares something, or something that it doesn’t', async () => {
    expect(await answerOf('site.created', 'site.created')).toBe('')
    expect(await answerOf('site.created')).toBe('changeX does not record site.created')
    expect(await answerOf({ oneOf: ['site.created'], unless: 'nothing changes' })).toBe('')
    expect(await answerOf('site.created', 'site.deleted')).toBe(
      'changeX records site.deleted, which it does not declare',
    )
    expect(await answerOf({ nothing: 'reads the log' }, 'site.deleted')).toContain('does not declare')
  })
})

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:85a3::8a2e:370:7334', '2001:db8:85a3::/48'],
  ['2001:db8::1', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
  ['unknown', null],
  [null, null],
])('of the address %s the log keeps %s', (address, network) => {
  expect(coarsenAddress(address)).toBe(network)
})
