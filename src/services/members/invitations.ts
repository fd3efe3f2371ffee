import { and, eq, exists, gt, lt, or, sql } from 'drizzle-orm'
import type { Account, Invitation, InvitationAccept, InvitationCreate } from '../../contract/people.ts'
import { accounts, invitations, memberships, users } from '../../db/schema/index.ts'
import { randomBase62 } from '../../lib/base62.ts'
import { sha256Hex } from '../../lib/hmac.ts'
import { appendAudit } from '../audit/index.ts'
import { withinQuota } from '../quotas/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { assertEmailVerified } from '../people/index.ts'
import { assertNotAbove } from './rows.ts'

const LIFETIME_MS = 7 * 86_400_000
const TOKEN_LENGTH = 40

/** @throws ServiceError `already_member` */
async function assertNoMember(ctx: ServiceContext, email: string): Promise<void> {
  const found = await ctx.db
    .select({ id: users.id })
    .from(users)
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .where(and(eq(users.email, email), eq(memberships.accountId, ctx.actor.accountId)))
    .limit(1)
  if (found.length > 0) throw new ServiceError('already_member')
}

/**
 * Invites an e-mail address into the actor's account for seven days. Replaces an earlier invitation of the address.
 * Only this response has the token; we store its SHA-256, which is enough for 238 random bits.
 * @throws ServiceError `role_too_low` for a role above the actor's, `email_unverified`, `already_member`
 */
export async function createInvitation({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: InvitationCreate
}): Promise<Invitation> {
  assertNotAbove(ctx, input.role)
  await assertEmailVerified(ctx)
  const email = input.email.toLowerCase()
  await assertNoMember(ctx, email)
  const token = `inv_${randomBase62(TOKEN_LENGTH)}`
  const now = new Date(ctx.now())
  const { accountId } = ctx.actor
  const invitation = { accountId, email, role: input.role, expiresAt: new Date(now.getTime() + LIFETIME_MS) }
  const isStale = or(eq(invitations.email, email), lt(invitations.expiresAt, now))
  const entry = { action: 'member.invited', entityId: email, metadata: { role: input.role } }
  const clear = ctx.db.delete(invitations).where(and(eq(invitations.accountId, accountId), isStale))
  const row = { ...invitation, tokenHash: await sha256Hex(token), createdAt: now }
  await withinQuota({ ctx, kind: 'invitations', accountId }, (guard) =>
    appendAudit({ ctx, input: { entry, changes: [clear, ctx.db.insert(invitations).values(row), guard] } }),
  )
  return { email, role: input.role, token, expires_at: invitation.expiresAt.toISOString() }
}

/** @throws ServiceError `invitation_not_found` for one that is expired, unknown, or another person's */
async function loadInvitation(ctx: ServiceContext, tokenHash: string, userId: string) {
  const [row] = await ctx.db
    .select({ accountId: accounts.id, accountName: accounts.name, role: invitations.role })
    .from(invitations)
    .innerJoin(accounts, eq(accounts.id, invitations.accountId))
    .innerJoin(users, and(eq(users.id, userId), eq(users.email, invitations.email)))
    .where(and(eq(invitations.tokenHash, tokenHash), gt(invitations.expiresAt, new Date(ctx.now()))))
    .limit(1)
  if (!row) throw new ServiceError('invitation_not_found')
  return row
}

/** Inserts the membership if the invitation still exists and the person is not a member yet. */
function insertMembership(ctx: ServiceContext, tokenHash: string, userId: string, joinedAt: Date) {
  const invited = ctx.db
    .select({
      accountId: invitations.accountId,
      userId: sql<string>`${userId}`.as('user_id'),
      role: invitations.role,
      notifyEmail: sql<null>`NULL`.as('notify_email'),
      createdAt: sql<Date>`${joinedAt.getTime()}`.as('created_at'),
    })
    .from(invitations)
    .where(eq(invitations.tokenHash, tokenHash))
  return ctx.db.insert(memberships).select(invited).onConflictDoNothing().returning({ role: memberships.role })
}

/**
 * Adds the signed-in person to the account that invited their e-mail address. An invitation works once.
 * @throws ServiceError `invitation_not_found`, `already_member`; `person_required` for anything but a person
 */
export async function acceptInvitation({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: InvitationAccept
}): Promise<Account> {
  if (ctx.actor.kind !== 'user') throw new ServiceError('person_required')
  const { userId } = ctx.actor
  const tokenHash = await sha256Hex(input.token)
  const { accountId, accountName, role } = await loadInvitation(ctx, tokenHash, userId)
  const joinedAt = new Date(ctx.now())
  const joined = ctx.db
    .select({ one: sql`1` })
    .from(memberships)
    .where(
      and(eq(memberships.accountId, accountId), eq(memberships.userId, userId), eq(memberships.createdAt, joinedAt)),
    )
  const entry = { action: 'member.joined', entityId: userId, metadata: { role }, accountId, when: exists(joined) }
  const insert = insertMembership(ctx, tokenHash, userId, joinedAt)
  const clear = ctx.db.delete(invitations).where(eq(invitations.tokenHash, tokenHash))
  const [inserted] = await withinQuota({ ctx, kind: 'members', accountId }, (guard) =>
    appendAudit({ ctx, input: { entry, changes: [insert, clear, guard] } }),
  )
  if (inserted.length === 0) throw new ServiceError('already_member')
  return { id: accountId, name: accountName, role }
}
