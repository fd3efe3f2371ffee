import { and, eq, inArray, isNull, or } from 'drizzle-orm'
import type { Preferences, PreferencesUpdate } from '../../contract/notifications.ts'
import { memberships, users } from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'

/** Roles that get e-mail by default. */
export const NOTIFIED_ROLES = ['owner', 'admin'] as const

/** Whether a member gets e-mail: their own choice, else the default of their role. */
export const wantsEmail = or(
  eq(memberships.notifyEmail, true),
  and(isNull(memberships.notifyEmail), inArray(memberships.role, [...NOTIFIED_ROLES])),
)

/** Whether a person can get e-mail: an address that isn't verified may be a stranger's. */
export const canGetEmail = and(eq(users.isActive, true), eq(users.emailVerified, true))

/** The actor's e-mail preference in this account. @throws ServiceError `person_required` for anything but a person */
export async function getPreferences({ ctx }: { ctx: ServiceContext }): Promise<Preferences> {
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
    email: row.notifyEmail ?? NOTIFIED_ROLES.some((role) => role === row.role),
    address: row.address,
    email_configured: ctx.config.email !== null,
  }
}

/**
 * Sets the actor's e-mail preference in this account.
 * @throws ServiceError `person_required` for anything but a person
 */
export async function updatePreferences({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: PreferencesUpdate
}): Promise<Preferences> {
  const { actor } = ctx
  if (actor.kind !== 'user') throw new ServiceError('person_required')
  await ctx.db
    .update(memberships)
    .set({ notifyEmail: input.email })
    .where(and(eq(memberships.accountId, actor.accountId), eq(memberships.userId, actor.userId)))
  return getPreferences({ ctx })
}
