import { env } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { notificationDeliveries, notificationMessages } from '../../src/db/events/schema.ts'
import {
  accounts,
  connectionWatch,
  integrations,
  memberships,
  notificationEndpoints,
  users,
} from '../../src/db/schema/index.ts'
import { addMember, signUpPerson, type Person } from '../support/identity.ts'
import { d1, eventsD1 } from '../support/integration.ts'
import { call } from '../support/openapi.ts'
import { playInternet, shortenTimeouts } from '../support/plugin.ts'
import {
  addEndpoint,
  addIntegration,
  deliveriesOf,
  EMAIL,
  isSignedBy,
  notifyNow,
  pass,
  readEndpoint,
  Receiver,
  setConnection,
  tick,
  withEmail,
} from '../support/notifications.ts'

let owner: Person
let receiver: Receiver
let endpoint: Awaited<ReturnType<typeof addEndpoint>>
let mail: Receiver

beforeAll(playInternet)
beforeEach(async () => {
  await d1().delete(connectionWatch)
  await eventsD1().delete(notificationDeliveries)
  await d1().delete(notificationEndpoints)
  await d1().update(integrations).set({ nextCheckAt: null })
  owner = await signUpPerson()
  receiver = new Receiver()
  endpoint = await addEndpoint(owner, receiver)
  mail = new Receiver(EMAIL.EMAIL_API_URL)
})

/** A change of one site that is due to be reported. */
async function ripeChange(person = owner, name = 'Shop'): Promise<string> {
  const { id } = await addIntegration(person, name)
  await setConnection(id, 'unreachable', 'dns_failed')
  await pass({ minutes: 2.5 })
  return id
}

const shownEndpoint = async (person = owner, path = endpoint.path) =>
  (await call(`GET ${path}/`, { token: person.token })).body

