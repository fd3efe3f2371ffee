import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { assertOriginAllowed } from './credentials.ts'
import type * as Password from './password.ts'
import type { SignInResult } from './session.ts'
export { assertOriginAllowed, type Credentials, readCredentials } from './credentials.ts'
export { authenticatePerson, getSession, type SignInResult, signOut } from './session.ts'

type SignUpArgs = Parameters<typeof Password.signUp>[0]
type SignInArgs = Parameters<typeof Password.signIn>[0]

// better-auth is large: only a request that signs somebody up or in loads it

/** Makes a person, their account and a session; see `signUp` in password.ts. */
export async function signUp(args: SignUpArgs): Promise<SignInResult> {
  const password = await import('./password.ts')
  return password.signUp(args)
}

/** Makes a session for an e-mail address and a password; see `signIn` in password.ts. */
export async function signIn(args: SignInArgs): Promise<SignInResult> {
  const password = await import('./password.ts')
  return password.signIn(args)
}

/**
 * Signs the demo person in, with the password that the configuration names: there is no way round the check of it.
 * @throws ServiceError `demo_unavailable` where the server has no demo, which is everywhere but in development;
 *   `invalid_credentials` before the demo person was made; `origin_not_allowed`
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
