/** An operator suspends an account: what its people and sites may still do, and that nothing else gets through. */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { and, eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { runScheduled } from '../../src/cron/index.ts'
import { notificationDeliveries } from '../../src/db/events/schema.ts'
import { accounts, auditLog, connectionWatch, integrations, invitations, sites } from '../../src/db/schema/index.ts'
import { sha256Hex } from '../../src/lib/hmac.ts'
import { routes } from '../../src/routes/index.ts'
import type { Route } from '../../src/routes/define.ts'
import { forgetApiKeys } from '../../src/services/api-keys/store.ts'
import { emptySink } from '../../src/services/mail/index.ts'
import { connectWordPress, createShared, deliver, playWordPress, quiet, type ContentSite } from '../support/content.ts'
import { createTestSite, refusal, signUpPerson, type Person } from '../support/identity.ts'
import { d1, eventsD1, siteObject } from '../support/integration.ts'
import { approve, codeIn, exchange, startAsking } from '../support/consent.ts'
import { addDelivery } from '../support/notifications.ts'
import { mailsTo, withSink } from '../support/mail.ts'
import { call } from '../support/openapi.ts'
import { createOperator } from '../support/operators.ts'

const REASON = 'Sends spam'
const CONNECT = 'POST /api/v1/integration/integrations/test-connection/'
let olga: Person

beforeAll(async () => {
  playWordPress()
  olga = await createOperator()
})

const act = (accountId: string, verb: 'suspend' | 'lift-suspension', options: Parameters<typeof call>[1] = {}) =>
  call(`POST /api/v1/operator/accounts/${accountId}/${verb}/`, {
    token: olga.token,
    body: { reason: REASON },
    bindings: withSink,
    ...options,
  })
const tick = (now = Date.now(), bindings: Env = env) =>
  runScheduled({ cron: '* * * * *', scheduledTime: now, noRetry: () => undefined }, bindings)

async function suspended(): Promise<ContentSite> {
  const site = await connectWordPress({ twoWay: true })
  await createShared(site, { title: 'A' })
  const { status, body } = await act(site.owner.accountId, 'suspend')
  expect([status, body.suspension]).toEqual([200, { since: expect.any(String), reason: REASON, is_told: true }])
  return site
}

const recordsOf = (log: string, accountId: string) =>
  d1()
    .select({ actor: auditLog.actor, action: auditLog.action, metadata: auditLog.metadata })
    .from(auditLog)
    .where(and(eq(auditLog.accountId, log), eq(auditLog.entityId, accountId)))

describe('suspending an account', () => {
  test('is recorded in both logs, told to its owners by mail, and shown to its people; once', async () => {
    const ada = await signUpPerson('Ada')
    emptySink()
    expect((await act(ada.accountId, 'suspend')).body).toMatchObject({
      id: ada.accountId,
      suspension: { reason: REASON },
    })
    expect((await act(ada.accountId, 'suspend')).status).toBe(200)
    const metadata = { reason: REASON }
    const action = 'account.suspended'
    const own = (await recordsOf(ada.accountId, ada.accountId)).filter((record) => record.action === action)
    expect(own).toEqual([{ actor: 'operator', action, metadata }])
    const { body: log } = await call('GET /api/v1/audit/?action=account.suspended', { token: ada.token })
    expect(log.results).toMatchObject([{ actor: { kind: 'operator', id: null, name: null }, origin: null }])
    expect(await recordsOf('operator', ada.accountId)).toEqual([{ actor: `user:${olga.userId}`, action, metadata }])
    const [mail, ...others] = mailsTo(ada.email)
    expect([mail?.subject, others]).toEqual(['IGNY8: Your account was suspended', []])
    expect(mail?.text).toContain(REASON)
    const session = (await call('GET /api/v1/auth/get-session', { token: ada.token })).body
    expect(session.suspension).toEqual({ since: expect.any(String), reason: REASON })
    const { body } = await call('GET /api/v1/operator/accounts/?suspended=true', { token: olga.token })
    expect(body.results.map(({ id }: { id: string }) => id)).toContain(ada.accountId)
  })

  test('needs a reason and an account', async () => {
    const ada = await signUpPerson()
    expect(refusal(await act(ada.accountId, 'suspend', { body: { reason: ' ' } }))).toEqual([400, 'validation_error'])
    expect(refusal(await act(ada.accountId, 'suspend', { body: {} }))).toEqual([400, 'validation_error'])
    expect(refusal(await act('acc_none', 'suspend'))).toEqual([404, 'account_not_found'])
    const [row] = await d1().select().from(accounts).where(eq(accounts.id, ada.accountId))
    expect(row?.suspendedAt).toBeNull()
  })
})

/** Any request of a route; who may not call it hears so before it is looked at. */
const requestOf = ({ method, path }: Route) => `${method.toUpperCase()} ${path.replaceAll(/:\w+/g, 'x')}/`

describe('while an account is suspended', () => {
  let site: ContentSite
  beforeAll(async () => {
    site = await suspended()
  })

  const ofAccount = routes.filter(({ access }) => ['person', 'member', 'optional', 'api_key'].includes(access.kind))
  const mayWrite = ({ access }: Route) =>
    access.kind === 'person' && (access.withoutAccount === true || access.duringSuspension === true)

  test('its people write nothing but what is about themselves, and export', () => {
    const open = ofAccount
      .filter((route) => route.method !== 'get' && mayWrite(route))
      .map((route) => route.operationId)
    expect(
      open
        .filter((id) => !/^(verifyAudit|acceptInvitation|createAccount|exportAccount|exportSite)$/.test(id))
        .every((id) => {
          const route = routes.find(({ operationId }) => operationId === id)
          return route?.path.startsWith('/api/v1/me')
        }),
    ).toBe(true)
    expect(open).toContain('verifyAudit')
  })

  test.each(ofAccount.map((route) => [route.operationId, route] as const))('%s', async (_id, route) => {
    const { access, method, body, upload } = route
    const more = upload ? { lines: '' } : body ? { body: {} } : {}
    const byPerson = await call(requestOf(route), { token: site.owner.token, ...more })
    if (access.kind === 'api_key') expect(refusal(byPerson)).toEqual([401, 'credentials_missing'])
    else if (method === 'get' || mayWrite(route)) expect(byPerson.body?.code).not.toBe('account_suspended')
    else {
      expect(refusal(byPerson)).toEqual([403, 'account_suspended'])
      expect(byPerson.body.detail).toBe(REASON)
    }
    const byKey = await call(requestOf(route), { token: site.key, ...more })
    expect([...refusal(byKey), byKey.headers.get('retry-after')]).toEqual([403, 'account_suspended', '3600'])
    // its reason is not for everybody who has a key
    expect(JSON.stringify(byKey.body)).not.toContain(REASON)
  })

  test('its people read and export', async () => {
    const { token } = site.owner
    const { body } = await call(`GET ${site.content}/`, { token })
    expect(body.results).toHaveLength(1)
    const exported = await call(`POST /api/v1/sites/${site.siteId}/export/`, { token, body: {} })
    expect([exported.status, JSON.stringify(exported.body)]).toEqual([200, expect.stringContaining('"A"')])
    const own = await call('POST /api/v1/account/export/', { token, body: {} })
    expect([own.status, JSON.stringify(own.body)]).toEqual([200, expect.stringContaining('"A"')])
    expect((await call('POST /api/v1/audit/verify/', { token, body: {} })).body.broken).toBeNull()
    const renamed = await call('PATCH /api/v1/me/', { token, body: { name: 'Ada L.' } })
    expect(renamed.status).toBe(200)
  })

  test('its plugins connect by no key, whoever sends it', async () => {
    const body = {
      site_id: site.siteId,
      api_key: site.key,
      site_url: site.model.url,
      signing_secret: site.model.signingSecret,
    }
    expect(refusal(await call(CONNECT, { body }))).toEqual([403, 'account_suspended'])
  })

  test('its webhooks and polls are refused by the object, too, where the edge still takes the key', async () => {
    const hash = Object.values((await env.API_KEYS.list()).keys)
    const records = (await Promise.all(hash.map(({ name }) => env.API_KEYS.get(name, 'json')))) as { key_id: string }[]
    const mine = hash[records.findIndex(({ key_id: id }) => id === site.keyId)]
    const record = records.find(({ key_id: id }) => id === site.keyId)
    expect(record).toMatchObject({ status: 'account_suspended' })
    await env.API_KEYS.put(mine?.name ?? '', JSON.stringify({ ...record, status: 'active' }))
    forgetApiKeys(env.API_KEYS)
    const post = site.model.createPost({ title: 'B', status: 'publish' })
    const webhook = site.outbox.splice(0)[0]
    if (!webhook) throw new Error(`no webhook of ${post.id}`)
    expect(refusal(await deliver(site, webhook))).toEqual([403, 'account_suspended'])
    const key = { accountId: site.owner.accountId, siteId: site.siteId, keyId: site.keyId }
    const polled = await siteObject(site.siteId).poll(key, site.integrationId, { headers: {}, body: '{}' })
    expect(polled).toMatchObject({ ok: false, code: 'account_suspended' })
    await env.API_KEYS.put(mine?.name ?? '', JSON.stringify(record))
    forgetApiKeys(env.API_KEYS)
  })

  test('its site is neither checked nor synced, even if a run was queued at the last moment', async () => {
    const [row] = await d1().select().from(integrations).where(eq(integrations.id, site.integrationId))
    expect(row).toMatchObject({ connection: 'disabled', connectionReason: 'account_suspended', nextCheckAt: null })
    const before = site.model.stats.requests
    const call0 = { accountId: site.owner.accountId, siteId: site.siteId, integrationId: site.integrationId }
    const late = { ...call0, keyId: null, requestId: 'req_late' }
    await siteObject(site.siteId).enqueue(late, 'both')
    await siteObject(site.siteId).scheduleCheck(call0, Date.now())
    await vi.waitFor(async () => expect((await siteObject(site.siteId).runs()).currentRun).toBeNull(), 5_000)
    expect((await siteObject(site.siteId).runs()).lastRun?.status).toBe('cancelled')
    await runInDurableObject(siteObject(site.siteId), async () => undefined)
    expect(site.model.stats.requests).toBe(before)
  })

  test('nobody is told of its connections, and its deliveries wait', async () => {
    const id = await addDelivery(site.owner)
    await eventsD1()
      .update(notificationDeliveries)
      .set({ status: 'pending', nextAttemptAt: new Date(0), expiresAt: new Date(Date.now() + 1e9) })
      .where(eq(notificationDeliveries.id, id))
    await d1()
      .update(connectionWatch)
      .set({ dueAt: new Date(0) })
      .where(eq(connectionWatch.integrationId, site.integrationId))
    await tick()
    const [delivery] = await eventsD1().select().from(notificationDeliveries).where(eq(notificationDeliveries.id, id))
    expect(delivery).toMatchObject({ status: 'pending', attempts: 0 })
    const [watch] = await d1()
      .select()
      .from(connectionWatch)
      .where(eq(connectionWatch.integrationId, site.integrationId))
    expect(watch?.dueAt?.getTime()).toBe(0)
    await eventsD1().delete(notificationDeliveries).where(eq(notificationDeliveries.id, id))
  })

  test('no key is made of a code that was approved just before', async () => {
    const ada = await signUpPerson()
    const asking = await startAsking('https://consent.example.com')
    const code = codeIn(await approve(ada, asking))
    await act(ada.accountId, 'suspend')
    expect(refusal(await exchange(asking, code))).toEqual([403, 'account_suspended'])
    await act(ada.accountId, 'lift-suspension')
    // it was not used up
    expect((await exchange(asking, code)).status).toBe(201)
  })

  test('what is open to everybody changes no account, but for these, which ask', () => {
    const ofPeople = /^(?:sign|verifyEmail|\w*[pP]assword|\w*Passkey)/
    const open = routes.filter(({ access, method }) => access.kind === 'public' && method !== 'get')
    expect(open.map(({ operationId }) => operationId).filter((id) => !ofPeople.test(id))).toEqual([
      'describeConnectRequest',
      'exchangeConnectCode',
      'unsubscribe',
      'resubscribe',
    ])
  })

  test('nobody joins it', async () => {
    const [guest, token] = [await signUpPerson('Guest'), 'an-invitation']
    const times = { createdAt: new Date(), expiresAt: new Date(Date.now() + 1e9) }
    const row = {
      tokenHash: await sha256Hex(token),
      accountId: site.owner.accountId,
      email: guest.email,
      role: 'editor',
    } as const
    await d1()
      .insert(invitations)
      .values({ ...row, ...times })
    const accept = () => call('POST /api/v1/members/invitations/accept/', { token: guest.token, body: { token } })
    expect(refusal(await accept())).toEqual([403, 'account_suspended'])
    expect(await d1().$count(invitations, eq(invitations.tokenHash, row.tokenHash))).toBe(1)
    await d1().delete(invitations).where(eq(invitations.tokenHash, row.tokenHash))
  })

  test('other accounts of its people work', async () => {
    const other = await connectWordPress()
    expect((await call(`GET ${other.path}/content-types/`, { token: other.key })).status).toBe(200)
    expect((await call('GET /api/v1/sites/', { token: other.owner.token })).status).toBe(200)
  })
})

describe('lifting a suspension', () => {
  test('makes keys work and the site be checked and synced again; what was switched off stays off', async () => {
    const site = await connectWordPress()
    const { accountId, token, email } = site.owner
    const off = await connectWordPress({ owner: site.owner })
    await call(`PATCH /api/v1/sites/${off.siteId}/`, { token, body: { is_active: false } })
    await act(accountId, 'suspend')
    emptySink()
    const { body } = await act(accountId, 'lift-suspension')
    expect(body.suspension).toBeNull()
    expect((await act(accountId, 'lift-suspension')).status).toBe(200)
    expect(mailsTo(email).map(({ subject }) => subject)).toEqual(['IGNY8: Your account works again'])
    expect((await recordsOf('operator', accountId)).map(({ action }) => action)).toEqual([
      'account.suspended',
      'account.suspension_lifted',
    ])
    forgetApiKeys(env.API_KEYS)
    expect((await call(`GET ${site.path}/content-types/`, { token: site.key })).status).toBe(200)
    expect(refusal(await call(`GET ${off.path}/content-types/`, { token: off.key }))).toEqual([403, 'site_inactive'])
    await tick(Date.now() + 5 * 60_000)
    await vi.waitFor(async () => {
      const [row] = await d1().select().from(integrations).where(eq(integrations.id, site.integrationId))
      expect(row?.connection).toBe('ready')
    }, 5_000)
    const started = await call(`POST ${site.path}/sync/`, { token, body: { direction: 'from_external' } })
    expect(started.status).toBe(202)
    expect(await quiet(site)).toMatchObject({ id: started.body.id, status: 'succeeded' })
    const [row] = await d1().select().from(accounts).where(eq(accounts.id, accountId))
    expect(row).toMatchObject({ suspendedAt: null, suspensionReason: null, suspension: null })
  })
})

describe('an account with many sites', () => {
  test('is told site by site: the first at once, the others by the cron, which goes on after a failure', async () => {
    const ada = await signUpPerson()
    for (let n = 0; n < 12; n++) await createTestSite(ada, `https://many-${n}.example.com`)
    const told = () => d1().$count(sites, and(eq(sites.accountId, ada.accountId), eq(sites.isSuspended, true)))
    const { body } = await act(ada.accountId, 'suspend')
    expect([body.suspension.is_told, await told()]).toEqual([false, 10])
    const away = { getByName: () => ({ recheckKeys: () => Promise.reject(new Error('away')) }) }
    await tick(Date.now(), { ...env, SITE_SYNC: away as unknown as Env['SITE_SYNC'] })
    expect(await told()).toBe(10)
    await tick()
    const { body: after } = await call(`GET /api/v1/operator/accounts/?account_id=${ada.accountId}`, {
      token: olga.token,
    })
    expect([after.results[0].suspension.is_told, await told()]).toEqual([true, 12])
    await act(ada.accountId, 'lift-suspension')
    await tick()
    expect(await told()).toBe(0)
  })

  test('that is suspended and lifted in turn ends as it was last decided', async () => {
    const ada = await signUpPerson()
    for (let n = 0; n < 11; n++) await createTestSite(ada, `https://turn-${n}.example.com`)
    await act(ada.accountId, 'suspend')
    await act(ada.accountId, 'lift-suspension')
    await act(ada.accountId, 'suspend')
    await tick()
    const [row] = await d1().select().from(accounts).where(eq(accounts.id, ada.accountId))
    expect(row).toMatchObject({ suspension: 'stopped', suspensionReason: REASON })
    expect(await d1().$count(sites, and(eq(sites.accountId, ada.accountId), eq(sites.isSuspended, true)))).toBe(11)
  })
})
