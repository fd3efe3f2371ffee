import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { db } from '../../src/db/client.ts'
import { sessions, twoFactors } from '../../src/db/schema/index.ts'
import { addMember, call, inAccount, type Person, refusal, signUpPerson } from '../support/identity.ts'
import { mailsTo, withSink } from '../support/mail.ts'
import { totpCode } from '../support/totp.ts'

const password = 'correct horse battery'
const d1 = () => db(env, null).db
const TOTP = 'POST /api/v1/me/totp'
const SECOND_STEP = 'POST /api/v1/auth/sign-in/second-step'

const send = (request: string, body: unknown, token?: string, headers: Record<string, string> = {}) =>
  call(request, { body, token, headers, bindings: withSink })

/** Sets an authenticator app up. @returns its secret, the recovery codes, and the session that replaces the person's */
async function setUp(person: Person): Promise<{ secret: string; codes: string[]; token: string }> {
  const made = await send(TOTP, { password }, person.token)
  expect(made.status).toBe(200)
  const { secret, recovery_codes: codes, uri } = made.body
  expect(uri).toMatch(/^otpauth:\/\/totp\/IGNY8:.*secret=/)
  // of the step before: the tests sign in with the current one
  const confirm = async () => send(`${TOTP}/confirm`, { code: await totpCode(secret, -1) }, person.token)
  const first = await confirm()
  // a step can end between making its code and sending it
  const confirmed = first.status === 200 ? first : await confirm()
  expect(confirmed.status).toBe(200)
  return { secret, codes, token: confirmed.body.token }
}

async function startSignIn({ email }: Person): Promise<string> {
  const answer = await send('POST /api/v1/auth/sign-in/email', { email, password })
  expect(answer.status).toBe(200)
  expect(answer.body).toEqual({ second_step: { challenge: expect.any(String), methods: ['totp', 'recovery_code'] } })
  expect(answer.headers.getSetCookie()).toEqual([])
  return answer.body.second_step.challenge
}

const finish = (challenge: string, code: string, method = 'totp') => send(SECOND_STEP, { challenge, code, method })

describe('an authenticator app', () => {
  test('is asked for at the next sign-in, and replaces the session that it was set up in', async () => {
    const ada = await signUpPerson()
    const { secret, token } = await setUp(ada)
    expect((await call('GET /api/v1/me', { token: ada.token })).status).toBe(401)
    const profile = await call('GET /api/v1/me', { token })
    expect(profile.body).toMatchObject({ totp: true, recovery_codes_left: 10, second_factor: true })
    const answer = await finish(await startSignIn(ada), await totpCode(secret))
    expect([answer.status, answer.body.user.id]).toEqual([200, ada.userId])
    expect((await call('GET /api/v1/me', { token: answer.body.token })).body.second_factor).toBe(true)
    expect(answer.headers.getSetCookie().map((line) => line.split('=')[0])).toEqual([
      'igny8.session_token',
      expect.stringMatching(/^igny8\.device_/),
    ])
    expect(mailsTo(ada.email).map(({ kind }) => kind)).toContain('two_factor_changed')
  })

  test('counts only after its first code, and needs the password', async () => {
    const ada = await signUpPerson()
    expect(refusal(await send(TOTP, { password: 'not this one' }, ada.token))).toEqual([400, 'wrong_password'])
    expect(refusal(await send(`${TOTP}/confirm`, { code: '123456' }, ada.token))).toEqual([409, 'two_factor_off'])
    const { secret } = (await send(TOTP, { password }, ada.token)).body
    const wrong = String((Number(await totpCode(secret)) + 1) % 1_000_000).padStart(6, '0')
    expect(refusal(await send(`${TOTP}/confirm`, { code: wrong }, ada.token))).toEqual([400, 'wrong_code'])
    expect((await send('POST /api/v1/auth/sign-in/email', { email: ada.email, password })).body.token).toBeTruthy()
  })

  test('is set up once', async () => {
    const ada = await signUpPerson()
    const { token, secret } = await setUp(ada)
    expect(refusal(await send(TOTP, { password }, token))).toEqual([409, 'two_factor_on'])
    expect(refusal(await send(`${TOTP}/confirm`, { code: await totpCode(secret) }, token))).toEqual([
      409,
      'two_factor_on',
    ])
  })

  test('is removed with the password, and then no session counts as strong', async () => {
    const ada = await signUpPerson()
    const { token } = await setUp(ada)
    expect(refusal(await send(`${TOTP}/remove`, { password: 'not this one' }, token))).toEqual([400, 'wrong_password'])
    const removed = await send(`${TOTP}/remove`, { password }, token)
    expect(removed.status).toBe(200)
    const profile = await call('GET /api/v1/me', { token: removed.body.token })
    expect(profile.body).toMatchObject({ totp: false, recovery_codes_left: null, second_factor: false })
    expect(refusal(await send(`${TOTP}/remove`, { password }, removed.body.token))).toEqual([409, 'two_factor_off'])
  })

  test('has its secret and its recovery codes encrypted in D1', async () => {
    const ada = await signUpPerson()
    const { secret, codes } = await setUp(ada)
    const [row] = await d1().select().from(twoFactors).where(eq(twoFactors.userId, ada.userId))
    for (const plain of [secret, ...codes]) expect(JSON.stringify(row)).not.toContain(plain)
  })
})

