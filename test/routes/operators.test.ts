/** The people who operate the deployment: how they get the role, and that nobody else finds anything there. */
import { env } from 'cloudflare:workers'
import { and, eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { auditLog, operators, sessions, users } from '../../src/db/schema/index.ts'
import { createId } from '../../src/lib/ids.ts'
import type { Route } from '../../src/routes/define.ts'
import { routes } from '../../src/routes/index.ts'
import { emptySink } from '../../src/services/mail/index.ts'
import { refusal, signUpPerson, type Person } from '../support/identity.ts'
import { connectSiteWithStructure, d1, type ConnectedSite } from '../support/integration.ts'
import { mailsTo, withSink } from '../support/mail.ts'
import { call, documentPath, openApi } from '../support/openapi.ts'
import { sampleOf } from '../support/openapi-sample.ts'
import { operate } from '../support/operator.ts'
import { createOperator, withSecondFactor } from '../support/operators.ts'
import { playInternet } from '../support/plugin.ts'

beforeAll(playInternet)

const grant = (email: string) => operate('POST operators/', { body: { email }, bindings: withSink })
const revoke = ({ userId }: Person) => operate(`DELETE operators/${userId}/`, { bindings: withSink })
const recordsOf = ({ userId }: Person) =>
  d1()
    .select({ actor: auditLog.actor, action: auditLog.action, metadata: auditLog.metadata })
    .from(auditLog)
    .where(and(eq(auditLog.accountId, 'operator'), eq(auditLog.entityId, userId)))
const overview = (options: Parameters<typeof call>[1]) => call('GET /api/v1/operator/overview/', options)

describe('the role of an operator', () => {
  test('is granted with the token, mailed to the person and recorded in the operator’s own log, once', async () => {
    const ada = await signUpPerson('Ada')
    emptySink()
    const { status, body } = await grant(ada.email.toUpperCase())
    expect([status, body]).toEqual([
      201,
      { user_id: ada.userId, name: 'Ada', email: ada.email, granted_at: expect.any(String) },
    ])
    expect(mailsTo(ada.email).map(({ subject }) => subject)).toEqual(['IGNY8: You operate IGNY8 now'])
    expect(await recordsOf(ada)).toEqual([{ actor: 'operator', action: 'operator.granted', metadata: {} }])
    expect((await grant(ada.email)).body).toEqual(body)
    expect(mailsTo(ada.email)).toHaveLength(1)
    expect(await recordsOf(ada)).toHaveLength(1)
    const { body: listed } = await operate('GET operators/')
    expect(listed.results).toContainEqual(body)
  })

  test('is for people whose address is verified, since it could be a stranger’s', async () => {
    expect(refusal(await grant('nobody@example.com'))).toEqual([404, 'person_not_found'])
    const eve = await signUpPerson('Eve')
    const hers = eq(users.id, eve.userId)
    await d1().update(users).set({ emailVerified: false }).where(hers)
    expect(refusal(await grant(eve.email))).toEqual([409, 'person_unverified'])
    await d1().update(users).set({ emailVerified: true, isActive: false }).where(hers)
    expect(refusal(await grant(eve.email))).toEqual([403, 'user_inactive'])
    expect(await d1().$count(operators, eq(operators.userId, eve.userId))).toBe(0)
    expect(await recordsOf(eve)).toEqual([])
    expect(refusal(await operate('POST operators/', { body: { email: 'no address' } }))).toEqual([
      400,
      'validation_error',
    ])
  })

  test('is taken back for all sessions at once, and the person is told', async () => {
    const olga = await createOperator()
    expect((await overview({ token: olga.token })).status).toBe(200)
    emptySink()
    expect((await revoke(olga)).status).toBe(204)
    expect(refusal(await overview({ token: olga.token }))).toEqual([404, 'not_found'])
    expect(mailsTo(olga.email).map(({ subject }) => subject)).toEqual(['IGNY8: You no longer operate IGNY8'])
    expect((await recordsOf(olga)).map(({ action }) => action)).toEqual(['operator.revoked'])
    expect(refusal(await revoke(olga))).toEqual([404, 'person_not_found'])
  })

  test('makes no other operators, starts no backup, and gives no right in an account', async () => {
    const [olga, site] = [await createOperator(), await connectSiteWithStructure()]
    const { token } = olga
    for (const request of ['GET operators/', 'POST backups/', `DELETE operators/${olga.userId}/`])
      expect(refusal(await operate(request, { token }))).toEqual([401, 'operator_token_invalid'])
    const headers = { 'x-account-id': site.owner.accountId }
    expect(refusal(await call('GET /api/v1/sites/', { token, headers }))).toEqual([403, 'no_account'])
    expect(refusal(await call(`GET /api/v1/sites/${site.siteId}/`, { token }))).toEqual([404, 'site_not_found'])
  })

  test('shows in the session, so that the app knows whom to show the page', async () => {
    const [olga, ada] = [await createOperator(), await signUpPerson()]
    const session = async ({ token }: Person) => (await call('GET /api/v1/auth/get-session', { token })).body
    expect((await session(olga)).is_operator).toBe(true)
    expect((await session(ada)).is_operator).toBe(false)
  })

  test('needs no second factor on a machine of one’s own alone', async () => {
    const olga = await createOperator()
    await withSecondFactor(olga, false)
    expect(refusal(await overview({ token: olga.token }))).toEqual([403, 'operator_factor_required'])
    const bindings = { ENVIRONMENT: 'development', MAIL_SINK: '' } as unknown as Partial<Env>
    expect((await overview({ token: olga.token, bindings })).status).toBe(200)
  })
})

const ofPlatform = routes.filter(({ access }) => access.kind === 'platform')

/** A valid request about what there is not. */
function requestOf(route: Route, ids: Record<string, string> = {}): [request: string, options: { body?: unknown }] {
  const absent = (name: string) => ids[name] ?? `${name.slice(0, -3)}_${'0'.repeat(32)}`
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => absent(name))
  const schema = openApi.paths[documentPath(route)][route.method].requestBody?.content['application/json']?.schema
  return [`${route.method.toUpperCase()} ${path}/`, schema ? { body: sampleOf(schema) } : {}]
}

