import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { mailLimits, mailSuppressions, memberships, users } from '../../src/db/schema/index.ts'
import { emptySink, type LetterKind, MAIL_BUDGETS, pruneMail, trySendMail } from '../../src/services/mail/index.ts'
import { addMember, call, refusal, signUpPerson, type Person } from '../support/identity.ts'
import { d1 } from '../support/integration.ts'
import { mailsTo, withSink } from '../support/mail.ts'
import { addIntegration, pass, setConnection, tick } from '../support/notifications.ts'

const BASE = '/api/v1/mail'
const INVITE = 'POST /api/v1/members/invitations/'
const link = 'http://api.test/x'
const ctx = { db: d1(), config: readConfig({ ...env, ...withSink }), now: Date.now }
const send = (to: string, kind: LetterKind) => trySendMail({ ctx, input: { to, kind, params: { link } } })

let owner: Person
beforeEach(async () => {
  emptySink()
  await d1().delete(mailLimits)
  await d1().delete(mailSuppressions)
  owner = await signUpPerson('Owner')
})

const invite = (by: Person, email: string) =>
  call(INVITE, { token: by.token, body: { email, role: 'viewer' }, bindings: withSink })

/** The path of a mail's one-click link. */
function unsubscribePath(address: string): string {
  const [mail] = mailsTo(address)
  const header = mail?.headers['List-Unsubscribe'] ?? ''
  expect(mail?.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')
  expect(header).toMatch(/^<http:\/\/api\.test\/api\/v1\/mail\/unsubscribe\?token=[\w.-]+>$/)
  return header.slice('<http://api.test'.length, -1)
}
const tokenIn = (path: string) => path.slice(path.indexOf('=') + 1)

/** As a mail program does it: no session, a form's body. */
const click = (path: string) =>
  call(`POST ${path}`, { headers: { 'content-type': 'application/x-www-form-urlencoded' } })

async function notice(person: Person) {
  const { id } = await addIntegration(person)
  await setConnection(id, 'unreachable', 'dns_failed')
  await pass({ minutes: 2.5 })
  await tick(withSink)
}

describe('one click', () => {
  test('stops invitations to an address, over all accounts, and can be taken back', async () => {
    const email = 'guest@example.com'
    expect((await invite(owner, email)).body.mail).toBe('sent')
    const path = unsubscribePath(email)
    const subscription = () => call(`GET ${BASE}/subscription?token=${tokenIn(path)}`)
    expect((await subscription()).body).toEqual({ list: 'invitations', subscribed: true })
    expect((await click(path)).status).toBe(204)
    expect((await click(path)).status).toBe(204)
    expect((await subscription()).body.subscribed).toBe(false)
    const other = await signUpPerson('Other')
    const refused = await invite(other, email.toUpperCase())
    expect(refused.body).toMatchObject({ mail: 'not_sent', mail_error: { code: 'email_suppressed' }, token: null })
    expect(mailsTo(email)).toHaveLength(1)
    expect((await call(`POST ${BASE}/resubscribe?token=${tokenIn(path)}`)).status).toBe(204)
    expect((await invite(other, email)).body.mail).toBe('sent')
  })

  test('stops the notices of one account to one person, as the settings do', async () => {
    const admin = await addMember(owner, 'admin')
    await notice(owner)
    const path = unsubscribePath(admin.email)
    expect((await click(path)).status).toBe(204)
    const own = await call('GET /api/v1/notifications/preferences/', {
      token: admin.token,
      headers: { 'x-account-id': owner.accountId },
    })
    expect(own.body.email).toBe(false)
    const rows = await d1().select().from(memberships).where(eq(memberships.userId, admin.userId))
    expect(rows.filter(({ notifyEmail }) => notifyEmail === false)).toHaveLength(1)
    await pass({ minutes: 120 })
    emptySink()
    await notice(owner)
    expect([mailsTo(owner.email).length, mailsTo(admin.email).length]).toEqual([1, 0])
  })

  test('is asked about first in a browser, which changes nothing', async () => {
    await invite(owner, 'guest@example.com')
    const path = unsubscribePath('guest@example.com')
    const answer = await call(`GET ${path}`)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe(`http://api.test/unsubscribe#token=${tokenIn(path)}`)
    expect(await d1().$count(mailSuppressions)).toBe(0)
  })

  test('works with our signature alone, and says nothing about others', async () => {
    await invite(owner, 'guest@example.com')
    const [payload = '', mac = ''] = tokenIn(unsubscribePath('guest@example.com')).split('.')
    const forged = btoa(JSON.stringify({ list: 'notices', account: owner.accountId, user: owner.userId }))
    for (const token of [`${forged}.${mac}`, payload, `${payload}.`, `${payload}.${'0'.repeat(64)}`, 'x', `.${mac}`]) {
      expect(refusal(await click(`${BASE}/unsubscribe?token=${token}`))).toEqual([404, 'unsubscribe_link_invalid'])
      expect(refusal(await call(`POST ${BASE}/resubscribe?token=${token}`))).toEqual([404, 'unsubscribe_link_invalid'])
      expect(refusal(await call(`GET ${BASE}/subscription?token=${token}`))).toEqual([404, 'unsubscribe_link_invalid'])
    }
    expect(refusal(await click(`${BASE}/unsubscribe`))).toEqual([400, 'validation_error'])
    const [member] = await d1().select().from(memberships).where(eq(memberships.userId, owner.userId))
    expect(member?.notifyEmail).toBeNull()
  })

  test('is not offered by security mail, and can’t stop it', async () => {
    await invite(owner, owner.email)
    await send(owner.email, 'password_changed')
    expect(mailsTo(owner.email)[0]?.headers).toEqual({})
    await invite(owner, 'guest@example.com')
    await click(unsubscribePath('guest@example.com'))
    expect(await send('guest@example.com', 'password_changed')).toMatchObject({ ok: true })
  })
})

describe('an address', () => {
  test('gets five proofs an hour, whoever asks for them', async () => {
    const kinds = ['verify_email', 'reset_password', 'confirm_new_email', 'verify_email', 'reset_password'] as const
    for (const kind of kinds) expect(await send('a@example.com', kind)).toMatchObject({ ok: true })
    expect(await send('A@example.com', 'verify_email')).toMatchObject({ code: 'email_limited' })
    expect(await send('b@example.com', 'verify_email')).toMatchObject({ ok: true })
    await d1().update(mailLimits).set({ expiresAt: new Date() }).where(eq(mailLimits.budget, 'proofs'))
    expect(await send('a@example.com', 'verify_email')).toMatchObject({ ok: true })
  })

  test('gets twenty mails a day of others’ doing, over all accounts and at once', async () => {
    const inviters = await Promise.all(Array.from({ length: 25 }, () => signUpPerson()))
    const answers = await Promise.all(inviters.map((inviter) => invite(inviter, 'victim@example.com')))
    const mails = answers.map(({ body }) => body.mail)
    expect(mails.filter((mail) => mail === 'sent')).toHaveLength(MAIL_BUDGETS.strangers.most)
    expect(answers.find(({ body }) => body.mail !== 'sent')?.body.mail_error.code).toBe('email_limited')
    expect(mailsTo('victim@example.com')).toHaveLength(20)
    expect(await send('victim@example.com', 'reset_password')).toMatchObject({ code: 'email_limited' })
    // what tells an owner of a stranger can't be used up by one
    expect(await send('victim@example.com', 'password_changed')).toMatchObject({ ok: true })
  })

  test('that is not verified gets what verifies it, and nothing else', async () => {
    await d1().update(users).set({ emailVerified: false }).where(eq(users.id, owner.userId))
    for (const kind of ['password_changed', 'new_sign_in', 'sign_in_attempts', 'deletion_scheduled'] as const)
      expect(await send(owner.email, kind)).toMatchObject({ code: 'email_unverified' })
    await notice(owner)
    expect(mailsTo(owner.email)).toEqual([])
    expect(await send(owner.email, 'verify_email')).toMatchObject({ ok: true })
  })

  test('is kept as a hash, and forgotten when its time is over', async () => {
    await send('someone@example.com', 'verify_email')
    await invite(owner, 'guest@example.com')
    await click(unsubscribePath('guest@example.com'))
    const rows = JSON.stringify([await d1().select().from(mailLimits), await d1().select().from(mailSuppressions)])
    expect(rows).not.toMatch(/someone|guest|example/)
    expect(await pruneMail({ db: d1(), now: Date.now(), limit: 100 })).toBe(0)
    const inThreeYears = Date.now() + 3 * 365 * 86_400_000
    expect(await pruneMail({ db: d1(), now: inThreeYears, limit: 1 })).toBeGreaterThan(0)
    await pruneMail({ db: d1(), now: inThreeYears, limit: 100 })
    expect([await d1().$count(mailLimits), await d1().$count(mailSuppressions)]).toEqual([0, 0])
  })
})

test('mails are in the language of the last sign-in', async () => {
  const body = { email: owner.email, password: 'correct horse battery' }
  await call('POST /api/v1/auth/sign-in/email', { body, headers: { 'accept-language': 'de-AT,en;q=0.5' } })
  await send(owner.email, 'password_changed')
  expect(mailsTo(owner.email)[0]?.subject).toBe('IGNY8: Ihr Passwort wurde geändert')
  await notice(owner)
  expect(mailsTo(owner.email)[0]).toMatchObject({
    subject: 'IGNY8: Eine Website ist nicht erreichbar',
    text: expect.stringContaining('Website öffnen'),
  })
  await call('POST /api/v1/auth/sign-in/email', { body, headers: { 'accept-language': 'fr' } })
  await send(owner.email, 'password_changed')
  expect(mailsTo(owner.email)[0]?.subject).toBe('IGNY8: Ihr Passwort wurde geändert')
})

test('the session says whether the server sends mail', async () => {
  const { token } = await signUpPerson()
  const sendsMail = async (bindings: Partial<Env>) =>
    (await call('GET /api/v1/auth/get-session', { token, bindings })).body.sends_mail
  expect([await sendsMail(withSink), await sendsMail({})]).toEqual([true, false])
})
