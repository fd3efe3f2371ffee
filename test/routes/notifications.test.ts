import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eq } from 'drizzle-orm'
import { auditLog } from '../../src/db/schema/index.ts'
import { addMember, inAccount, signUpPerson, type Person } from '../support/identity.ts'
import { d1 } from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'
import {
  addDelivery,
  addEndpoint,
  DELIVERIES,
  deliveriesOf,
  ENDPOINTS,
  isSignedBy,
  NOTIFICATIONS,
  readEndpoint,
  Receiver,
  withEmail,
} from '../support/notifications.ts'

let owner: Person
let receiver: Receiver
beforeAll(playInternet)
beforeEach(async () => {
  owner = await signUpPerson()
  receiver = new Receiver()
})

const create = (body: Record<string, unknown>, person = owner) =>
  call(`POST ${ENDPOINTS}/`, { token: person.token, headers: inAccount(owner), body })

describe('an endpoint', () => {
  test('shows its secret once, and keeps it sealed', async () => {
    const { status, body } = await create({ name: 'Pager', url: receiver.url })
    expect(status).toBe(201)
    expect(body).toMatchObject({ name: 'Pager', url: receiver.url, is_active: true, failing_since: null, pending: 0 })
    expect(body.secret).toMatch(/^whsec_/)
    const { secret, ...shown } = body
    expect((await call(`GET ${ENDPOINTS}/${body.id}/`, { token: owner.token })).body).toEqual(shown)
    expect((await call(`GET ${ENDPOINTS}/`, { token: owner.token })).body).toEqual({ results: [shown], next: null })
    expect(JSON.stringify(await readEndpoint(body.id))).not.toContain(secret)
  })

  test.each([
    ['a private address', 'https://10.1.2.3/hook'],
    ['a loopback name in another notation', 'https://[::ffff:10.0.0.1]/'],
    ['a name of a private network', 'https://hooks.internal/'],
    ['the clear', 'http://hooks.example.com/'],
    ['another port', 'https://hooks.example.com:8443/'],
    ['a password', 'https://user:pw@hooks.example.com/'],
  ])('T37 is not taken with %s', async (_name, url) => {
    const answer = await create({ url })
    expect(refusal(answer)).toEqual([400, 'validation_error'])
    expect(answer.body.errors[0].path).toBe('body.url')
    const { path } = await addEndpoint(owner, receiver)
    const moved = await call(`PATCH ${path}/`, { token: owner.token, body: { url } })
    expect(refusal(moved)).toEqual([400, 'validation_error'])
  })

  test('is one of ten at most, also when two are added at once', async () => {
    for (let index = 0; index < 9; index++) await addEndpoint(owner, receiver)
    const answers = await Promise.all([create({ url: receiver.url }), create({ url: receiver.url })])
    expect(answers.map(refusal).toSorted()).toEqual([
      [201, undefined],
      [409, 'too_many_endpoints'],
    ])
    expect((await call(`GET ${ENDPOINTS}/`, { token: owner.token })).body.results).toHaveLength(10)
  })

  test('is listed in pages', async () => {
    const ids = [await addEndpoint(owner, receiver), await addEndpoint(owner, receiver)].map(({ id }) => id)
    const first = await call(`GET ${ENDPOINTS}/?limit=1`, { token: owner.token })
    const second = await call(`GET ${ENDPOINTS}/?limit=1&cursor=${first.body.next}`, { token: owner.token })
    expect([...first.body.results, ...second.body.results].map(({ id }) => id)).toEqual(ids)
    expect(refusal(await call(`GET ${ENDPOINTS}/?cursor=%20`, { token: owner.token }))).toEqual([400, 'invalid_cursor'])
  })

  test('is changed, switched off and on, and deleted, and the audit log says who did it', async () => {
    const { id, path } = await addEndpoint(owner, receiver)
    const patch = (body: Record<string, unknown>) => call(`PATCH ${path}/`, { token: owner.token, body })
    expect((await patch({ name: 'New' })).body).toMatchObject({ name: 'New', is_active: true })
    expect((await patch({ is_active: false })).body.is_active).toBe(false)
    expect((await patch({ is_active: true, url: 'https://other.example.com/' })).body).toMatchObject({
      is_active: true,
      url: 'https://other.example.com/',
    })
    expect(refusal(await patch({}))).toEqual([400, 'validation_error'])
    expect((await call(`DELETE ${path}/`, { token: owner.token })).status).toBe(204)
    expect(refusal(await call(`GET ${path}/`, { token: owner.token }))).toEqual([404, 'endpoint_not_found'])
    const entries = await d1().select().from(auditLog).where(eq(auditLog.entityId, id)).orderBy(auditLog.seq)
    expect(entries.map(({ action }) => action.replace('notification_endpoint.', ''))).toEqual([
      'created',
      'updated',
      'updated',
      'updated',
      'deleted',
    ])
    expect(new Set(entries.map(({ actor }) => actor))).toEqual(new Set([`user:${owner.userId}`]))
  })

  test('is everybody’s to see and an admin’s to change', async () => {
    const { path } = await addEndpoint(owner, receiver)
    const [viewer, editor, admin] = [
      await addMember(owner, 'viewer'),
      await addMember(owner, 'editor'),
      await addMember(owner, 'admin'),
    ]
    const as = (person: Person) => ({ token: person.token, headers: inAccount(owner) })
    expect((await call(`GET ${path}/`, as(viewer))).status).toBe(200)
    expect(refusal(await call(`POST ${path}/test/`, as(editor)))).toEqual([403, 'role_too_low'])
    expect(refusal(await create({ url: receiver.url }, editor))).toEqual([403, 'role_too_low'])
    expect((await create({ url: receiver.url }, admin)).status).toBe(201)
  })
})

