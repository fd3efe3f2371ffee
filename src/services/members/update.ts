import { and, eq, exists, sql } from 'drizzle-orm'
import type { Member, MemberUpdate } from '../../contract/people.ts'
import { memberships } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { assertNotAbove, changeable, loadMember, presentMember, refuseChange } from './internal.ts'

/**
 * Gives a member another role. Nobody changes someone above them, nor to above their own role, and the last owner
 * stays one.
 * @throws ServiceError `member_not_found`, `role_too_low`, `last_owner`, `conflict`
 */
export async function updateMember({
  ctx,
  input,
}: {
  ctx: Context
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
