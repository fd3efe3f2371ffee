import { eq } from 'drizzle-orm'
import { users } from '../../db/schema/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { beginAttempt, endAttempt } from './attempts.ts'
import { assertOriginAllowed } from './credentials.ts'
import { issueDevice } from './devices.ts'
import type { Client } from './letters.ts'
import type * as Library from './library.ts'
import { rememberLocale } from './locale.ts'
import type { SignInResult } from './session.ts'
export { pruneSignInAttempts } from './attempts.ts'
export { assertOriginAllowed, type Credentials, readCredentials } from './credentials.ts'
export { cancelEmailChange, changeEmail, resendVerification, verifyEmail } from './email.ts'
export type { Client } from './letters.ts'
export { authenticateOperator, grantOperator, listOperators, revokeOperator } from './operators.ts'
export * from './profile.ts'
export { authenticatePerson, getSession, type SessionNeeds, type SignInResult, signOut } from './session.ts'

const library = () => import('./library.ts')

// Each of these is described where library.ts has it from. They load better-auth, which is large.
export const forgotPassword: typeof Library.forgotPassword = async (args) => (await library()).forgotPassword(args)
export const resetPassword: typeof Library.resetPassword = async (args) => (await library()).resetPassword(args)
export const changePassword: typeof Library.changePassword = async (args) => (await library()).changePassword(args)
export const confirmPassword: typeof Library.confirmPassword = async (args) => (await library()).confirmPassword(args)
export const setUpTotp: typeof Library.setUpTotp = async (args) => (await library()).setUpTotp(args)
export const confirmTotp: typeof Library.confirmTotp = async (args) => (await library()).confirmTotp(args)
export const removeTotp: typeof Library.removeTotp = async (args) => (await library()).removeTotp(args)
export const renewRecoveryCodes: typeof Library.renewRecoveryCodes = async (args) =>
  (await library()).renewRecoveryCodes(args)
export const startPasskey: typeof Library.startPasskey = async (args) => (await library()).startPasskey(args)
export const createPasskey: typeof Library.createPasskey = async (args) => (await library()).createPasskey(args)
export const startPasskeySignIn: typeof Library.startPasskeySignIn = async (args) =>
  (await library()).startPasskeySignIn(args)
export const signInWithPasskey: typeof Library.signInWithPasskey = async (args) =>
  (await library()).signInWithPasskey(args)

/** See `signUp` in password.ts. */
export const signUp: typeof Library.signUp = async (args) => {
  const result = await (await library()).signUp(args)
  await rememberLocale(args.ctx, { userId: result.user.id, headers: args.input.client.headers })
  return result
}

/** What a complete sign-in leaves: the person's language, and a cookie by which the device is known from now on. */
async function welcome(
  ctx: ServiceContext<Actor>,
  headers: Headers,
  result: SignInResult,
  device: string | null,
): Promise<SignInResult> {
  await rememberLocale(ctx, { userId: result.user.id, headers })
  return { ...result, cookies: [...result.cookies, ...(device === null ? [] : [device])] }
}

/**
 * See `signIn` in password.ts. Attempts are counted by account and place (attempts.ts). Where a second step follows, the
 * device is known only after it.
 * @throws ServiceError `too_many_attempts` besides those of password.ts
 */
export const signIn: typeof Library.signIn = async (args) => {
  const { ctx, input } = args
  const { headers } = input.client
  assertOriginAllowed(ctx.config, headers)
  const attempt = await beginAttempt({ ctx, input: { email: input.email, headers } })
  try {
    const result = await (await library()).signIn(args)
    const device = await endAttempt({ ctx, input: { attempt, isRight: true } })
    return 'second_step' in result ? result : await welcome(ctx, headers, result, device)
  } catch (error) {
    const isWrong = error instanceof ServiceError && error.code === 'invalid_credentials'
    if (isWrong) await endAttempt({ ctx, input: { attempt, isRight: false } })
    throw error
  }
}

/** See `signInSecondStep` in two-factor.ts. */
export const signInSecondStep: typeof Library.signInSecondStep = async (args) => {
  const result = await (await library()).signInSecondStep(args)
  return welcome(args.ctx, args.input.client.headers, result, await issueDevice(args.ctx, result.user.email))
}

/**
 * Signs the demo person in with the configured password, which is checked like any other.
 * @throws ServiceError `demo_unavailable` if the server has no demo (only development has one); `invalid_credentials`
 *   before the demo person exists; `origin_not_allowed`
 */
export async function signInDemo({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: { client: Client }
}): Promise<SignInResult> {
  assertOriginAllowed(ctx.config, input.client.headers)
  if (!ctx.config.demo) throw new ServiceError('demo_unavailable')
  const result = await signIn({ ctx, input: { ...ctx.config.demo, ...input } })
  if ('second_step' in result) throw new ServiceError('demo_unavailable', 'The demo person needs a second step.')
  // nobody reads the mail of the demo's address
  await ctx.db.update(users).set({ emailVerified: true }).where(eq(users.id, result.user.id))
  return result
}