describe('the second step', () => {
  test('takes each code once', async () => {
    const ada = await signUpPerson()
    const { secret } = await setUp(ada)
    const code = await totpCode(secret)
    const challenges = [await startSignIn(ada), await startSignIn(ada), await startSignIn(ada)]
    const answers = await Promise.all(challenges.map((challenge) => finish(challenge, code)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400])
    expect(refusal(await finish(await startSignIn(ada), code))).toEqual([400, 'wrong_code'])
    // those that were refused left no session: the one of the set-up is there, and the one that got in
    expect(await d1().select().from(sessions).where(eq(sessions.userId, ada.userId))).toHaveLength(2)
  })

  test('takes a recovery code once, and tells the person', async () => {
    const ada = await signUpPerson()
    const { codes, token } = await setUp(ada)
    const [code = ''] = codes
    expect((await finish(await startSignIn(ada), ` ${code} `, 'recovery_code')).status).toBe(200)
    expect(refusal(await finish(await startSignIn(ada), code, 'recovery_code'))).toEqual([400, 'wrong_code'])
    expect((await call('GET /api/v1/me', { token })).body.recovery_codes_left).toBe(9)
    expect(mailsTo(ada.email).find(({ kind }) => kind === 'two_factor_changed')?.text).toContain(
      'recovery code was used',
    )
  })

  test('knows new recovery codes alone', async () => {
    const ada = await signUpPerson()
    const { codes, token } = await setUp(ada)
    const wrong = await send(`${TOTP}/recovery-codes`, { password: 'not this one' }, token)
    expect(refusal(wrong)).toEqual([400, 'wrong_password'])
    const renewed = await send(`${TOTP}/recovery-codes`, { password }, token)
    expect(renewed.body.recovery_codes).toHaveLength(10)
    expect(refusal(await finish(await startSignIn(ada), codes[0] ?? '', 'recovery_code'))).toEqual([400, 'wrong_code'])
    const [fresh = ''] = renewed.body.recovery_codes
    expect((await finish(await startSignIn(ada), fresh, 'recovery_code')).status).toBe(200)
  })

  test('ends after five wrong codes, and codes rest after ten', async () => {
    const ada = await signUpPerson()
    const { secret } = await setUp(ada)
    for (let round = 0; round < 2; round++) {
      const challenge = await startSignIn(ada)
      for (let attempt = 0; attempt < 5; attempt++)
        expect(refusal(await finish(challenge, 'x'.repeat(6)))).toEqual([400, 'wrong_code'])
      if (round === 0)
        expect(refusal(await finish(challenge, await totpCode(secret)))).toEqual([401, 'second_step_over'])
    }
    const locked = await finish(await startSignIn(ada), await totpCode(secret))
    expect(refusal(locked)).toEqual([429, 'too_many_requests'])
    expect(locked.headers.get('retry-after')).toBe('900')
  })

  test('needs a challenge of ours, which works once', async () => {
    const ada = await signUpPerson()
    const { secret } = await setUp(ada)
    const challenge = await startSignIn(ada)
    expect(refusal(await finish(`${challenge.slice(0, -6)}xxxxxx`, '000000'))).toEqual([401, 'second_step_over'])
    expect(refusal(await finish('made up;', '000000'))).toEqual([400, 'validation_error'])
    expect((await finish(challenge, await totpCode(secret))).status).toBe(200)
    expect(refusal(await finish(challenge, await totpCode(secret, 1)))).toEqual([401, 'second_step_over'])
  })

  test('is skipped by no cookie and no token', async () => {
    const ada = await signUpPerson()
    const { token } = await setUp(ada)
    const body = { email: ada.email, password }
    for (const credentials of [{ token }, { cookie: `igny8.session_token=${encodeURIComponent(token)}` }]) {
      const answer = await call('POST /api/v1/auth/sign-in/email', { ...credentials, body })
      expect(answer.body.second_step).toBeTruthy()
    }
    const challenge = await startSignIn(ada)
    const wrong = { challenge, method: 'totp', code: '000000' }
    expect((await call(SECOND_STEP, { token, body: wrong })).status).toBe(400)
  })
})

