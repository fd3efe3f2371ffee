import { and, eq, notExists, sql } from 'drizzle-orm'
import { memberships } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { assertNotAbove, changeable, loadMember, refuseChange } from './internal.ts'

/**
 * Takes a person out of the actor's account, from their next request on. Nobody removes someone above them, and the
 * last owner stays.
 * @throws ServiceError `member_not_found`, `role_too_low`, `last_owner`, `conflict`
 */
export async function removeMember({ ctx, input }: { ctx: Context; input: { userId: string } }): Promise<void> {
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
