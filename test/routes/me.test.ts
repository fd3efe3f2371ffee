import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { db } from '../../src/db/client.ts'
import { sessions, users, verifications } from '../../src/db/schema/index.ts'
import { call, inAccount, addMember, refusal, signUpPerson, withoutRequestId } from '../support/identity.ts'
import { linkIn, mailsTo, withSink } from '../support/mail.ts'

const password = 'correct horse battery'
const d1 = () => db(env, null).db
const SIGN_IN = 'POST /api/v1/auth/sign-in/email'
const FORGOT = 'POST /api/v1/auth/forgot-password'
const RESET = 'POST /api/v1/auth/reset-password'
const VERIFY = 'POST /api/v1/auth/verify-email'
const CHANGE = 'POST /api/v1/me/password'
const CHANGE_EMAIL = 'POST /api/v1/me/email'
const SESSIONS = '/api/v1/me/sessions'

let count = 0
const newEmail = () => `new-${++count}@example.com`
const send = (request: string, body: unknown, token?: string) => call(request, { body, token, bindings: withSink })
const kindsTo = (email: string) => mailsTo(email).map(({ kind }) => kind)
const tokenIn = (email: string, kind: string) =>
  new URLSearchParams(new URL(linkIn(mailsTo(email).find((mail) => mail.kind === kind))).hash.slice(1)).get('token') ??
  ''

/** Signs up through the API, so that the address is not verified. */
async function signUp(email = newEmail()) {
  const answer = await send('POST /api/v1/auth/sign-up/email', { name: 'New', email, password })
  expect(answer.status).toBe(201)
  return { email, token: answer.body.token as string, userId: answer.body.user.id as string }
}

describe('verifying the address', () => {
  test('takes the mailed link, once, in any browser', async () => {
    const { email, token } = await signUp()
    expect(kindsTo(email)).toEqual(['verify_email'])
    expect(new URL(linkIn(mailsTo(email)[0])).pathname).toBe('/verify-email')
    const link = { token: tokenIn(email, 'verify_email') }
    expect((await send(VERIFY, link)).body).toEqual({ email })
    expect((await call('GET /api/v1/me', { token })).body.user.email_verified).toBe(true)
    expect(refusal(await send(VERIFY, link))).toEqual([400, 'invalid_link'])
    expect(refusal(await send('POST /api/v1/me/email/resend-verification', undefined, token))).toEqual([
      409,
      'email_verified',
    ])
  })

  test('is mailed again on demand, and the older link no longer works', async () => {
    const { email, token } = await signUp()
    const older = tokenIn(email, 'verify_email')
    expect((await send('POST /api/v1/me/email/resend-verification', undefined, token)).status).toBe(204)
    expect(refusal(await send(VERIFY, { token: older }))).toEqual([400, 'invalid_link'])
    expect((await send(VERIFY, { token: tokenIn(email, 'verify_email') })).status).toBe(200)
  })

  test('lets nobody wait: until then one can work, but not invite', async () => {
    const { token } = await signUp()
    expect((await send('POST /api/v1/sites/', { name: 'S', url: 'https://s.example' }, token)).status).toBe(201)
    const invite = await send('POST /api/v1/members/invitations/', { email: newEmail(), role: 'viewer' }, token)
    expect(refusal(invite)).toEqual([403, 'email_unverified'])
  })

  test('of five at once is done by one; D1 has only a hash of the token', async () => {
    const { email, userId } = await signUp()
    const token = tokenIn(email, 'verify_email')
    const rows = await d1()
      .select()
      .from(verifications)
      .where(eq(verifications.identifier, `verify-email:${userId}`))
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(token.split('.')[2])
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(VERIFY, { token })))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400, 400, 400])
  })

  test.each(['nonsense', 'verify-email.usr_0.x', ''])('refuses %j', async (token) => {
    expect((await send(VERIFY, { token })).status).toBe(400)
  })

  test('ends with the link’s day', async () => {
    const { email } = await signUp()
    await d1().update(verifications).set({ expiresAt: new Date() })
    expect(refusal(await send(VERIFY, { token: tokenIn(email, 'verify_email') }))).toEqual([400, 'invalid_link'])
  })

  test('does nothing for an address that is no longer the person’s', async () => {
    const { email, token } = await signUp()
    const next = newEmail()
    expect((await send(CHANGE_EMAIL, { email: next }, token)).status).toBe(204)
    expect((await send(VERIFY, { token: tokenIn(next, 'confirm_new_email') })).status).toBe(200)
    expect(refusal(await send(VERIFY, { token: tokenIn(email, 'verify_email') }))).toEqual([400, 'invalid_link'])
  })
})

