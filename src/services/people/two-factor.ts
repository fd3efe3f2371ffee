import { eq, lte } from 'drizzle-orm'
import type { RecoveryCodes, SecondStepCode, TotpSetup } from '../../contract/me.ts'
import { sessions, verifications } from '../../db/schema/index.ts'
import { sha256Hex } from '../../lib/hmac.ts'
import { auditPerson } from '../audit/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { callLibrary, createAuth, createTrace, SECOND_STEP_COOKIE } from './auth.ts'
import { assertOriginAllowed, headersForLibrary } from './credentials.ts'
import { type Client, tellFactorChange } from './letters.ts'
import { weakenSessions } from './profile.ts'
import { loadSelf } from './self.ts'
import type { SignInResult } from './session.ts'
import { replaceSession, startSession } from './start-session.ts'

/** A code is accepted in its own 30 seconds and in the 30 before and after. */
const CODE_LIFETIME_MS = 90_000

type WithClient<T = object> = T & { client: Client }

/**
 * A code works once, as RFC 6238 asks, so that nobody uses one that they saw somebody type. The primary key decides
 * between requests at once.
 * @throws ServiceError `wrong_code`
 */
async function useUp(ctx: ServiceContext<Actor>, userId: string, code: string): Promise<void> {
  const now = ctx.now()
  const [createdAt, expiresAt] = [new Date(now), new Date(now + CODE_LIFETIME_MS)]
  const id = await sha256Hex(`totp:${userId}:${code}`)
  const first = await ctx.db
    .insert(verifications)
    .values({ id, identifier: 'used-code', value: '', expiresAt, createdAt, updatedAt: createdAt })
    .onConflictDoUpdate({
      target: verifications.id,
      set: { expiresAt },
      setWhere: lte(verifications.expiresAt, createdAt),
    })
    .returning({ id: verifications.id })
  if (first.length === 0) throw new ServiceError('wrong_code')
}

const withoutSpaces = (code: string) => code.replaceAll(/\s/g, '')

/** Whose sign-in a token of the library belongs to. */
async function ownerOf(ctx: ServiceContext<Actor>, token: string): Promise<string> {
  const [row] = await ctx.db
    .select({ userId: sessions.userId })
    .from(sessions)
    .where(eq(sessions.token, token))
    .limit(1)
  return row?.userId ?? ''
}

/**
 * Completes a sign-in with a code of the authenticator app, or with a recovery code. Five wrong codes end the sign-in;
 * ten in a row, over all sign-ins, stop codes for 15 minutes. Only who knows the password gets here.
 * @throws ServiceError `wrong_code`, `second_step_over`, `too_many_requests`, `user_inactive`, `origin_not_allowed`
 */
export async function signInSecondStep({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: WithClient<SecondStepCode>
}): Promise<SignInResult> {
  const { client, challenge, method } = input
  assertOriginAllowed(ctx.config, client.headers)
  const trace = createTrace({ place: client.place, secondFactor: true })
  const { api } = createAuth(ctx, trace)
  const headers = headersForLibrary(ctx.config, client.headers, { [SECOND_STEP_COOKIE]: challenge })
  const code = withoutSpaces(input.code)
  const call = { body: { code }, headers, returnHeaders: true } as const
  const answer = await callLibrary(trace, method === 'totp' ? api.verifyTOTP(call) : api.verifyBackupCode(call))
  const token = answer.response.token ?? ''
  if (method === 'totp') {
    try {
      await useUp(ctx, await ownerOf(ctx, token), code)
    } catch (error) {
      await ctx.db.delete(sessions).where(eq(sessions.token, token))
      throw error
    }
  }
  const result = await startSession(ctx, { token, client, headers: answer.headers, method })
  if (method === 'recovery_code') await tellFactorChange(ctx, result.user.id, 'recovery_code_used', client)
  return result
}

/**
 * Makes a secret for an authenticator app, and recovery codes. Nothing is on before {@link confirmTotp}.
 * @throws ServiceError `wrong_password`, `two_factor_on`
 */
export async function setUpTotp({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: WithClient<{ password: string }>
}): Promise<TotpSetup> {
  const { password, client } = input
  const trace = createTrace()
  const headers = headersForLibrary(ctx.config, client.headers, 'session')
  const made = await callLibrary(trace, createAuth(ctx, trace).api.enableTwoFactor({ body: { password }, headers }))
  if (made.method !== 'totp') throw new Error('the library set up another method')
  const secret = new URL(made.totpURI).searchParams.get('secret') ?? ''
  return { uri: made.totpURI, secret, recovery_codes: made.backupCodes }
}

/**
 * Turns the authenticator app on with its first code. Signing in needs a code from now on; this session has one.
 * @throws ServiceError `wrong_code`, `two_factor_on`, `two_factor_off`
 */
export async function confirmTotp({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: WithClient<{ code: string }>
}): Promise<SignInResult> {
  const { client } = input
  const { person } = await loadSelf(ctx, client.headers)
  if (person.twoFactorEnabled) throw new ServiceError('two_factor_on')
  const code = withoutSpaces(input.code)
  const trace = createTrace({ place: client.place, secondFactor: true })
  const headers = headersForLibrary(ctx.config, client.headers, 'session')
  const { api } = createAuth(ctx, trace)
  const answer = await callLibrary(trace, api.verifyTOTP({ body: { code }, headers, returnHeaders: true }))
  await useUp(ctx, person.id, code)
  await auditPerson({ ctx, input: { userId: person.id, action: 'person.totp_added' } })
  await tellFactorChange(ctx, person.id, 'totp_on', client)
  return replaceSession(ctx, person, answer.headers)
}

/** Removes the authenticator app and its recovery codes. @throws ServiceError `wrong_password`, `two_factor_off` */
export async function removeTotp({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: WithClient<{ password: string }>
}): Promise<SignInResult> {
  const { password, client } = input
  const { person } = await loadSelf(ctx, client.headers)
  if (!person.twoFactorEnabled) throw new ServiceError('two_factor_off')
  const trace = createTrace({ place: client.place })
  const headers = headersForLibrary(ctx.config, client.headers, 'session')
  const { api } = createAuth(ctx, trace)
  const answer = await callLibrary(trace, api.disableTwoFactor({ body: { password }, headers, returnHeaders: true }))
  await weakenSessions(ctx, person.id)
  await auditPerson({ ctx, input: { userId: person.id, action: 'person.totp_removed' } })
  await tellFactorChange(ctx, person.id, 'totp_off', client)
  return replaceSession(ctx, person, answer.headers)
}

/** Makes new recovery codes; the older ones no longer work. @throws ServiceError `wrong_password`, `two_factor_off` */
export async function renewRecoveryCodes({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: WithClient<{ password: string }>
}): Promise<RecoveryCodes> {
  const { password, client } = input
  const { person } = await loadSelf(ctx, client.headers)
  const trace = createTrace()
  const headers = headersForLibrary(ctx.config, client.headers, 'session')
  const made = await callLibrary(trace, createAuth(ctx, trace).api.generateBackupCodes({ body: { password }, headers }))
  await auditPerson({ ctx, input: { userId: person.id, action: 'person.recovery_codes_renewed' } })
  await tellFactorChange(ctx, person.id, 'recovery_codes_renewed', client)
  return { recovery_codes: made.backupCodes }
}

/** How many recovery codes of the person are left. */
export async function countRecoveryCodes(ctx: ServiceContext, userId: string): Promise<number> {
  const trace = createTrace()
  const { backupCodes } = await callLibrary(trace, createAuth(ctx, trace).api.viewBackupCodes({ body: { userId } }))
  return backupCodes.length
}