describe.each(ofPlatform.map((route) => [route.operationId, route] as const))('%s', (_id, route) => {
  let olga: Person
  let site: ConnectedSite
  beforeAll(async () => {
    olga = await createOperator()
    site = await connectSiteWithStructure()
  })
  const ask = (options: Parameters<typeof call>[1]) => {
    const [request, more] = requestOf(route)
    return call(request, { ...more, ...options })
  }
  const isLetIn = async (options: Parameters<typeof call>[1]) => {
    const { status, body } = await ask(options)
    expect([401, 403]).not.toContain(status)
    expect(body?.code).not.toBe('not_found')
  }

  test('lets an operator in, and whoever has the token', async () => {
    await isLetIn({ token: olga.token })
    await isLetIn({ cookie: olga.cookie, headers: { origin: 'http://api.test' } })
    await isLetIn({ token: env.OPERATOR_TOKEN })
  })

  test('is not there for anybody else who is signed in', async () => {
    const unknown = await call(`GET /api/v1/operator/${createId('req')}/`, { token: site.owner.token })
    expect(refusal(unknown)).toEqual([404, 'not_found'])
    for (const token of [site.owner.token, site.key]) {
      const { status, body } = await ask({ token })
      expect([status, { ...body, request_id: '' }]).toEqual([404, { ...unknown.body, request_id: '' }])
    }
    const mine = eq(sessions.userId, site.owner.userId)
    await d1().update(sessions).set({ secondFactor: true }).where(mine)
    expect(refusal(await ask({ token: site.owner.token }))).toEqual([404, 'not_found'])
  })

  test('refuses who isn’t signed in, other tokens, and ended sessions', async () => {
    expect(refusal(await ask({}))).toEqual([401, 'credentials_missing'])
    for (const token of [`${env.OPERATOR_TOKEN}x`, env.OPERATOR_TOKEN.slice(1), 'Bearer'])
      expect(refusal(await ask({ token }))).toEqual([401, 'invalid_session'])
    const gone = await createOperator()
    await d1().delete(sessions).where(eq(sessions.userId, gone.userId))
    expect(refusal(await ask({ token: gone.token }))).toEqual([401, 'invalid_session'])
    const expired = await createOperator()
    await d1()
      .update(sessions)
      .set({ expiresAt: new Date(Date.now() - 1) })
      .where(eq(sessions.userId, expired.userId))
    expect(refusal(await ask({ token: expired.token }))).toEqual([401, 'invalid_session'])
  })

  test('refuses an operator without a second factor, or who is switched off', async () => {
    const weak = await createOperator()
    await withSecondFactor(weak, false)
    expect(refusal(await ask({ token: weak.token }))).toEqual([403, 'operator_factor_required'])
    await withSecondFactor(weak)
    await isLetIn({ token: weak.token })
    await d1().update(users).set({ isActive: false }).where(eq(users.id, weak.userId))
    expect(refusal(await ask({ token: weak.token }))).toEqual([403, 'user_inactive'])
  })

  test('asks for a recent sign-in where it changes something', async () => {
    const late = await createOperator()
    const longAgo = new Date(Date.now() - 16 * 60_000)
    await d1().update(sessions).set({ createdAt: longAgo }).where(eq(sessions.userId, late.userId))
    if (route.method === 'get') return isLetIn({ token: late.token })
    return expect(refusal(await ask({ token: late.token }))).toEqual([403, 'recent_sign_in_required'])
  })
})