describe('a webhook', () => {
  test('that fails is tried again, later and later, with the same id and a new signature', async () => {
    receiver.respond = () => new Response('Sorry', { status: 500 })
    await ripeChange()
    const waits: number[] = []
    for (let attempt = 1; attempt <= 6; attempt++) {
      await tick()
      expect(receiver.requests).toHaveLength(attempt)
      const [delivery] = await deliveriesOf(owner)
      expect(delivery).toMatchObject({
        status: 'pending',
        attempts: attempt,
        last_status: 500,
        error: { code: 'server_error' },
      })
      waits.push((Date.parse(delivery.next_attempt_at) - Date.now()) / 60_000)
      await pass({ minutes: (waits.at(-1) ?? 0) + 0.1 })
    }
    for (const [index, minutes] of waits.entries()) {
      expect(minutes).toBeGreaterThan(0.7 * 2 ** index)
      expect(minutes).toBeLessThanOrEqual(2 ** index)
    }
    expect(new Set(receiver.header('webhook-id')).size).toBe(1)
    for (const request of receiver.requests) expect(await isSignedBy(request, endpoint.secret)).toBe(true)
    receiver.respond = () => new Response(null, { status: 204 })
    await tick()
    expect(await deliveriesOf(owner)).toMatchObject([
      { status: 'delivered', attempts: 7, error: null, next_attempt_at: null, last_status: 204 },
    ])
    expect(await shownEndpoint()).toMatchObject({
      failing_since: null,
      last_error: null,
      last_delivered_at: expect.any(String),
      pending: 0,
    })
  })

  test('whose receiver asks for a pause gets it', async () => {
    receiver.respond = () => new Response('', { status: 429, headers: { 'retry-after': '1800' } })
    await ripeChange()
    await tick()
    const [delivery] = await deliveriesOf(owner)
    expect(delivery.error.code).toBe('too_many')
    const minutes = (Date.parse(delivery.next_attempt_at) - Date.now()) / 60_000
    expect(minutes).toBeGreaterThan(29)
    await pass({ minutes: 20 })
    await tick()
    expect(receiver.requests).toHaveLength(1)
    await pass({ minutes: 11 })
    await tick()
    expect(receiver.requests).toHaveLength(2)
  })

  test.each([
    ['a redirect is not followed', () => Response.redirect('https://elsewhere.example.com/', 307), 'redirected', 307],
    ['a refusal', () => new Response('no', { status: 400 }), 'refused', 400],
    ['a broken connection', () => Promise.reject(new TypeError('Network connection lost.')), 'connection_failed', null],
  ])('%s: failing, with the reason, and still switched on', async (_name, respond, code, status) => {
    receiver.respond = respond
    await ripeChange()
    await tick()
    expect(receiver.requests).toHaveLength(1)
    expect(await deliveriesOf(owner)).toMatchObject([{ status: 'pending', last_status: status, error: { code } }])
    expect(await shownEndpoint()).toMatchObject({
      is_active: true,
      failing_since: expect.any(String),
      last_error: { code, title: expect.any(String), detail: expect.any(String), fix: expect.any(String) },
      pending: 1,
    })
  })

  test('to one that hangs times out, and delays no other', async () => {
    shortenTimeouts(300)
    receiver.respond = ({ signal }) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
    const other = await signUpPerson()
    const good = new Receiver()
    await addEndpoint(other, good)
    await ripeChange()
    await ripeChange(other)
    await tick()
    expect(good.requests).toHaveLength(1)
    expect(await deliveriesOf(owner)).toMatchObject([{ status: 'pending', error: { code: 'timed_out' } }])
  })

  test('T37 to an address that is not public any more never leaves', async () => {
    await d1()
      .update(notificationEndpoints)
      .set({ url: 'https://10.0.0.1/x' })
      .where(eq(notificationEndpoints.id, endpoint.id))
    await ripeChange()
    const before = vi.mocked(globalThis.fetch).mock.calls.length
    await tick()
    expect(vi.mocked(globalThis.fetch).mock.calls).toHaveLength(before)
    expect(await deliveriesOf(owner)).toMatchObject([{ error: { code: 'address_refused' } }])
  })

  test('is given up after three days, stays visible, and can be delivered again with the same id', async () => {
    receiver.respond = () => new Response('', { status: 503 })
    await ripeChange()
    for (let hours = 0; hours <= 73; hours += 7) {
      await tick()
      await pass({ minutes: 7 * 60 })
    }
    const attempts = receiver.requests.length
    expect(attempts).toBeGreaterThan(8)
    const [delivery] = await deliveriesOf(owner)
    expect(delivery).toMatchObject({ status: 'failed', next_attempt_at: null, finished_at: expect.any(String) })
    expect(await shownEndpoint()).toMatchObject({ is_active: true, failing_since: expect.any(String), pending: 0 })
    await tick()
    expect(receiver.requests).toHaveLength(attempts)
    receiver.respond = () => new Response('ok')
    const path = `/api/v1/notifications/deliveries/${delivery.id}/redeliver/`
    const again = await call(`POST ${path}`, { token: owner.token })
    expect([again.status, again.body.status, again.body.attempts]).toEqual([202, 'pending', 0])
    expect((await call(`POST ${path}`, { token: owner.token })).body.code).toBe('delivery_pending')
    await tick()
    expect(receiver.requests).toHaveLength(attempts + 1)
    expect(new Set(receiver.header('webhook-id'))).toEqual(new Set([delivery.message_id]))
    expect(await deliveriesOf(owner)).toMatchObject([{ status: 'delivered' }])
  })

  test('that was taken on by a tick which broke off is sent again with the same id', async () => {
    await ripeChange()
    const update = vi.fn<() => void>()
    receiver.respond = async () => {
      update()
      // as after a tick that was interrupted before it recorded the result: only the claim is left
      await eventsD1()
        .update(notificationDeliveries)
        .set({ attempts: sql`attempts + 1` })
      return new Response('ok')
    }
    await tick()
    expect(await deliveriesOf(owner)).toMatchObject([{ status: 'pending' }])
    await tick()
    expect(receiver.requests).toHaveLength(1)
    receiver.respond = () => new Response('ok')
    await pass({ minutes: 4 })
    await tick()
    expect(receiver.requests).toHaveLength(2)
    expect(new Set(receiver.header('webhook-id')).size).toBe(1)
    expect(await deliveriesOf(owner)).toMatchObject([{ status: 'delivered' }])
  })

  test('after an outage: an endpoint is asked by one delivery at a time, and gets all of them once it is back', async () => {
    receiver.respond = () => new Response('', { status: 500 })
    const messages = 4
    for (let index = 0; index < messages; index++) {
      await ripeChange(owner, `Site ${index}`)
      await d1().update(accounts).set({ notifiedAt: null })
      await notifyNow()
    }
    const asked = receiver.requests.length
    // each message when it was new, and the oldest again when they were due
    expect(asked).toBeLessThanOrEqual(2 * messages)
    await pass({ minutes: 600 })
    await notifyNow()
    expect(receiver.requests).toHaveLength(asked + 1)
    receiver.respond = () => new Response('ok')
    await pass({ minutes: 600 })
    await notifyNow()
    await notifyNow()
    const statuses = (await deliveriesOf(owner)).map(({ status }: { status: string }) => status)
    expect(statuses).toEqual(Array.from({ length: messages }, () => 'delivered'))
  })

  test('signed while its secret rotates carries both signatures, and the new one alone after that', async () => {
    const { body } = await call(`POST ${endpoint.path}/rotate-secret/`, { token: owner.token, body: { grace_s: 3600 } })
    await ripeChange()
    await tick()
    const [during] = receiver.requests
    expect(during && (await isSignedBy(during, endpoint.secret))).toBe(true)
    expect(during && (await isSignedBy(during, body.secret))).toBe(true)
    await pass({ minutes: 70 })
    await ripeChange(owner, 'Other')
    await tick()
    const after = receiver.requests[1]
    expect(after && (await isSignedBy(after, endpoint.secret))).toBe(false)
    expect(after && (await isSignedBy(after, body.secret))).toBe(true)
  })
})