describe('forgetting the password', () => {
  test('ends with a new one, all sessions ended, and a mail that says so', async () => {
    const { email, token } = await signUpPerson()
    expect((await send(FORGOT, { email: email.toUpperCase() })).status).toBe(204)
    const link = tokenIn(email, 'reset_password')
    expect((await send(RESET, { token: link, password: 'a new long password' })).status).toBe(204)
    expect(refusal(await call('GET /api/v1/me', { token }))).toEqual([401, 'invalid_session'])
    expect(refusal(await send(SIGN_IN, { email, password }))).toEqual([401, 'invalid_credentials'])
    expect((await send(SIGN_IN, { email, password: 'a new long password' })).status).toBe(200)
    expect(kindsTo(email)).toContain('password_changed')
    expect(refusal(await send(RESET, { token: link, password: 'another long password' }))).toEqual([
      400,
      'invalid_link',
    ])
  })

  test('answers the same for an address that nobody has, and mails nothing', async () => {
    const { email } = await signUpPerson()
    const [known, unknown] = [await send(FORGOT, { email }), await send(FORGOT, { email: 'nobody-at-all@example.com' })]
    expect([unknown.status, unknown.body]).toEqual([known.status, known.body])
    expect(mailsTo('nobody-at-all@example.com')).toEqual([])
  })

  test('keeps only a hash of the link’s token, for half an hour', async () => {
    const { email } = await signUpPerson()
    await send(FORGOT, { email })
    const token = tokenIn(email, 'reset_password')
    expect(JSON.stringify(await d1().select().from(verifications))).not.toContain(token)
    await d1().update(verifications).set({ expiresAt: new Date() })
    expect(refusal(await send(RESET, { token, password: 'a new long password' }))).toEqual([400, 'invalid_link'])
  })

  test('keeps the link when the new password is refused', async () => {
    const { email } = await signUpPerson()
    await send(FORGOT, { email })
    const token = tokenIn(email, 'reset_password')
    expect(refusal(await send(RESET, { token, password: 'password123' }))).toEqual([400, 'common_password'])
    expect((await send(RESET, { token, password: 'a new long password' })).status).toBe(204)
  })

  test('verifies the address, and drops what a stranger set up under it before', async () => {
    const { email, userId } = await signUp()
    await d1().update(users).set({ twoFactorEnabled: true }).where(eq(users.id, userId))
    await send(FORGOT, { email })
    await send(RESET, { token: tokenIn(email, 'reset_password'), password: 'a new long password' })
    const signedIn = await send(SIGN_IN, { email, password: 'a new long password' })
    expect(signedIn.body.user.email_verified).toBe(true)
    expect((await call('GET /api/v1/me', { token: signedIn.body.token })).body).toMatchObject({ totp: false })
  })
})

describe('a new password', () => {
  const rules: [string, string, string][] = [
    ['a common one', 'Password123', 'common_password'],
    ['a keyboard row', 'qwertyuiop', 'common_password'],
    ['one character over and over', 'zzzzzzzzzzzzz', 'common_password'],
    ['the name', 'ada.lovelace', 'personal_password'],
    ['the name with a year', 'Ada Lovelace1815', 'personal_password'],
  ]
  test.each(rules)('is not %s, at sign-up, on changing and on resetting', async (_name, bad, code) => {
    const person = await signUpPerson('Ada Lovelace')
    const up = await send('POST /api/v1/auth/sign-up/email', { name: 'Ada Lovelace', email: newEmail(), password: bad })
    expect(refusal(up)).toEqual([400, code])
    expect(up.body.errors[0].path).toBe('body.password')
    const change = await send(CHANGE, { current_password: password, new_password: bad }, person.token)
    expect(refusal(change)).toEqual([400, code])
    await send(FORGOT, { email: person.email })
    const token = tokenIn(person.email, 'reset_password')
    expect(refusal(await send(RESET, { token, password: bad }))).toEqual([400, code])
  })

  test('is not the e-mail address', async () => {
    const email = newEmail()
    const answer = await send('POST /api/v1/auth/sign-up/email', { name: 'A', email, password: email })
    expect(refusal(answer)).toEqual([400, 'personal_password'])
  })

  test('may be weaker only where it is an old one', async () => {
    const { email, userId } = await signUpPerson()
    const { hashPassword } = await import('better-auth/crypto')
    const hash = await hashPassword('short1')
    await env.DB.prepare('UPDATE user_credentials SET password = ? WHERE user_id = ?').bind(hash, userId).run()
    expect((await send(SIGN_IN, { email, password: 'short1' })).status).toBe(200)
  })
})