describe('an account that requires two factors', () => {
  async function strictAccount() {
    const owner = await signUpPerson()
    const member = await addMember(owner, 'editor')
    const { token } = await setUp(owner)
    const answer = await send('PATCH /api/v1/account', { require_two_factor: true }, token)
    expect([answer.status, answer.body.require_two_factor]).toEqual([200, true])
    return { owner: { ...owner, token }, member }
  }

  test('is closed to members without, until they have set one up', async () => {
    const { owner, member } = await strictAccount()
    const headers = inAccount(owner)
    expect(refusal(await call('GET /api/v1/sites/', { token: member.token, headers }))).toEqual([
      403,
      'two_factor_required',
    ])
    const session = await call('GET /api/v1/auth/get-session', { token: member.token, headers })
    expect(session.body.two_factor_missing).toBe(true)
    expect((await call('GET /api/v1/sites/', { token: member.token })).status).toBe(200)
    const { token } = await setUp(member)
    expect((await call('GET /api/v1/sites/', { token, headers })).status).toBe(200)
    const after = await call('GET /api/v1/auth/get-session', { token, headers })
    expect(after.body.two_factor_missing).toBe(false)
  })

  test('is closed again without the factor', async () => {
    const { owner } = await strictAccount()
    const removed = await send(`${TOTP}/remove`, { password }, owner.token)
    expect(refusal(await call('GET /api/v1/sites/', { token: removed.body.token }))).toEqual([
      403,
      'two_factor_required',
    ])
  })

  test('is closed to sessions from before', async () => {
    const { owner, member } = await strictAccount()
    const other = await send('POST /api/v1/auth/sign-in/email', { email: member.email, password })
    await setUp(member)
    const answer = await call('GET /api/v1/sites/', { token: other.body.token, headers: inAccount(owner) })
    expect(refusal(answer)).toEqual([403, 'two_factor_required'])
  })

  test('can be opened again by its owner', async () => {
    const { owner, member } = await strictAccount()
    await send('PATCH /api/v1/account', { require_two_factor: false }, owner.token)
    expect((await call('GET /api/v1/sites/', { token: member.token, headers: inAccount(owner) })).status).toBe(200)
  })
})
