import { eq } from 'drizzle-orm'
import type { Confirmed, PasswordChange, ResetPassword } from '../../contract/me.ts'
import type { SecondStep, SignIn, SignUp } from '../../contract/people.ts'
import { lastFault } from '../../db/client.ts'
import { passkeys, sessions, twoFactors, userCredentials, users } from '../../db/schema/index.ts'
import { createAccount } from '../account/create.ts'
import { auditPerson } from '../audit/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { callLibrary, createAuth, createTrace, refusalOf, SECOND_STEP_COOKIE } from './auth.ts'
import { assertOriginAllowed, headersForLibrary, readSetCookie, signSessionToken } from './credentials.ts'
import { sendVerification } from './email.ts'
import { type Client, sendLetter } from './letters.ts'
import { assertPasswordAllowed } from './password-policy.ts'
import { FRESH_MS, loadSelf } from './self.ts'
import { presentUser, type SignInResult } from './session.ts'
import { replaceSession, startSession } from './start-session.ts'

const nameAccount = (name: string, chosen: string | undefined) => chosen ?? `${name}’s account`.slice(0, 200)

/** Removes what a failed sign-up left, so that the address can sign up again. */
async function removeUser(ctx: ServiceContext<Actor>, userId: string): Promise<void> {
  await ctx.db.batch([
    ctx.db.delete(sessions).where(eq(sessions.userId, userId)),
    ctx.db.delete(userCredentials).where(eq(userCredentials.userId, userId)),
    ctx.db.delete(users).where(eq(users.id, userId)),
  ])
}

