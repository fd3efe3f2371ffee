import { and, eq } from 'drizzle-orm'
import type { Preferences } from '../../contract/notifications.ts'
import { memberships, users } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { TOLD_BY_ROLE } from './recipients.ts'

/** What the actor gets by e-mail in this account. @throws ServiceError `person_required` for anything but a person */
export async function getPreferences({ ctx }: { ctx: Context }): Promise<Preferences> {
  const { actor } = ctx
  if (actor.kind !== 'user') throw new ServiceError('person_required')
  const [row] = await ctx.db
    .select({ address: users.email, notifyEmail: memberships.notifyEmail, role: memberships.role })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.accountId, actor.accountId), eq(memberships.userId, actor.userId)))
    .limit(1)
  if (!row) throw new ServiceError('no_account')
  return {
    email: row.notifyEmail ?? TOLD_BY_ROLE.some((role) => role === row.role),
    address: row.address,
    email_configured: ctx.config.email !== null,
  }
}