describe('changing the password', () => {
  test('replaces this session, ends all others and is mailed', async () => {
    const { email, token } = await signUpPerson()
    const other = (await send(SIGN_IN, { email, password })).body.token
    const answer = await send(CHANGE, { current_password: password, new_password: 'a new long password' }, token)
    expect(answer.status).toBe(200)
    for (const ended of [token, other]) expect((await call('GET /api/v1/me', { token: ended })).status).toBe(401)
    expect((await call('GET /api/v1/me', { token: answer.body.token })).status).toBe(200)
    expect(answer.headers.getSetCookie()[0]).toContain('igny8.session_token=')
    expect(kindsTo(email)[0]).toBe('password_changed')
  })

  test('needs the old one', async () => {
    const { token } = await signUpPerson()
    const body = { current_password: 'not this one', new_password: 'a new long password' }
    expect(refusal(await send(CHANGE, body, token))).toEqual([400, 'wrong_password'])
    expect((await call('GET /api/v1/me', { token })).status).toBe(200)
  })
})

describe('changing the address', () => {
  test('waits for the new one’s link, and tells both', async () => {
    const { email, token } = await signUpPerson()
    const to = newEmail()
    expect((await send(CHANGE_EMAIL, { email: to.toUpperCase() }, token)).status).toBe(204)
    expect((await call('GET /api/v1/me', { token })).body).toMatchObject({ user: { email }, new_email: to })
    expect([kindsTo(email), kindsTo(to)]).toEqual([['email_changing'], ['confirm_new_email']])
    expect((await send(VERIFY, { token: tokenIn(to, 'confirm_new_email') })).body).toEqual({ email: to })
    expect([kindsTo(email)[0], kindsTo(to)[0]]).toEqual(['email_changed', 'email_changed'])
    expect((await call('GET /api/v1/me', { token })).body).toMatchObject({ user: { email: to }, new_email: null })
    expect((await send(SIGN_IN, { email: to, password })).status).toBe(200)
  })

  test('can be given up', async () => {
    const { token } = await signUpPerson()
    const to = newEmail()
    await send(CHANGE_EMAIL, { email: to }, token)
    expect((await call('DELETE /api/v1/me/email/change', { token })).status).toBe(204)
    expect((await call('GET /api/v1/me', { token })).body.new_email).toBeNull()
    expect(refusal(await send(VERIFY, { token: tokenIn(to, 'confirm_new_email') }))).toEqual([400, 'invalid_link'])
  })

  test('refuses an address that somebody has, or got meanwhile', async () => {
    const [ada, bob] = [await signUpPerson(), await signUpPerson()]
    expect(refusal(await send(CHANGE_EMAIL, { email: bob.email }, ada.token))).toEqual([409, 'email_taken'])
    const to = newEmail()
    for (const { token } of [ada, bob]) await send(CHANGE_EMAIL, { email: to }, token)
    const [latest, first] = mailsTo(to).map((mail) => new URL(linkIn(mail)).hash.slice('#token='.length))
    expect((await send(VERIFY, { token: latest })).status).toBe(200)
    expect(refusal(await send(VERIFY, { token: first }))).toEqual([409, 'email_taken'])
  })

  test('tells nobody at an address that was never verified', async () => {
    const { email, token } = await signUp()
    await send(CHANGE_EMAIL, { email: newEmail() }, token)
    expect(kindsTo(email)).toEqual(['verify_email'])
  })
})

