import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { db } from '../../src/db/client.ts'
import { accounts, sessions, userCredentials, users } from '../../src/db/schema/index.ts'
import { createId } from '../../src/lib/ids.ts'
import { createAuth, createTrace } from '../../src/services/people/auth.ts'
import { signUp } from '../../src/services/people/password.ts'
import { signSessionToken, verifySessionToken } from '../../src/services/people/credentials.ts'
import { createTestContext, signUpPerson } from '../support/identity.ts'

const d1 = () => db(env, null).db
const client = { headers: new Headers(), place: { country: null, city: null } }
const anonymous = { kind: 'anonymous' } as const

test('a sign-up whose account can’t be created leaves no person', async () => {
  const input = { name: 'Half', email: 'half@example.com', password: 'correct horse battery', client }
  const newId: typeof createId = (prefix) => {
    if (prefix === 'acc') throw new Error('no account today')
    return createId(prefix)
  }
  const before = await d1().$count(accounts)
  await expect(signUp({ ctx: createTestContext(anonymous, { newId }), input })).rejects.toThrow('no account today')
  expect(await d1().select().from(users).where(eq(users.email, input.email))).toEqual([])
  expect(await d1().$count(accounts)).toBe(before)
  expect([await d1().$count(sessions), await d1().$count(userCredentials)]).toEqual([0, 0])
  const { user } = await signUp({ ctx: createTestContext(anonymous), input })
  expect(user.email).toBe(input.email)
})

test('our signature is the one that the library makes and accepts', async () => {
  const { token, cookie } = await signUpPerson()
  const ctx = createTestContext(anonymous)
  const secret = ctx.config.sessionSecret
  const stored = await verifySessionToken(secret, token)
  expect(stored).not.toBeNull()
  expect(cookie).toBe(`igny8.session_token=${encodeURIComponent(await signSessionToken(secret, stored ?? ''))}`)
  const { api } = createAuth(ctx, createTrace())
  const read = await api.getSession({ headers: new Headers({ cookie }) })
  expect(read?.session.token).toBe(stored)
})

test('a signature under another secret, or of another token, is not ours', async () => {
  const secret = 'a secret of at least thirty-two characters'
  const signed = await signSessionToken(secret, 'token')
  expect(await verifySessionToken(secret, signed)).toBe('token')
  expect(await verifySessionToken(secret, encodeURIComponent(signed))).toBe('token')
  const [, signature] = signed.split('.')
  const forged = [
    `other.${signature}`,
    signed.slice(0, -1),
    `${signed}=`,
    signed.toLowerCase(),
    'token',
    '.',
    '%',
    `%E0%A4%A`,
  ]
  for (const text of forged) expect(await verifySessionToken(secret, text)).toBeNull()
  expect(await verifySessionToken('another secret', signed)).toBeNull()
  expect(await verifySessionToken(secret, `${'x'.repeat(600)}.${signature}`)).toBeNull()
})
