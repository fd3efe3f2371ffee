import { asc, eq } from 'drizzle-orm'
import type { Role, Session, User } from '../../contract/people.ts'
import { accounts, memberships, operators, sessions, users } from '../../db/schema/index.ts'
import { auditPerson } from '../audit/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { freshUntil } from './self.ts'
import {
  assertOriginAllowed,
  expiredSessionCookie,
  readBearer,
  readCredentials,
  readSessionCookie,
  verifySessionToken,
} from './credentials.ts'

interface UserFields {
  id: string
  name: string
  email: string
  emailVerified: boolean
  createdAt: Date
}

/** The wire's shape of a person. */
export const presentUser = ({ id, name, email, emailVerified, createdAt }: UserFields): User => ({
  id,
  name,
  email,
  email_verified: emailVerified,
  created_at: createdAt.toISOString(),
})

/** A new session: `token` for the Authorization header, `cookies` for a browser. */
export interface SignInResult {
  token: string
  user: User
  cookies: string[]
}

type SessionContext = Pick<ServiceContext<Actor>, 'db' | 'config' | 'now'>

type PersonActor = Extract<Actor, { kind: 'user' }>

interface Membership {
  accountId: string
  role: Role
  requireTwoFactor: boolean | null
  /** What the account's people are told; null: it is not suspended. */
  suspensionReason: string | null
}

/** What a person without an account acts in. No row has this account. */
const NOWHERE: Membership = { accountId: '', role: 'viewer', requireTwoFactor: false, suspensionReason: null }

/** What a route asks of a person's session. */
export interface SessionNeeds {
  /** The sign-in, or the password typed again, is recent. */
  fresh?: boolean | undefined
  /** The second factor isn't needed, though the account requires it: the route is for setting it up. */
  withoutTwoFactor?: boolean | undefined
  /** The person may be in no account: the route is about themselves. They then act in the account `''`, as a viewer. */
  withoutAccount?: boolean | undefined
  /** Works in an account that is suspended, although it is no GET: it changes nothing. */
  duringSuspension?: boolean | undefined
}

/** What decides whether a session still counts, and for how much. */
export const SIGNED_IN = {
  userId: users.id,
  isActive: users.isActive,
  expiresAt: sessions.expiresAt,
  createdAt: sessions.createdAt,
  confirmedAt: sessions.confirmedAt,
  secondFactor: sessions.secondFactor,
}