/** Of two concurrent sign-ups, better-auth says only that the second failed. So we look the address up. */
async function isEmailTaken(ctx: ServiceContext<Actor>, email: string, cause: unknown): Promise<boolean> {
  const refusal = refusalOf(cause)
  if (refusal === 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL') return true
  if (refusal !== 'FAILED_TO_CREATE_USER') return false
  const found = await ctx.db.select({ id: users.id }).from(users).where(eq(users.email, email.toLowerCase())).limit(1)
  return found.length > 0
}

/**
 * Creates a person, an account that they own, and a session, and mails a link that verifies the address. If the account
 * can't be created, the person is removed.
 * @throws ServiceError `email_taken`, `common_password`, `personal_password`, `origin_not_allowed`
 */
export async function signUp({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: SignUp & { client: Client }
}): Promise<SignInResult> {
  const { name, email, password, client } = input
  const { headers, place } = client
  assertOriginAllowed(ctx.config, headers)
  assertPasswordAllowed(password, { name, email }, 'body.password')
  const trace = createTrace({ place })
  try {
    const answer = await createAuth(ctx, trace).api.signUpEmail({
      body: { name, email, password },
      headers: headersForLibrary(ctx.config, headers, {}),
      returnHeaders: true,
    })
    const { user, token } = answer.response
    if (token === null) throw new Error('sign-up made no session')
    await createAccount(ctx, { userId: user.id, name: nameAccount(name, input.account_name) })
    await sendVerification(ctx, { userId: user.id, email: user.email, client })
    return {
      token: await signSessionToken(ctx.config.sessionSecret, token),
      user: presentUser({ ...user, emailVerified: false }),
      cookies: answer.headers.getSetCookie(),
    }
  } catch (cause) {
    if (trace.createdUserId !== null) await removeUser(ctx, trace.createdUserId)
    const fault = trace.db && lastFault(trace.db)
    if (fault) throw fault
    if (await isEmailTaken(ctx, email, cause)) throw new ServiceError('email_taken')
    throw cause
  }
}

/** The code that the second step needs. The challenge is a signed name; better-auth would keep it in a cookie. */
function secondStepOf(ctx: ServiceContext<Actor>, headers: Headers): SecondStep {
  const challenge = readSetCookie(ctx.config, headers, SECOND_STEP_COOKIE)
  if (challenge === null) throw new Error('the second step has no challenge')
  return { second_step: { challenge, methods: ['totp', 'recovery_code'] } }
}

/**
 * Creates a session for an e-mail address and a password; for people with an authenticator app only the challenge of
 * the second step. An unknown address gets the same response as a wrong password, after the same time.
 * @throws ServiceError `invalid_credentials`, `user_inactive`, `origin_not_allowed`
 */
export async function signIn({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: SignIn & { client: Client }
}): Promise<SignInResult | SecondStep> {
  const { email, password, client } = input
  assertOriginAllowed(ctx.config, client.headers)
  const trace = createTrace({ place: client.place })
  // no cookie is passed on: a sign-in ignores who was signed in before, and no device skips the second step
  const headers = headersForLibrary(ctx.config, client.headers, {})
  const { api } = createAuth(ctx, trace)
  const answer = await callLibrary(trace, api.signInEmail({ body: { email, password }, headers, returnHeaders: true }))
  if ('twoFactorRedirect' in answer.response) return secondStepOf(ctx, answer.headers)
  return startSession(ctx, { ...answer.response, client, headers: answer.headers, method: 'password' })
}

/**
 * Changes the person's password. All their other sessions end, and this one is replaced.
 * @throws ServiceError `wrong_password`, `common_password`, `personal_password`
 */
export async function changePassword({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: PasswordChange & { client: Client }
}): Promise<SignInResult> {
  const { current_password: currentPassword, new_password: newPassword, client } = input
  const { person, session } = await loadSelf(ctx, client.headers)
  assertPasswordAllowed(newPassword, person, 'body.new_password')
  const trace = createTrace({ place: client.place, secondFactor: session.secondFactor })
  const answer = await callLibrary(
    trace,
    createAuth(ctx, trace).api.changePassword({
      body: { currentPassword, newPassword, revokeOtherSessions: true },
      headers: headersForLibrary(ctx.config, client.headers, 'session'),
      returnHeaders: true,
    }),
  )
  await auditPerson({ ctx, input: { userId: person.id, action: 'person.password_changed' } })
  sendLetter(ctx, { to: person, kind: 'password_changed', client, page: 'account' })
  return replaceSession(ctx, person, answer.headers)
}

/**
 * Mails a link to a new password, if the address belongs to somebody. The work is done after the response, which is
 * the same for every address.
 * @throws ServiceError `origin_not_allowed`
 */
export async function forgotPassword({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: { email: string; client: Client }
}): Promise<void> {
  const { email, client } = input
  assertOriginAllowed(ctx.config, client.headers)
  const trace = createTrace({
    sendResetPassword: async (_userId, token) =>
      sendLetter(ctx, {
        to: { email: email.toLowerCase(), emailVerified: false },
        kind: 'reset_password',
        client,
        page: `reset-password#token=${token}`,
      }),
  })
  ctx.background(createAuth(ctx, trace).api.requestPasswordReset({ body: { email } }))
}

/** What could be a stranger's who signed up with somebody else's address. Its owner has shown themselves by the link. */
async function dropUnverifiedFactors(ctx: ServiceContext<Actor>, userId: string): Promise<void> {
  await ctx.db.batch([
    ctx.db.delete(passkeys).where(eq(passkeys.userId, userId)),
    ctx.db.delete(twoFactors).where(eq(twoFactors.userId, userId)),
    ctx.db.update(users).set({ twoFactorEnabled: false, emailVerified: true }).where(eq(users.id, userId)),
  ])
}

/**
 * Sets a new password with the token of a mailed link. All sessions of the person end. The link proves the address.
 * @throws ServiceError `invalid_link`, `common_password`, `personal_password`, `origin_not_allowed`
 */
export async function resetPassword({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: ResetPassword & { client: Client }
}): Promise<void> {
  const { token, password, client } = input
  assertOriginAllowed(ctx.config, client.headers)
  const trace = createTrace()
  const auth = createAuth(ctx, trace)
  const { internalAdapter } = await auth.$context
  const link = await internalAdapter.findVerificationValue(`reset-password:${token}`)
  const [person] = link === null ? [] : await ctx.db.select().from(users).where(eq(users.id, link.value)).limit(1)
  if (!person) throw new ServiceError('invalid_link')
  assertPasswordAllowed(password, person, 'body.password')
  await callLibrary(trace, auth.api.resetPassword({ body: { token, newPassword: password } }))
  if (!person.emailVerified) await dropUnverifiedFactors(ctx, person.id)
  await auditPerson({ ctx, input: { userId: person.id, action: 'person.password_reset' } })
  sendLetter(ctx, { to: { ...person, emailVerified: true }, kind: 'password_changed', client, page: 'account' })
}

/**
 * Checks the password of the person who is signed in, for changes that need it.
 * @throws ServiceError `wrong_password`
 */
export async function confirmPassword({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { password: string; client: Client }
}): Promise<Confirmed> {
  const { password, client } = input
  const { session } = await loadSelf(ctx, client.headers)
  const trace = createTrace()
  const headers = headersForLibrary(ctx.config, client.headers, 'session')
  await callLibrary(trace, createAuth(ctx, trace).api.verifyPassword({ body: { password }, headers }))
  const confirmedAt = new Date(ctx.now())
  await ctx.db.update(sessions).set({ confirmedAt }).where(eq(sessions.id, session.id))
  return { confirmed_until: new Date(confirmedAt.getTime() + FRESH_MS).toISOString() }
}
