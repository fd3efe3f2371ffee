import { eq } from 'drizzle-orm'
import { sessions } from '../../db/schema/index.ts'
import type { Actor, Context } from '../context.ts'
import { readBearer } from './credentials.ts'
import { assertOriginAllowed } from './origin.ts'
import { expiredSessionCookie, readSessionCookie, verifySessionToken } from './session-token.ts'

/**
 * Ends the sessions that a request carries, as Bearer token and as cookie. One that has ended already is no error.
 * @returns the cookie that takes the session from a browser
 * @throws ServiceError `origin_not_allowed`
 */
export async function signOut({
  ctx,
  input,
}: {
  ctx: Pick<Context<Actor>, 'db' | 'config'>
  input: { headers: Headers }
}): Promise<string> {
  const { headers } = input
  assertOriginAllowed(ctx.config, headers)
  const carried = [readBearer(headers.get('authorization')), readSessionCookie(ctx.config, headers.get('cookie'))]
  for (const signed of carried) {
    const token = signed && (await verifySessionToken(ctx.config.sessionSecret, signed))
    if (token) await ctx.db.delete(sessions).where(eq(sessions.token, token))
  }
  return expiredSessionCookie(ctx.config)
}
