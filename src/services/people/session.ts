import { asc, eq } from 'drizzle-orm'
import type { Role } from '../../contract/people.ts'
import { memberships, sessions, users } from '../../db/schema/index.ts'
import type { Actor, Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { verifySessionToken } from './session-token.ts'

type SessionContext = Pick<Context<Actor>, 'db' | 'config' | 'now'>
type PersonActor = Extract<Actor, { kind: 'user' }>

interface Membership {
  accountId: string
  role: Role
}

/** A session, its person and their accounts, oldest membership first: one query, one row per membership. */
function readRows(ctx: SessionContext, token: string) {
  return ctx.db
    .select({
      userId: users.id,
      isActive: users.isActive,
      expiresAt: sessions.expiresAt,
      accountId: memberships.accountId,
      role: memberships.role,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(memberships, eq(memberships.userId, users.id))
    .where(eq(sessions.token, token))
    .orderBy(asc(memberships.createdAt), asc(memberships.accountId))
}

/** @throws ServiceError `no_account`, alike for an account that isn't theirs and one that doesn't exist */
function chooseMembership(mine: Membership[], wanted: string | null): Membership {
  const chosen = wanted === null ? mine[0] : mine.find(({ accountId }) => accountId === wanted)
  if (chosen) return chosen
  if (wanted === null) throw new ServiceError('no_account')
  throw new ServiceError('no_account', 'You are not in the account that X-Account-Id names.', {
    fix: 'Leave X-Account-Id out, or name one of the accounts that get-session lists.',
  })
}

/**
 * Tells whose session this is, without loading the library that made it: the signature is checked first, so that a
 * forged token costs no query. A person in several accounts acts in the one named, by default in the one that they
 * have been in longest.
 * @throws ServiceError `invalid_session`, `user_inactive`, `no_account`
 */
export async function authenticatePerson({
  ctx,
  input,
}: {
  ctx: SessionContext
  input: { signedToken: string; accountId: string | null }
}): Promise<PersonActor> {
  const token = await verifySessionToken(ctx.config.sessionSecret, input.signedToken)
  const rows = token === null ? [] : await readRows(ctx, token)
  const [first] = rows
  if (!first || first.expiresAt.getTime() <= ctx.now()) throw new ServiceError('invalid_session')
  if (!first.isActive) throw new ServiceError('user_inactive')
  const mine = rows.flatMap(({ accountId, role }) => (accountId !== null && role !== null ? [{ accountId, role }] : []))
  const { accountId, role } = chooseMembership(mine, input.accountId)
  return { kind: 'user', userId: first.userId, accountId, role }
}
