import { asc, eq } from 'drizzle-orm'
import type { Session } from '../../contract/people.ts'
import { accounts, memberships, sessions, users } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { readCredentials } from './credentials.ts'
import { presentUser } from './present.ts'
import { verifySessionToken } from './session-token.ts'

function readRows(ctx: Context, token: string) {
  return ctx.db
    .select({
      user: { id: users.id, name: users.name, email: users.email, createdAt: users.createdAt },
      account: { id: accounts.id, name: accounts.name, role: memberships.role },
      expiresAt: sessions.expiresAt,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .innerJoin(accounts, eq(accounts.id, memberships.accountId))
    .where(eq(sessions.token, token))
    .orderBy(asc(memberships.createdAt), asc(memberships.accountId))
}

/**
 * The session that a request carries: its person, all of their accounts, and the one in which they act.
 * @throws ServiceError `invalid_session`
 */
export async function getSession({ ctx, input }: { ctx: Context; input: { headers: Headers } }): Promise<Session> {
  const credentials = readCredentials(ctx.config, input.headers)
  if (credentials.kind !== 'session') throw new ServiceError('invalid_session')
  const token = await verifySessionToken(ctx.config.sessionSecret, credentials.signedToken)
  const rows = token === null ? [] : await readRows(ctx, token)
  const current = rows.find(({ account }) => account.id === ctx.actor.accountId)
  if (!current) throw new ServiceError('invalid_session')
  return {
    user: presentUser(current.user),
    accounts: rows.map(({ account }) => account),
    account: current.account,
    expires_at: current.expiresAt.toISOString(),
  }
}
