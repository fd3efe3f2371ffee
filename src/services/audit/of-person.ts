import { eq } from 'drizzle-orm'
import type { AuditAction } from '../../contract/audit.ts'
import { memberships } from '../../db/schema/index.ts'
import type { Actor } from '../context.ts'
import { appendAudit, type AuditContext } from './append.ts'

interface PersonInput {
  userId: string
  action: AuditAction
  /** What was changed; default: the person. */
  entityId?: string
  metadata?: Record<string, unknown>
}

/**
 * Records what a person did to their own sign-in, in the log of every account that it opens. The library that keeps
 * sign-ins writes by itself, so the record follows the change instead of sharing its batch.
 */
export async function auditPerson({ ctx, input }: { ctx: AuditContext; input: PersonInput }): Promise<void> {
  const { userId, action, entityId = userId, metadata = {} } = input
  const mine = await ctx.db
    .select({ accountId: memberships.accountId, role: memberships.role })
    .from(memberships)
    .where(eq(memberships.userId, userId))
  // in no account: declared all the same, though nobody keeps a log of it
  if (mine.length === 0) ctx.recorded?.push(action)
  for (const { accountId, role } of mine) {
    const actor: Actor = { kind: 'user', userId, accountId, role }
    await appendAudit({ ctx, input: { entry: { action, entityId, accountId, actor, metadata }, changes: [] } })
  }
}
