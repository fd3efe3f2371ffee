import type { SignIn } from '../../contract/people.ts'
import type { Actor, Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { createAuth, createTrace, refusalOf } from './better-auth.ts'
import { assertOriginAllowed } from './origin.ts'
import { presentUser, type SignInResult } from './present.ts'
import { signSessionToken } from './session-token.ts'

/**
 * Makes a session for e-mail and password. An unknown address takes as long and is answered as a wrong password.
 * @throws ServiceError `invalid_credentials`, `user_inactive`, `origin_not_allowed`
 */
export async function signIn({
  ctx,
  input,
}: {
  ctx: Context<Actor>
  input: SignIn & { headers: Headers }
}): Promise<SignInResult> {
  const { email, password, headers } = input
  assertOriginAllowed(ctx.config, headers)
  const trace = createTrace()
  try {
    const answer = await createAuth(ctx, trace).api.signInEmail({
      body: { email, password },
      headers,
      returnHeaders: true,
    })
    const token = await signSessionToken(ctx.config.sessionSecret, answer.response.token)
    return { token, user: presentUser(answer.response.user), cookies: answer.headers.getSetCookie() }
  } catch (cause) {
    if (trace.isInactive) throw new ServiceError('user_inactive')
    if (refusalOf(cause) === 'INVALID_EMAIL_OR_PASSWORD') throw new ServiceError('invalid_credentials')
    throw cause
  }
}