describe('sessions', () => {
  const AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0'

  test('are listed with device and address, and ended one by one', async () => {
    const { email, token } = await signUpPerson()
    const headers = { 'user-agent': AGENT, 'cf-connecting-ip': '203.0.113.9' }
    const other = await call(SIGN_IN, { body: { email, password }, headers, bindings: withSink })
    expect(kindsTo(email)).toEqual(['new_sign_in'])
    const [newest, oldest] = (await call(`GET ${SESSIONS}`, { token })).body.results
    expect(newest).toMatchObject({ current: false, browser: 'Firefox', system: 'Windows', ip_address: '203.0.113.9' })
    expect(oldest).toMatchObject({ current: true })
    expect((await call(`DELETE ${SESSIONS}/${newest.id}`, { token })).status).toBe(204)
    expect((await call('GET /api/v1/me', { token: other.body.token })).status).toBe(401)
    expect(refusal(await call(`DELETE ${SESSIONS}/${newest.id}`, { token }))).toEqual([404, 'session_not_found'])
  })

  test('of the others end together; those of other people don’t', async () => {
    const [ada, bob] = [await signUpPerson(), await signUpPerson()]
    const other = (await send(SIGN_IN, { email: ada.email, password })).body.token
    expect((await call(`DELETE ${SESSIONS}`, { token: ada.token })).status).toBe(204)
    expect((await call('GET /api/v1/me', { token: other })).status).toBe(401)
    for (const { token } of [ada, bob]) expect((await call('GET /api/v1/me', { token })).status).toBe(200)
  })

  test('from a known device are not told again', async () => {
    const { email } = await signUpPerson()
    const headers = { 'user-agent': AGENT }
    for (let times = 0; times < 2; times++)
      await call(SIGN_IN, { body: { email, password }, headers, bindings: withSink })
    expect(kindsTo(email)).toEqual(['new_sign_in'])
  })

  test('remember the place that Cloudflare names', async () => {
    const { email } = await signUpPerson()
    const { signIn } = await import('../../src/services/people/index.ts')
    const { createTestContext } = await import('../support/identity.ts')
    const client = { headers: new Headers(), place: { country: 'DE', city: 'Köln' } }
    const result = await signIn({ ctx: createTestContext({ kind: 'anonymous' }), input: { email, password, client } })
    const token = 'token' in result ? result.token : ''
    expect((await call(`GET ${SESSIONS}`, { token })).body.results[0]).toMatchObject({ country: 'DE', city: 'Köln' })
  })
})

describe('the password again', () => {
  test('opens what is sensitive for 15 minutes', async () => {
    const { token, userId } = await signUpPerson()
    const longAgo = new Date(Date.now() - 3_600_000)
    await d1().update(sessions).set({ createdAt: longAgo }).where(eq(sessions.userId, userId))
    expect(refusal(await send(CHANGE_EMAIL, { email: newEmail() }, token))).toEqual([403, 'recent_sign_in_required'])
    expect((await call('GET /api/v1/me', { token })).body.confirmed_until).toBeNull()
    const wrong = await send('POST /api/v1/me/confirm', { password: 'not this one' }, token)
    expect(refusal(wrong)).toEqual([400, 'wrong_password'])
    expect((await send('POST /api/v1/me/confirm', { password }, token)).status).toBe(200)
    expect((await send(CHANGE_EMAIL, { email: newEmail() }, token)).status).toBe(204)
  })
})

test('the name changes', async () => {
  const { token } = await signUpPerson()
  const answer = await send('PATCH /api/v1/me', { name: '  Grace ' }, token)
  expect([answer.status, answer.body.user.name]).toEqual([200, 'Grace'])
  expect(refusal(await send('PATCH /api/v1/me', { name: ' ' }, token))).toEqual([400, 'validation_error'])
})

test('the account’s name and settings change, and viewers see them', async () => {
  const owner = await signUpPerson()
  const viewer = await addMember(owner, 'viewer')
  expect((await send('PATCH /api/v1/account', { name: 'Ada & Co' }, owner.token)).body.name).toBe('Ada & Co')
  const seen = await call('GET /api/v1/account', { token: viewer.token, headers: inAccount(owner) })
  expect(seen.body).toMatchObject({ id: owner.accountId, name: 'Ada & Co', require_two_factor: false })
  const alone = await send('PATCH /api/v1/account', { require_two_factor: true }, owner.token)
  expect(refusal(alone)).toEqual([409, 'second_factor_missing'])
  expect(withoutRequestId(seen)).toBeTruthy()
})