describe('the secret of an endpoint', () => {
  test('is replaced, with overlap and without', async () => {
    const { id, secret, path } = await addEndpoint(owner, receiver)
    const rotate = (grace: number) =>
      call(`POST ${path}/rotate-secret/`, { token: owner.token, body: { grace_s: grace } })
    const first = await rotate(600)
    expect(first.status).toBe(201)
    expect(first.body.secret).not.toBe(secret)
    expect(Date.parse(first.body.previous_secret_until)).toBeGreaterThan(Date.now() + 590_000)
    const second = await rotate(0)
    expect(second.body).toMatchObject({ id, previous_secret_until: null })
    await call(`POST ${path}/test/`, { token: owner.token })
    const [ping] = receiver.requests
    expect(ping && (await isSignedBy(ping, second.body.secret))).toBe(true)
    expect(ping && (await isSignedBy(ping, first.body.secret, secret))).toBe(false)
  })
})

describe('a test', () => {
  test('sends a signed ping, and tells how it was answered', async () => {
    const { id, secret, path } = await addEndpoint(owner, receiver)
    receiver.respond = () => new Response('no', { status: 401 })
    const failed = await call(`POST ${path}/test/`, { token: owner.token })
    expect(failed.body).toMatchObject({
      success: false,
      status: 401,
      error: { code: 'refused', detail: expect.stringContaining('401'), fix: expect.any(String) },
    })
    receiver.respond = () => new Response('ok')
    const { body } = await call(`POST ${path}/test/`, { token: owner.token })
    expect(body).toMatchObject({ success: true, status: 200, error: null, took_ms: expect.any(Number) })
    expect(receiver.messages[1]).toEqual({
      type: 'ping',
      timestamp: expect.any(String),
      data: { endpoint_id: id },
    })
    for (const request of receiver.requests) expect(await isSignedBy(request, secret)).toBe(true)
    expect((await call(`GET ${path}/`, { token: owner.token })).body.last_delivered_at).not.toBeNull()
  })

  test('of an address that has no answer says why', async () => {
    const { body: created } = await create({ url: 'https://nowhere.example.com/' })
    const { body } = await call(`POST ${ENDPOINTS}/${created.id}/test/`, { token: owner.token })
    expect(body).toMatchObject({ success: false, status: null, error: { code: 'name_not_found' } })
  })
})

describe('deliveries', () => {
  test('are listed newest first, by endpoint and status, in pages', async () => {
    const ids = [await addDelivery(owner), await addDelivery(owner), await addDelivery(owner)]
    const list = async (query: string) => (await call(`GET ${DELIVERIES}/${query}`, { token: owner.token })).body
    const first = await list('?limit=2&status=failed')
    expect(first.results.map(({ id }: { id: string }) => id)).toEqual([ids[2], ids[1]])
    expect(first.results[0]).toMatchObject({
      channel: 'email',
      recipient: owner.email,
      error: { code: 'email_refused' },
    })
    const second = await list(`?limit=2&status=failed&cursor=${first.next}`)
    expect(second.results.map(({ id }: { id: string }) => id)).toEqual([ids[0]])
    expect((await list('?status=pending')).results).toEqual([])
    expect((await list(`?endpoint_id=hook_${'0'.repeat(32)}`)).results).toEqual([])
  })

  test('of another account can’t be seen or repeated', async () => {
    const id = await addDelivery(await signUpPerson())
    expect(await deliveriesOf(owner)).toEqual([])
    const answer = await call(`POST ${DELIVERIES}/${id}/redeliver/`, { token: owner.token })
    expect(refusal(answer)).toEqual([404, 'delivery_not_found'])
  })
})

describe('one’s own e-mail', () => {
  const PREFERENCES = `${NOTIFICATIONS}/preferences/`

  test('is on for owners and admins at first, and each sets their own', async () => {
    const viewer = await addMember(owner, 'viewer')
    const of = async (person: Person) =>
      (await call(`GET ${PREFERENCES}`, { token: person.token, headers: inAccount(owner) })).body
    expect(await of(owner)).toEqual({ email: true, address: owner.email, email_configured: false })
    expect(await of(viewer)).toEqual({ email: false, address: viewer.email, email_configured: false })
    const set = await call(`PUT ${PREFERENCES}`, {
      token: viewer.token,
      headers: inAccount(owner),
      body: { email: true },
    })
    expect(set.body.email).toBe(true)
    expect((await of(viewer)).email).toBe(true)
    expect((await of(owner)).email).toBe(true)
    // their own account is unchanged
    expect((await call(`GET ${PREFERENCES}`, { token: viewer.token })).body.email).toBe(true)
  })

  test('says whether this server can send any', async () => {
    const { body } = await call(`GET ${PREFERENCES}`, { token: owner.token, bindings: withEmail })
    expect(body.email_configured).toBe(true)
  })

  test.each([
    { EMAIL_API_URL: 'https://email.example.com/' },
    { EMAIL_API_KEY: 'key' },
    { EMAIL_API_URL: 'https://email.example.com/', EMAIL_API_KEY: 'key', EMAIL_FROM: 'nobody' },
    { ...withEmail, EMAIL_API_URL: 'ftp://email.example.com/' },
    { ...withEmail, ENVIRONMENT: 'production', EMAIL_API_URL: 'http://email.example.com/' },
  ])('is configured whole or not at all: %o', async (bindings) => {
    const answer = await call('GET /healthz', { bindings: bindings as unknown as Partial<Env> }).catch(() => null)
    expect(answer?.status ?? 500).toBeGreaterThanOrEqual(500)
  })
})
