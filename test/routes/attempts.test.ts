import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { signInAttempts, users } from '../../src/db/schema/index.ts'
import { createApiKey } from '../../src/lib/api-key.ts'
import { emptySink } from '../../src/services/mail/index.ts'
import { pruneSignInAttempts } from '../../src/services/people/index.ts'
import { beginAttempt, endAttempt } from '../../src/services/people/attempts.ts'
import {
  call,
  createTestContext,
  createTestKey,
  createTestSite,
  refusal,
  signUpPerson,
  type Person,
} from '../support/identity.ts'
import { d1 } from '../support/integration.ts'
import { mailsTo, withSink } from '../support/mail.ts'

const SIGN_IN = 'POST /api/v1/auth/sign-in/email'
const RIGHT = 'correct horse battery'
let owner: Person
beforeEach(async () => {
  emptySink()
  await d1().delete(signInAttempts)
  owner = await signUpPerson()
})

let networks = 0
const newNetwork = () => `198.51.${Math.floor(++networks / 250)}.${networks % 250}`

interface Options {
  from: string
  password?: string
  email?: string
  cookie?: string
}

const signIn = ({ from, password = 'wrong', email = owner.email, cookie }: Options) =>
  call(SIGN_IN, {
    body: { email, password },
    headers: { 'cf-connecting-ip': from },
    bindings: withSink,
    ...(cookie !== undefined && { cookie }),
  })

/** Fails without hashing, as many times as it takes. */
async function failFast(times: number, from: () => string, email = owner.email) {
  const ctx = createTestContext({ kind: 'anonymous' })
  const work: Promise<unknown>[] = []
  const background = (promise: Promise<unknown>) => void work.push(promise)
  for (let n = 0; n < times; n++) {
    const headers = new Headers({ 'cf-connecting-ip': from() })
    const attempt = await beginAttempt({ ctx, input: { email, headers } })
    await endAttempt({ ctx: { ...ctx, background }, input: { attempt, isRight: false } })
    await Promise.all(work)
  }
}

const waitOf = (answer: Awaited<ReturnType<typeof call>>) => Number(answer.headers.get('retry-after'))
const forward = (seconds: number) => vi.spyOn(Date, 'now').mockReturnValue(Date.now() + seconds * 1000)

