import { and, eq, exists, gt, sql } from 'drizzle-orm'
import type { Account, InvitationAccept } from '../../contract/people.ts'
import { accounts, invitations, memberships, users } from '../../db/schema/index.ts'
import { sha256Hex } from '../../lib/hmac.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { assertStays, stays } from '../deletion/stays.ts'
import { ServiceError } from '../errors.ts'
import { withinQuota } from '../quotas/index.ts'
import { assertOpen, isOpen } from '../suspension/state.ts'

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

/**
 * Marks the person's address as verified if the invitation was mailed: its token was in that mail alone, so whoever has it
 * reads the address's mail.
 */
function verifyByMail(ctx: ServiceContext, tokenHash: string, userId: string) {
  const mailed = ctx.db
    .select({ one: sql`1` })
    .from(invitations)
    .where(and(eq(invitations.tokenHash, tokenHash), eq(invitations.mailStatus, 'sent')))
  return ctx.db
    .update(users)
    .set({ emailVerified: true })
    .where(and(eq(users.id, userId), exists(mailed)))
}

interface Joining {
  accountId: string
  userId: string
  joinedAt: Date
}

/** Inserts the membership if the invitation still exists, the account stays, and the person is not a member yet. */
function insertMembership(ctx: ServiceContext, tokenHash: string, row: Joining) {
  const { accountId, userId, joinedAt } = row
  const invited = ctx.db
    .select({
      accountId: invitations.accountId,
      userId: sql<string>`${userId}`.as('user_id'),
      role: invitations.role,
      notifyEmail: sql<null>`NULL`.as('notify_email'),
      createdAt: sql<Date>`${joinedAt.getTime()}`.as('created_at'),
      toldOf: sql<null>`NULL`.as('told_of'),
    })
    .from(invitations)
    .where(and(eq(invitations.tokenHash, tokenHash), stays(ctx, accountId), isOpen(ctx, accountId)))
  return ctx.db.insert(memberships).select(invited).onConflictDoNothing().returning({ role: memberships.role })
}

/**
 * Adds the signed-in person to the account that invited their e-mail address. An invitation works once.
 * @throws ServiceError `invitation_not_found`, `already_member`, `account_leaving`; `person_required` for anything but a person
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
  await assertStays(ctx, accountId)
  await assertOpen(ctx, accountId)
  const joinedAt = new Date(ctx.now())
  const joined = ctx.db
    .select({ one: sql`1` })
    .from(memberships)
    .where(
      and(eq(memberships.accountId, accountId), eq(memberships.userId, userId), eq(memberships.createdAt, joinedAt)),
    )
  const entry = {
    action: 'member.joined',
    entityId: userId,
    metadata: { role },
    accountId,
    when: exists(joined),
  } as const
  const insert = insertMembership(ctx, tokenHash, { accountId, userId, joinedAt })
  const verify = verifyByMail(ctx, tokenHash, userId)
  const clear = ctx.db
    .delete(invitations)
    .where(and(eq(invitations.tokenHash, tokenHash), stays(ctx, accountId), isOpen(ctx, accountId)))
  const [inserted] = await withinQuota({ ctx, kind: 'members', accountId }, (guard) =>
    appendAudit({ ctx, input: { entry, changes: [insert, verify, clear, guard] } }),
  )
  if (inserted.length === 0) {
    await assertStays(ctx, accountId)
    await assertOpen(ctx, accountId)
    throw new ServiceError('already_member')
  }
  return { id: accountId, name: accountName, role }
}
