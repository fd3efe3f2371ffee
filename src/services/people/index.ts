import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { assertOriginAllowed } from './credentials.ts'
import type { Client } from './letters.ts'
import type * as Library from './library.ts'
import type { SignInResult } from './session.ts'
export { assertOriginAllowed, type Credentials, readCredentials } from './credentials.ts'
export { assertEmailVerified, cancelEmailChange, changeEmail, resendVerification, verifyEmail } from './email.ts'
export type { Client } from './letters.ts'
export * from './profile.ts'
export { authenticatePerson, getSession, type SessionNeeds, type SignInResult, signOut } from './session.ts'

const library = () => import('./library.ts')

// Each of these is described where library.ts has it from. They load better-auth, which is large.
export const signUp: typeof Library.signUp = async (args) => (await library()).signUp(args)
export const signIn: typeof Library.signIn = async (args) => (await library()).signIn(args)
export const signInSecondStep: typeof Library.signInSecondStep = async (args) =>
  (await library()).signInSecondStep(args)
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
  return result
}