describe('T66 wrong passwords', () => {
  test('are free five times, and then cost a wait that doubles, in which even the right one is not read', async () => {
    const from = newNetwork()
    const waits: number[] = []
    const clock = vi.spyOn(Date, 'now')
    for (let n = 0; n < 5; n++) expect(refusal(await signIn({ from }))).toEqual([401, 'invalid_credentials'])
    for (let n = 0; n < 3; n++) {
      expect(refusal(await signIn({ from }))).toEqual([401, 'invalid_credentials'])
      const refused = await signIn({ from, password: RIGHT })
      expect(refusal(refused)).toEqual([429, 'too_many_attempts'])
      waits.push(waitOf(refused))
      clock.mockReturnValue(Date.now() + waitOf(refused) * 1000 + 1000)
    }
    clock.mockRestore()
    expect(waits[0]).toBeLessThanOrEqual(4)
    expect(waits[1]).toBe(8)
    expect(waits[2]).toBe(16)
  })

  test('wait fifteen minutes at most, and the right one gets in after the wait', async () => {
    const from = newNetwork()
    await failFast(1, () => from)
    await d1().update(signInAttempts).set({ failures: 500 }).where(eq(signInAttempts.failures, 1))
    await failFast(1, () => from)
    const refused = await signIn({ from, password: RIGHT })
    expect(refusal(refused)).toEqual([429, 'too_many_attempts'])
    // all strangers together have few, so this is the network's own
    expect(waitOf(refused)).toBeLessThanOrEqual(3600)
    const clock = forward(waitOf(refused) + 1)
    expect((await signIn({ from, password: RIGHT })).status).toBe(200)
    clock.mockRestore()
    expect(refusal(await signIn({ from }))).toEqual([401, 'invalid_credentials'])
  })

  test('at once are not all the first', async () => {
    const from = newNetwork()
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn({ from })))
    const codes = answers.map(({ body }) => body.code)
    expect(codes.filter((code) => code === 'invalid_credentials')).toHaveLength(6)
    expect(codes.filter((code) => code === 'too_many_attempts')).toHaveLength(6)
  })

  test('from an IPv6 /64 are one stranger’s, from another one another’s', async () => {
    await failFast(6, () => `2001:db8:1:2::${(++networks).toString(16)}`)
    expect(refusal(await signIn({ from: '2001:db8:1:2:ffff::1' }))).toEqual([429, 'too_many_attempts'])
    expect(refusal(await signIn({ from: '2001:db8:1:3::1' }))).toEqual([401, 'invalid_credentials'])
  })

  test('of strangers don’t reach a device on which the owner has signed in', async () => {
    const home = newNetwork()
    const first = await signIn({ from: home, password: RIGHT })
    const cookie =
      first.headers
        .getSetCookie()
        .find((line) => line.includes('device_'))
        ?.split(';')[0] ?? ''
    expect(first.headers.getSetCookie().join('\n')).toMatch(/igny8\.device_\w+=[\w.]+; Max-Age=\d+; Path=\/; HttpOnly/)
    await failFast(6, () => home)
    expect(refusal(await signIn({ from: home, password: RIGHT }))).toEqual([429, 'too_many_attempts'])
    expect((await signIn({ from: home, password: RIGHT, cookie })).status).toBe(200)
    // the cookie is another account's
    const other = await signUpPerson()
    const stranger = newNetwork()
    await failFast(6, () => stranger, other.email)
    const renamed = cookie.replace(/device_\w+/, (await deviceCookie(other)).split('=')[0]?.split('.')[1] ?? '')
    const refused = await signIn({ from: stranger, email: other.email, password: RIGHT, cookie: renamed })
    expect(refusal(refused)).toEqual([429, 'too_many_attempts'])
  })

  test('of a botnet slow down every network, but not the first attempt of a new one, and nobody for good', async () => {
    const cookie = (await deviceCookie(owner)).split(';')[0] ?? ''
    await failFast(1, newNetwork)
    await d1().update(signInAttempts).set({ failures: 1_000 }).where(eq(signInAttempts.source, '*'))
    const from = newNetwork()
    expect(refusal(await signIn({ from }))).toEqual([401, 'invalid_credentials'])
    const refused = await signIn({ from, password: RIGHT })
    expect(refusal(refused)).toEqual([429, 'too_many_attempts'])
    expect(waitOf(refused)).toBeGreaterThan(3500)
    // the owner mistypes once, on a device that they have signed in on
    expect(refusal(await signIn({ from: newNetwork(), cookie }))).toEqual([401, 'invalid_credentials'])
    expect((await signIn({ from: newNetwork(), password: RIGHT, cookie })).status).toBe(200)
    // and from a place they never were at
    expect((await signIn({ from: newNetwork(), password: RIGHT })).status).toBe(200)
    const clock = forward(waitOf(refused) + 1)
    expect((await signIn({ from, password: RIGHT })).status).toBe(200)
    clock.mockRestore()
  })

  test('for an address that nobody has are answered the same', async () => {
    const [from, email] = [newNetwork(), 'nobody@example.com']
    for (let n = 0; n < 6; n++) expect(refusal(await signIn({ from, email }))).toEqual([401, 'invalid_credentials'])
    expect(refusal(await signIn({ from, email }))).toEqual([429, 'too_many_attempts'])
  })

  test('are told to the owner, once a day', async () => {
    await failFast(9, newNetwork)
    await signIn({ from: newNetwork() })
    const [mail] = mailsTo(owner.email)
    expect(mail).toMatchObject({
      kind: 'sign_in_attempts',
      subject: 'IGNY8: Wrong passwords were tried on your account',
    })
    expect(mail?.text).toContain('Attempts in the last day: 10')
    for (let n = 0; n < 3; n++) await signIn({ from: newNetwork() })
    expect(mailsTo(owner.email)).toHaveLength(1)
    await d1()
      .update(signInAttempts)
      .set({ toldAt: new Date(Date.now() - 86_500_000) })
      .where(eq(signInAttempts.source, '*'))
    await signIn({ from: newNetwork() })
    expect(mailsTo(owner.email)).toHaveLength(2)
  })

  test('leave hashes alone, which are gone after a day', async () => {
    await failFast(2, newNetwork)
    expect(JSON.stringify(await d1().select().from(signInAttempts))).not.toMatch(/198\.51|example/)
    expect(await pruneSignInAttempts({ db: d1(), now: Date.now(), limit: 100 })).toBe(0)
    expect(await pruneSignInAttempts({ db: d1(), now: Date.now() + 3 * 86_400_000, limit: 2 })).toBe(2)
    expect(await pruneSignInAttempts({ db: d1(), now: Date.now() + 3 * 86_400_000, limit: 100 })).toBe(1)
  })
})

