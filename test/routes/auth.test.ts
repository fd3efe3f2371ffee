import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { db } from '../../src/db/client.ts'
import { memberships, sessions, users } from '../../src/db/schema/index.ts'
import {
  addMember,
  call,
  createTestKey,
  createTestSite,
  inAccount,
  refusal,
  signUpPerson,
  withoutRequestId,
} from '../support/identity.ts'

const SIGN_UP = 'POST /api/v1/auth/sign-up/email'
const SIGN_IN = 'POST /api/v1/auth/sign-in/email'
const SIGN_OUT = 'POST /api/v1/auth/sign-out'
const GET_SESSION = 'GET /api/v1/auth/get-session'
const password = 'correct horse battery'

const d1 = () => db(env, null).db

describe('signing up', () => {
  test('makes a person, an account that they own, and a session for header and cookie', async () => {
    const ada = await signUpPerson('Ada')
    for (const credentials of [{ token: ada.token }, { cookie: ada.cookie }]) {
      const { status, body } = await call(GET_SESSION, credentials)
      expect(status).toBe(200)
      expect(body.user).toMatchObject({ id: ada.userId, name: 'Ada', email: ada.email })
      expect(body.account).toEqual({ id: ada.accountId, name: 'Ada’s account', role: 'owner' })
      expect(body.accounts).toEqual([body.account])
    }
  })

  test('names the account as asked', async () => {
    const body = { name: 'Bob', email: 'bob@example.com', password, account_name: 'Bob & Sons' }
    const { body: signedIn } = await call(SIGN_UP, { body })
    const session = await call(GET_SESSION, { token: signedIn.token })
    expect(session.body.account.name).toBe('Bob & Sons')
  })

  test('refuses an address that has an account, in whatever case it is written', async () => {
    const { email } = await signUpPerson()
    const body = { name: 'Eve', email: email.toUpperCase(), password }
    expect(refusal(await call(SIGN_UP, { body }))).toEqual([409, 'email_taken'])
  })

  test('lets one of five at once have the address', async () => {
    const body = { name: 'Quick', email: 'quick@example.com', password }
    const answers = await Promise.all(Array.from({ length: 5 }, () => call(SIGN_UP, { body })))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409])
    expect((await call(SIGN_IN, { body: { email: body.email, password } })).status).toBe(200)
  })

  test.each([
    ['a short password', { password: 'short' }, 'body.password'],
    ['a long password', { password: 'x'.repeat(129) }, 'body.password'],
    ['no e-mail address', { email: 'nobody' }, 'body.email'],
    ['an empty name', { name: '  ' }, 'body.name'],
  ])('refuses %s', async (_name, fields, path) => {
    const answer = await call(SIGN_UP, { body: { name: 'A', email: 'a@example.com', password, ...fields } })
    expect(refusal(answer)).toEqual([400, 'validation_error'])
    expect(answer.body.errors[0].path).toBe(path)
  })
})

describe('signing in', () => {
  test('makes a session of its own', async () => {
    const { email, token } = await signUpPerson()
    const answer = await call(SIGN_IN, { body: { email: email.toUpperCase(), password } })
    expect(answer.status).toBe(200)
    expect(answer.body.token).not.toBe(token)
    expect((await call(GET_SESSION, { token: answer.body.token })).status).toBe(200)
  })

  test('answers a wrong password and an unknown address in the same way', async () => {
    const { email } = await signUpPerson()
    const wrong = await call(SIGN_IN, { body: { email, password: 'wrong password' } })
    const unknown = await call(SIGN_IN, { body: { email: 'unknown@example.com', password } })
    expect(refusal(wrong)).toEqual([401, 'invalid_credentials'])
    expect(withoutRequestId(unknown)).toEqual(withoutRequestId(wrong))
    expect(wrong.headers.getSetCookie()).toEqual([])
  })

  test('refuses a person who is switched off, and makes no session', async () => {
    const { email, userId, token } = await signUpPerson()
    await d1().update(users).set({ isActive: false }).where(eq(users.id, userId))
    expect(refusal(await call(SIGN_IN, { body: { email, password } }))).toEqual([403, 'user_inactive'])
    expect(refusal(await call(SIGN_IN, { body: { email, password: 'wrong one' } }))).toEqual([
      401,
      'invalid_credentials',
    ])
    expect(refusal(await call(GET_SESSION, { token }))).toEqual([403, 'user_inactive'])
    expect(await d1().select().from(sessions).where(eq(sessions.userId, userId))).toHaveLength(1)
  })

  test.each([SIGN_UP, SIGN_IN, SIGN_OUT])('%s is refused from a page that is not ours', async (route) => {
    const body = { name: 'A', email: 'foreign@example.com', password }
    const answer = await call(route, { body, headers: { origin: 'https://evil.example' } })
    expect(refusal(answer)).toEqual([403, 'origin_not_allowed'])
  })

  test('ignores credentials in the request', async () => {
    const { email } = await signUpPerson()
    const answer = await call(SIGN_IN, { token: 'igny8_wrong', body: { email, password } })
    expect(answer.status).toBe(200)
  })
})

