import type { Actor, Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { assertOriginAllowed } from './origin.ts'
import type { SignInResult } from './present.ts'

/**
 * Signs the demo person in, with the password that the configuration names: there is no way round the check of it.
 * @throws ServiceError `demo_unavailable` where the server has no demo, which is everywhere but in development;
 *   `invalid_credentials` before the demo person was made; `origin_not_allowed`
 */
export async function signInDemo({
  ctx,
  input,
}: {
  ctx: Context<Actor>
  input: { headers: Headers }
}): Promise<SignInResult> {
  assertOriginAllowed(ctx.config, input.headers)
  if (!ctx.config.demo) throw new ServiceError('demo_unavailable')
  const { signIn } = await import('./sign-in.ts')
  return signIn({ ctx, input: { ...ctx.config.demo, headers: input.headers } })
}
