import { eq } from 'drizzle-orm'
import { users } from '../../db/schema/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { beginAttempt, endAttempt } from './attempts.ts'
import { assertOriginAllowed } from './credentials.ts'
import { rememberLocale } from './locale.ts'
import type * as Password from './password.ts'
import type { SignInResult } from './session.ts'
export { pruneAttempts } from './attempts.ts'
export { assertOriginAllowed, type Credentials, readCredentials } from './credentials.ts'
export { authenticatePerson, getSession, type SignInResult, signOut } from './session.ts'

type SignUpArgs = Parameters<typeof Password.signUp>[0]
type SignInArgs = Parameters<typeof Password.signIn>[0]

/** Creates a person, their account and a session; see `signUp` in password.ts, which is loaded on first use. */
export async function signUp(args: SignUpArgs): Promise<SignInResult> {
  const password = await import('./password.ts')
  const result = await password.signUp(args)
  await rememberLocale(args.ctx, { userId: result.user.id, headers: args.input.headers })
  return result
}

/**
 * Creates a session for an e-mail address and a password; see `signIn` in password.ts, which is loaded on first use.
 * Attempts are counted by account and place, see attempts.ts.
 * @throws ServiceError `too_many_attempts` besides those of password.ts
 */
export async function signIn(args: SignInArgs): Promise<SignInResult> {
  const { ctx, input } = args
  assertOriginAllowed(ctx.config, input.headers)
  const attempt = await beginAttempt({ ctx, input })
  const password = await import('./password.ts')
  try {
    const result = await password.signIn(args)
    const device = await endAttempt({ ctx, input: { attempt, isRight: true } })
    await rememberLocale(ctx, { userId: result.user.id, headers: input.headers })
    return { ...result, cookies: [...result.cookies, ...(device === null ? [] : [device])] }
  } catch (error) {
    const isWrong = error instanceof ServiceError && error.code === 'invalid_credentials'
    if (isWrong) await endAttempt({ ctx, input: { attempt, isRight: false } })
    throw error
  }
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
  const result = await signIn({ ctx, input: { ...ctx.config.demo, headers: input.headers } })
  // nobody reads the mail of the demo's address
  await ctx.db.update(users).set({ emailVerified: true }).where(eq(users.id, result.user.id))
  return result
}