describe('a session', () => {
  test('T41 does not open with the token that the database holds', async () => {
    const { token, userId } = await signUpPerson()
    const [row] = await d1().select().from(sessions).where(eq(sessions.userId, userId))
    const stored = row?.token ?? ''
    expect(token.startsWith(`${stored}.`)).toBe(true)
    const forged = [stored, `${stored}.`, `${stored}.${stored}`, `${stored}.${btoa('x'.repeat(32))}`, `.${stored}`]
    for (const attempt of forged) {
      expect(refusal(await call(GET_SESSION, { token: attempt }))).toEqual([401, 'invalid_session'])
      const cookie = `igny8.session_token=${encodeURIComponent(attempt)}`
      expect(refusal(await call(GET_SESSION, { cookie }))).toEqual([401, 'invalid_session'])
    }
  })

  test('opens URL-encoded as well, among other cookies', async () => {
    const { token, cookie } = await signUpPerson()
    expect(cookie).toBe(`igny8.session_token=${encodeURIComponent(token)}`)
    expect((await call(GET_SESSION, { token: encodeURIComponent(token) })).status).toBe(200)
    expect((await call(GET_SESSION, { cookie: `theme=dark; ${cookie}; lang=en` })).status).toBe(200)
  })

  test('has a cookie for https alone where the API is on https', async () => {
    const bindings = { PUBLIC_URL: 'https://api.test' as Env['PUBLIC_URL'] }
    const body = { name: 'Sec', email: 'secure@example.com', password }
    const [setCookie = ''] = (await call(SIGN_UP, { body, bindings })).headers.getSetCookie()
    expect(setCookie).toMatch(/^__Secure-igny8\.session_token=/)
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(setCookie).toContain(attribute)
    const [cookie = ''] = setCookie.split(';')
    expect((await call(GET_SESSION, { cookie, bindings })).status).toBe(200)
    const [cleared = ''] = (await call(SIGN_OUT, { cookie, bindings })).headers.getSetCookie()
    expect(cleared).toMatch(/^__Secure-igny8\.session_token=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    expect((await call(GET_SESSION, { cookie, bindings })).status).toBe(401)
  })

  test('ends by itself', async () => {
    const { token, userId } = await signUpPerson()
    await d1().update(sessions).set({ expiresAt: new Date() }).where(eq(sessions.userId, userId))
    expect(refusal(await call(GET_SESSION, { token }))).toEqual([401, 'invalid_session'])
  })

  test.each(['cookie', 'token'] as const)('ends by signing out with the %s', async (transport) => {
    const person = await signUpPerson()
    const answer = await call(SIGN_OUT, { [transport]: person[transport] })
    expect([answer.status, answer.body]).toEqual([204, null])
    expect(answer.headers.getSetCookie()[0]).toContain('Max-Age=0')
    expect((await call(GET_SESSION, { token: person.token })).status).toBe(401)
    expect((await call(SIGN_OUT, { [transport]: person[transport] })).status).toBe(204)
  })

  test('ends alone', async () => {
    const { email, token } = await signUpPerson()
    const { body } = await call(SIGN_IN, { body: { email, password } })
    await call(SIGN_OUT, { token })
    expect((await call(GET_SESSION, { token: body.token })).status).toBe(200)
  })
})

describe('a person in several accounts', () => {
  test('acts in the oldest, or in the one that X-Account-Id names', async () => {
    const owner = await signUpPerson('Owner')
    const guest = await addMember(owner, 'viewer')
    const own = await call(GET_SESSION, { token: guest.token })
    expect(own.body.account).toMatchObject({ id: guest.accountId, role: 'owner' })
    const other = await call(GET_SESSION, { token: guest.token, headers: inAccount(owner) })
    expect(other.body.account).toMatchObject({ id: owner.accountId, role: 'viewer' })
    expect(other.body.accounts).toHaveLength(2)
  })

  test('T38 gets the same answer for a foreign account and for one that does not exist', async () => {
    const [mine, foreign] = [await signUpPerson(), await signUpPerson()]
    const ids = [foreign.accountId, 'acc_00000000000000000000000000000000']
    const answers = await Promise.all(
      ids.map((id) => call(GET_SESSION, { token: mine.token, headers: { 'x-account-id': id } })),
    )
    for (const answer of answers) expect(refusal(answer)).toEqual([403, 'no_account'])
    expect(withoutRequestId(answers[0])).toEqual(withoutRequestId(answers[1]))
  })

  test('who is in none can do nothing but sign out', async () => {
    const { token, userId } = await signUpPerson()
    await d1().delete(memberships).where(eq(memberships.userId, userId))
    expect(refusal(await call(GET_SESSION, { token }))).toEqual([403, 'no_account'])
    expect((await call(SIGN_OUT, { token })).status).toBe(204)
  })
})

describe('credentials', () => {
  test('are asked for where they are missing', async () => {
    const answer = await call(GET_SESSION)
    expect(refusal(answer)).toEqual([401, 'credentials_missing'])
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
  })

  test.each(['Basic dXNlcjpwYXNz', 'Bearer', 'Bearer a b', 'Bearer a, Bearer b', 'nonsense', ''])(
    'T38 %j is not a usable Authorization header, even beside a good cookie',
    async (authorization) => {
      const { cookie } = await signUpPerson()
      const answer = await call(GET_SESSION, { cookie, headers: { authorization } })
      expect(refusal(answer)).toEqual([401, 'credentials_missing'])
    },
  )

  test('have a scheme whose case does not matter', async () => {
    const { token } = await signUpPerson()
    for (const scheme of ['bearer', 'BEARER']) {
      const answer = await call(GET_SESSION, { headers: { authorization: `${scheme}  ${token}` } })
      expect(answer.status).toBe(200)
    }
  })

  test('of a machine are refused where a person is required', async () => {
    const ada = await signUpPerson()
    const { key } = await createTestKey(ada, await createTestSite(ada))
    expect(refusal(await call(GET_SESSION, { token: key }))).toEqual([403, 'person_required'])
  })

  test('are refused where they are optional and bad, and not missed where they are absent', async () => {
    const route = 'POST /api/v1/integration/integrations/test-connection/'
    const body = { site_id: 'site_x', site_url: 'https://example.com' }
    expect(refusal(await call(route, { body, token: 'wrong' }))).toEqual([401, 'invalid_session'])
    expect(refusal(await call(route, { body, token: 'igny8_wrong' }))).toEqual([401, 'api_key_malformed'])
    expect((await call(route, { body })).body.code).not.toBe('invalid_session')
  })

  test('in a cookie write only from our own pages', async () => {
    const { cookie, token } = await signUpPerson()
    const write = (headers: Record<string, string>, credentials: { cookie?: string; token?: string }) =>
      call('POST /api/v1/sites/', { ...credentials, headers, body: { name: 'S', url: 'https://example.com' } })
    for (const origin of ['https://evil.example', 'null', 'http://app.test.evil.example', 'http://api.test:81']) {
      expect(refusal(await write({ origin }, { cookie }))).toEqual([403, 'origin_not_allowed'])
      expect((await write({ origin }, { token })).status).toBe(201)
      expect((await call('GET /api/v1/sites/', { cookie, headers: { origin } })).status).toBe(200)
    }
    const upgrade = { upgrade: 'websocket', origin: 'https://evil.example' }
    expect(refusal(await call('GET /api/v1/sites/', { cookie, headers: upgrade }))).toEqual([403, 'origin_not_allowed'])
    for (const origin of ['http://app.test', 'http://api.test']) {
      expect((await write({ origin }, { cookie })).status).toBe(201)
    }
    expect((await write({}, { cookie })).status).toBe(201)
  })

  test('that fail are charged to their sender, and only those', async () => {
    const charged: string[] = []
    const exhausted = {
      THROTTLE_ANONYMOUS: { limit: async ({ key }: { key: string }) => ({ success: charged.push(key) < 2 }) },
    }
    const headers = { 'cf-connecting-ip': '203.0.113.9' }
    const { token } = await signUpPerson()
    const attempt = (sent?: string) => call(GET_SESSION, { token: sent, headers, bindings: exhausted })
    expect(refusal(await attempt('guess'))).toEqual([401, 'invalid_session'])
    const refused = await attempt('igny8_guess')
    expect(refusal(refused)).toEqual([429, 'too_many_requests'])
    expect(refused.headers.get('retry-after')).toBe('60')
    expect((await attempt(token)).status).toBe(200)
    expect(refusal(await attempt())).toEqual([401, 'credentials_missing'])
    expect(charged).toEqual(['203.0.113.9', '203.0.113.9'])
  })
})

describe('the demo', () => {
  const demo = (email: string, ENVIRONMENT = 'development') =>
    ({ ENVIRONMENT, DEMO_SIGN_IN: `${email}:correct horse battery` }) as unknown as Partial<Env>

  test('signs its person in with one click, where there is one', async () => {
    const person = await signUpPerson()
    const bindings = demo(person.email)
    expect((await call('GET /api/v1/auth/options', { bindings })).body).toEqual({ demo: true })
    const answer = await call('POST /api/v1/auth/sign-in/demo', { bindings })
    expect([answer.status, answer.body.user.id]).toEqual([200, person.userId])
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    expect((await call('GET /api/v1/auth/get-session', { cookie })).body.user.id).toBe(person.userId)
  })

  test('is nowhere else, and opens no door without the right password', async () => {
    expect((await call('GET /api/v1/auth/options')).body).toEqual({ demo: false })
    expect(refusal(await call('POST /api/v1/auth/sign-in/demo'))).toEqual([404, 'demo_unavailable'])
    const unknown = await call('POST /api/v1/auth/sign-in/demo', { bindings: demo('nobody@example.com') })
    expect(refusal(unknown)).toEqual([401, 'invalid_credentials'])
    for (const environment of ['production', 'test']) {
      expect(() => readConfig({ ...env, ...demo('demo@example.com', environment) })).toThrow(/DEMO_SIGN_IN/)
    }
  })
})

test.each([
  ['http://127.0.0.1:8787', /^igny8\.session_token=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/],
  [
    'https://api.igny8.com',
    /^__Secure-igny8\.session_token=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  ],
])('the cookie of %s is one that browsers keep and send', async (publicUrl, expected) => {
  const { email } = await signUpPerson()
  const bindings = { PUBLIC_URL: publicUrl } as unknown as Partial<Env>
  const headers = { origin: publicUrl }
  const body = { email, password: 'correct horse battery' }
  const answer = await call('POST /api/v1/auth/sign-in/email', { bindings, headers, body })
  const [cookie = ''] = answer.headers.getSetCookie()
  expect(cookie).toMatch(expected)
  const sent = { cookie: cookie.split(';')[0] ?? '', bindings, headers }
  expect((await call('GET /api/v1/auth/get-session', sent)).body.user.email).toBe(email)
  expect((await call('POST /api/v1/sites/', { ...sent, body: { name: 'A', url: 'https://a.example' } })).status).toBe(
    201,
  )
})