describe('an e-mail', () => {
  test('goes to owners and admins, and to others who want it, with a key and escaped', async () => {
    const [admin, editor, viewer] = [
      await addMember(owner, 'admin'),
      await addMember(owner, 'editor'),
      await addMember(owner, 'viewer'),
    ]
    const wants = (person: Person, email: boolean) =>
      call('PUT /api/v1/notifications/preferences/', {
        token: person.token,
        headers: { 'x-account-id': owner.accountId },
        body: { email },
      })
    await wants(editor, true)
    await wants(admin, false)
    expect(viewer.email).toBeDefined()
    const id = await ripeChange(owner, '<b>Shop</b> & “Co”')
    await tick(withEmail)
    expect(mail.messages.map(({ to }) => to[0]).toSorted()).toEqual([owner.email, editor.email].toSorted())
    const [request] = mail.requests
    expect(request?.headers.get('authorization')).toBe(`Bearer ${EMAIL.EMAIL_API_KEY}`)
    expect(new Set(mail.header('idempotency-key')).size).toBe(2)
    const [message] = mail.messages
    expect(message).toMatchObject({ from: EMAIL.EMAIL_FROM, subject: 'IGNY8: A site is unreachable' })
    expect(message.html).toContain('(b)Shop(/ b) &amp; “Co”')
    expect(message.text).toContain('(b)Shop(/ b) & “Co” (shop. example. com) is unreachable')
    const [site] = await d1().select().from(integrations).where(eq(integrations.id, id))
    expect(message.text).toContain(`http://api.test/sites/${site?.siteId}/connection`)
    expect(receiver.requests).toHaveLength(1)
  })

  test('is tried again with the same key while its provider is away, one attempt a tick, and the webhook goes out', async () => {
    mail.respond = () => new Response('', { status: 503 })
    await ripeChange()
    await tick(withEmail)
    await pass({ minutes: 1.1 })
    await tick(withEmail)
    expect([mail.requests.length, receiver.requests.length]).toEqual([2, 1])
    expect(new Set(mail.header('idempotency-key')).size).toBe(1)
    const email = async () =>
      (await deliveriesOf(owner)).find(({ channel }: { channel: string }) => channel === 'email')
    expect(await email()).toMatchObject({
      status: 'pending',
      recipient: owner.email,
      error: { code: 'email_unavailable' },
    })
    mail.respond = () => Response.json({ id: 'x' })
    await pass({ minutes: 3 })
    await tick(withEmail)
    expect(await email()).toMatchObject({ status: 'delivered', attempts: 3 })
  })

  test('that is refused for itself is given up at once', async () => {
    mail.respond = () => new Response('', { status: 422 })
    await ripeChange()
    await tick(withEmail)
    expect(await deliveriesOf(owner)).toContainEqual(
      expect.objectContaining({
        channel: 'email',
        status: 'failed',
        error: expect.objectContaining({ code: 'email_refused' }),
      }),
    )
  })

  test('that waits is not sent to who has left, was switched off, or doesn’t want it any more', async () => {
    const [left, off] = [await addMember(owner, 'admin'), await addMember(owner, 'admin')]
    mail.respond = () => new Response('', { status: 503 })
    await ripeChange()
    await tick(withEmail)
    const sent = mail.requests.length
    await d1().delete(memberships).where(eq(memberships.userId, left.userId))
    await d1().update(users).set({ isActive: false }).where(eq(users.id, off.userId))
    await call('PUT /api/v1/notifications/preferences/', { token: owner.token, body: { email: false } })
    mail.respond = () => new Response('ok')
    await pass({ minutes: 3 })
    await tick(withEmail)
    expect(mail.requests).toHaveLength(sent)
    const emails = (await deliveriesOf(owner)).filter(({ channel }: { channel: string }) => channel === 'email')
    expect(emails.map((delivery: { error: { code: string } }) => delivery.error.code)).toEqual(
      Array.from({ length: 3 }, () => 'recipient_gone'),
    )
  })

  test('tells the admins, once, that an endpoint has failed for an hour or is gone, which stays switched on', async () => {
    receiver.respond = () => new Response('', { status: 500 })
    await ripeChange()
    await tick(withEmail)
    expect(mail.messages).toHaveLength(1)
    for (let minutes = 0; minutes < 150; minutes += 10) {
      await pass({ minutes: 10 })
      await tick(withEmail)
    }
    await tick(withEmail)
    expect(mail.messages.map(({ subject }) => subject)).toEqual([
      'IGNY8: A site is unreachable',
      'IGNY8: A webhook can’t be reached',
    ])
    expect(mail.messages[1].text).toContain('http://api.test/notifications')
    expect(await readEndpoint(endpoint.id)).toMatchObject({ isActive: true, failingToldAt: expect.any(Date) })
    const other = await signUpPerson()
    const gone = new Receiver()
    await addEndpoint(other, gone)
    gone.respond = () => new Response('', { status: 410 })
    await ripeChange(other)
    await tick(withEmail)
    await tick(withEmail)
    expect(mail.messages.at(-1)).toMatchObject({
      to: [other.email],
      subject: expect.stringContaining('can’t be reached'),
    })
    expect(await deliveriesOf(other)).toContainEqual(
      expect.objectContaining({
        channel: 'webhook',
        status: 'pending',
        error: expect.objectContaining({ code: 'gone' }),
      }),
    )
  })
})