/** The cookie that a device of this person has. */
async function deviceCookie(person: Person): Promise<string> {
  const answer = await signIn({ from: newNetwork(), email: person.email, password: RIGHT })
  return answer.headers.getSetCookie().find((line) => line.includes('device_')) ?? ''
}

test('a deactivated person’s right password is no wrong one', async () => {
  await d1().update(users).set({ isActive: false }).where(eq(users.id, owner.userId))
  expect(refusal(await signIn({ from: newNetwork(), password: RIGHT }))).toEqual([403, 'user_inactive'])
  expect(await d1().$count(signInAttempts, eq(signInAttempts.source, '*'))).toBe(0)
})

describe('T66 anonymous calls', () => {
  /** A rate limit that notes its keys, and refuses after `most`. */
  function counter(most: number) {
    const keys: string[] = []
    const limit = async ({ key }: { key: string }) => ({ success: keys.push(key) <= most })
    return { keys, bindings: { THROTTLE_ANONYMOUS: { limit } } as unknown as Partial<Env> }
  }

  test('count by /64', async () => {
    const { keys, bindings } = counter(10)
    for (const address of ['2001:db8::1', '2001:db8::ffff:1', '203.0.113.9', '::ffff:203.0.113.9'])
      await call('GET /api/v1/auth/options', { headers: { 'cf-connecting-ip': address }, bindings })
    expect(keys).toEqual(['2001:db8:0:0::/64', '2001:db8:0:0::/64', '203.0.113.9', '203.0.113.9'])
  })

  test('with well-formed unknown keys are charged once, before D1 is asked', async () => {
    const token = createApiKey().plaintext
    const { keys, bindings } = counter(1)
    const send = (more: Partial<Env> = {}) => call('GET /api/v1/sites/', { token, bindings: { ...bindings, ...more } })
    expect(refusal(await send())).toEqual([401, 'api_key_unknown'])
    expect(keys).toHaveLength(1)
    let asked = 0
    const DB = {
      withSession: () => ({ prepare: () => void asked++, batch: () => void asked++, getBookmark: () => null }),
    }
    const refused = await send({ DB } as unknown as Partial<Env>)
    expect(refusal(refused)).toEqual([429, 'too_many_requests'])
    expect(asked).toBe(0)
  })

  test('with a real key are not charged, also while KV is away', async () => {
    const { key } = await createTestKey(owner, await createTestSite(owner))
    const { keys, bindings } = counter(0)
    expect((await call('GET /api/v1/sites/', { token: key, bindings })).status).toBe(200)
    const API_KEYS = { get: () => Promise.reject(new Error('away')), put: () => Promise.reject(new Error('away')) }
    const away = { ...bindings, API_KEYS } as unknown as Partial<Env>
    expect((await call('GET /api/v1/sites/', { token: key, bindings: away })).status).toBe(200)
    expect(keys).toEqual([])
    expect(refusal(await call('GET /api/v1/sites/', { token: createApiKey().plaintext, bindings: away }))).toEqual([
      429,
      'too_many_requests',
    ])
  })
})
