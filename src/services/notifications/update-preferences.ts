import { and, eq } from 'drizzle-orm'
import type { Preferences, PreferencesUpdate } from '../../contract/notifications.ts'
import { memberships } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { getPreferences } from './get-preferences.ts'

/**
 * Sets what the actor gets by e-mail in this account.
 * @throws ServiceError `person_required` for anything but a person
 */
export async function updatePreferences({
  ctx,
  input,
}: {
  ctx: Context
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
