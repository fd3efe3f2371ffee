import { and, asc, eq, exists, gt, notExists, sql } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { Member, MemberUpdate } from '../../contract/people.ts'
import { memberships, users } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { assertNotAbove, changeable, loadMember, MEMBER_COLUMNS, presentMember, refuseChange } from './rows.ts'
import { readCursor, toPage } from '../wire.ts'
export { acceptInvitation } from './accept.ts'
export { createInvitation, listInvitations, resendInvitation, withdrawInvitation } from './invitations.ts'

/** The members of the actor's account, by id. @throws ServiceError `invalid_cursor` */
export async function listMembers({ ctx, input }: { ctx: ServiceContext; input: ListQuery }): Promise<Page<Member>> {
  const last = readCursor(input.cursor)
  const rows = await ctx.db
    .select({ id: memberships.userId, ...MEMBER_COLUMNS })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(eq(memberships.accountId, ctx.actor.accountId), last === null ? undefined : gt(memberships.userId, last)),
    )
    .orderBy(asc(memberships.userId))
    .limit(input.limit + 1)
  return toPage(rows, input.limit, presentMember)
}

/**
 * Changes a member's role. Nobody can change a role above their own or grant one, and the last owner stays owner.
 * @throws ServiceError `member_not_found`, `role_too_low`, `last_owner`, `conflict`
 */
export async function updateMember({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: MemberUpdate & { userId: string }
}): Promise<Member> {
  const member = await loadMember({ ctx, userId: input.userId })
  assertNotAbove(ctx, member.role)
  assertNotAbove(ctx, input.role)
  if (member.role === input.role) return presentMember(member)
  const done = ctx.db
    .select({ one: sql`1` })
    .from(memberships)
    .where(
      and(
        eq(memberships.accountId, ctx.actor.accountId),
        eq(memberships.userId, member.userId),
        eq(memberships.role, input.role),
      ),
    )
  const metadata = { from: member.role, to: input.role }
  const [changed] = await appendAudit({
    ctx,
    input: {
      entry: { action: 'member.role_changed', entityId: member.userId, metadata, when: exists(done) },
      changes: [
        ctx.db
          .update(memberships)
          .set({ role: input.role })
          .where(changeable(ctx, member))
          .returning({ role: memberships.role }),
      ],
    },
  })
  if (changed.length === 0) return refuseChange(ctx, member)
  return presentMember({ ...member, role: input.role })
}

/**
 * Removes a person from the actor's account, effective with their next request. Nobody can remove somebody with a role
 * above their own, and the last owner can't be removed.
 * @throws ServiceError `member_not_found`, `role_too_low`, `last_owner`, `conflict`
 */
export async function removeMember({ ctx, input }: { ctx: ServiceContext; input: { userId: string } }): Promise<void> {
  const member = await loadMember({ ctx, userId: input.userId })
  assertNotAbove(ctx, member.role)
  const isMember = and(eq(memberships.accountId, ctx.actor.accountId), eq(memberships.userId, member.userId))
  const gone = notExists(
    ctx.db
      .select({ one: sql`1` })
      .from(memberships)
      .where(isMember),
  )
  const [removed] = await appendAudit({
    ctx,
    input: {
      entry: { action: 'member.removed', entityId: member.userId, metadata: { role: member.role }, when: gone },
      changes: [ctx.db.delete(memberships).where(changeable(ctx, member)).returning({ userId: memberships.userId })],
    },
  })
  if (removed.length === 0) await refuseChange(ctx, member)
}