/** A session with its person and memberships, oldest first. One row per membership. */
function selectMemberships(ctx: SessionContext, token: string) {
  return ctx.db
    .select({
      ...SIGNED_IN,
      requireTwoFactor: accounts.requireTwoFactor,
      suspensionReason: accounts.suspensionReason,
      accountId: memberships.accountId,
      role: memberships.role,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(memberships, eq(memberships.userId, users.id))
    .leftJoin(accounts, eq(accounts.id, memberships.accountId))
    .where(eq(sessions.token, token))
    .orderBy(asc(memberships.createdAt), asc(memberships.accountId))
}

/** @throws ServiceError `no_account`, the same for a foreign account and one that doesn't exist */
function chooseMembership(mine: Membership[], wanted: string | null): Membership {
  const chosen = wanted === null ? mine[0] : mine.find(({ accountId }) => accountId === wanted)
  if (chosen) return chosen
  if (wanted === null) throw new ServiceError('no_account')
  throw new ServiceError('no_account', 'You are not in the account that X-Account-Id names.', {
    fix: 'Leave X-Account-Id out, or name one of the accounts that get-session lists.',
  })
}

/**
 * Identifies the person of a session without loading better-auth. The signature is verified first, so a forged token
 * costs no query. A person in several accounts acts in the one named, by default in the one they joined first.
 * @throws ServiceError `invalid_session`, `user_inactive`, `no_account`, `two_factor_required`,
 *   `recent_sign_in_required`, `account_suspended`
 */
export async function authenticatePerson({
  ctx,
  input,
}: {
  ctx: SessionContext
  input: { signedToken: string; accountId: string | null; needs: SessionNeeds; isWrite: boolean }
}): Promise<PersonActor> {
  const token = await verifySessionToken(ctx.config.sessionSecret, input.signedToken)
  const rows = token === null ? [] : await selectMemberships(ctx, token)
  const [first] = rows
  if (!first || first.expiresAt.getTime() <= ctx.now()) throw new ServiceError('invalid_session')
  if (!first.isActive) throw new ServiceError('user_inactive')
  const mine = rows.flatMap(({ accountId, role, requireTwoFactor, suspensionReason }) =>
    accountId !== null && role !== null ? [{ accountId, role, requireTwoFactor, suspensionReason }] : [],
  )
  const { fresh = false, withoutTwoFactor = false, withoutAccount = false, duringSuspension = false } = input.needs
  // whichever account X-Account-Id names: it can be one that they were in until a moment ago
  const isNowhere = withoutAccount && mine.length === 0
  const chosen = isNowhere ? NOWHERE : chooseMembership(mine, input.accountId)
  const { accountId, role, requireTwoFactor, suspensionReason } = chosen
  if (requireTwoFactor && !first.secondFactor && !withoutTwoFactor) throw new ServiceError('two_factor_required')
  // what a person does about themselves is none of the account's
  const isOfAccount = input.isWrite && !withoutAccount && !duringSuspension
  if (suspensionReason !== null && isOfAccount) throw new ServiceError('account_suspended', suspensionReason)
  if (fresh && freshUntil(first) <= ctx.now()) throw new ServiceError('recent_sign_in_required')
  return { kind: 'user', userId: first.userId, accountId, role }
}

function selectAccounts(ctx: ServiceContext, token: string) {
  return ctx.db
    .select({
      user: {
        id: users.id,
        name: users.name,
        email: users.email,
        emailVerified: users.emailVerified,
        createdAt: users.createdAt,
      },
      account: { id: accounts.id, name: accounts.name, role: memberships.role },
      requireTwoFactor: accounts.requireTwoFactor,
      suspendedAt: accounts.suspendedAt,
      suspensionReason: accounts.suspensionReason,
      secondFactor: sessions.secondFactor,
      expiresAt: sessions.expiresAt,
      operatorId: operators.userId,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(operators, eq(operators.userId, users.id))
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .innerJoin(accounts, eq(accounts.id, memberships.accountId))
    .where(eq(sessions.token, token))
    .orderBy(asc(memberships.createdAt), asc(memberships.accountId))
}

const presentSuspension = ({ suspendedAt, suspensionReason }: Awaited<ReturnType<typeof selectAccounts>>[number]) =>
  suspendedAt && { since: suspendedAt.toISOString(), reason: suspensionReason ?? '' }

/**
 * The request's session: the person, their accounts, and the account they act in.
 * @throws ServiceError `invalid_session`
 */
export async function getSession({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { headers: Headers }
}): Promise<Session> {
  const credentials = readCredentials(ctx.config, input.headers)
  if (credentials.kind !== 'session') throw new ServiceError('invalid_session')
  const token = await verifySessionToken(ctx.config.sessionSecret, credentials.signedToken)
  const rows = token === null ? [] : await selectAccounts(ctx, token)
  const current = rows.find(({ account }) => account.id === ctx.actor.accountId)
  if (!current) throw new ServiceError('invalid_session')
  return {
    user: presentUser(current.user),
    accounts: rows.map(({ account }) => account),
    account: current.account,
    two_factor_missing: current.requireTwoFactor && !current.secondFactor,
    expires_at: current.expiresAt.toISOString(),
    sends_mail: ctx.config.email !== null,
    is_operator: current.operatorId !== null,
    suspension: presentSuspension(current),
  }
}

/**
 * Ends the request's sessions: the Bearer token's and the cookie's. Missing or ended sessions are no error.
 * @returns the `Set-Cookie` that removes the session cookie
 * @throws ServiceError `origin_not_allowed`
 */
export async function signOut({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: { headers: Headers }
}): Promise<string> {
  const { headers } = input
  assertOriginAllowed(ctx.config, headers)
  const carried = [readBearer(headers.get('authorization')), readSessionCookie(ctx.config, headers.get('cookie'))]
  for (const signed of carried) {
    const token = signed && (await verifySessionToken(ctx.config.sessionSecret, signed))
    if (!token) continue
    const [ended] = await ctx.db
      .delete(sessions)
      .where(eq(sessions.token, token))
      .returning({ userId: sessions.userId, id: sessions.id })
    if (!ended) continue
    const metadata = { session: ended.id }
    await auditPerson({ ctx, input: { userId: ended.userId, action: 'session.ended', metadata } })
  }
  return expiredSessionCookie(ctx.config)
}