test('a fault of ours is no endpoint’s, and is not tried for ever', async () => {
  await ripeChange()
  await tick(withEmail)
  await eventsD1().update(notificationMessages).set({ body: '{' })
  const email = async () => (await deliveriesOf(owner)).find(({ channel }: { channel: string }) => channel === 'email')
  await eventsD1()
    .update(notificationDeliveries)
    .set({ status: 'pending', attempts: 0, nextAttemptAt: new Date(0) })
  await tick(withEmail)
  expect(await email()).toMatchObject({ status: 'pending', attempts: 1, error: { code: 'internal_error' } })
  await pass({ minutes: 3 * 24 * 60 })
  await tick(withEmail)
  expect(await email()).toMatchObject({ status: 'failed', error: { code: 'internal_error' } })
})

test('what is past its time is deleted with its message, and nothing that waits', async () => {
  await ripeChange()
  await tick()
  receiver.respond = () => new Response('', { status: 500 })
  await ripeChange(owner, 'Later')
  await tick()
  await pass({ minutes: 60 * 24 * 92 })
  await eventsD1()
    .update(notificationDeliveries)
    .set({ nextAttemptAt: new Date(Date.now() + 60_000) })
    .where(eq(notificationDeliveries.status, 'pending'))
  await tick()
  expect(await deliveriesOf(owner)).toMatchObject([{ status: 'pending' }])
})

test('T42 secrets are sealed anew after a rotation of the encryption key, and one that can’t be opened says so', async () => {
  const before = await readEndpoint(endpoint.id)
  const lost = await addEndpoint(owner, new Receiver())
  await d1()
    .update(notificationEndpoints)
    .set({ secrets: 'v1.gone.AAAA', sealedWith: 'gone' })
    .where(eq(notificationEndpoints.id, lost.id))
  const k2 = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))
  const rotated = { ENCRYPTION_KEYS: JSON.stringify({ k2, ...JSON.parse(env.ENCRYPTION_KEYS) }) } as Partial<Env>
  await tick(rotated)
  const after = await readEndpoint(endpoint.id)
  expect(after?.secrets).toMatch(/^v1\.k2\./)
  expect(after?.secrets).not.toBe(before?.secrets)
  const alone = { ENCRYPTION_KEYS: JSON.stringify({ k2 }) } as Partial<Env>
  const tested = await call(`POST ${endpoint.path}/test/`, { token: owner.token, bindings: alone })
  expect(tested.body.success).toBe(true)
  expect((await shownEndpoint(owner, lost.path)).last_error).toMatchObject({ code: 'secret_unreadable' })
})
