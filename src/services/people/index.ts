import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { assertOriginAllowed } from './credentials.ts'
import type * as Password from './password.ts'
import type { SignInResult } from './session.ts'
export { assertOriginAllowed, type Credentials, readCredentials } from './credentials.ts'
export { authenticatePerson, getSession, type SignInResult, signOut } from './session.ts'

type SignUpArgs = Parameters<typeof Password.signUp>[0]
type SignInArgs = Parameters<typeof Password.signIn>[0]

/** Creates a person, their account and a session; see `signUp` in password.ts, which is loaded on first use. */
export async function signUp(args: SignUpArgs): Promise<SignInResult> {
  const password = await import('./password.ts')
  return password.signUp(args)
}

/**
 * Creates a session for an e-mail address and a password; see `signIn` in password.ts, which is loaded on first use.
 */
export async function signIn(args: SignInArgs): Promise<SignInResult> {
  const password = await import('./password.ts')
  return password.signIn(args)
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
  input: { headers: Headers }
}): Promise<SignInResult> {
  assertOriginAllowed(ctx.config, input.headers)
  if (!ctx.config.demo) throw new ServiceError('demo_unavailable')
  return signIn({ ctx, input: { ...ctx.config.demo, headers: input.headers } })
}
