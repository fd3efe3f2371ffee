import { and, eq } from 'drizzle-orm'
import type { SecurityChange } from '../../contract/notifications.ts'
import type { ActingUser } from '../../contract/structure.ts'
import { integrations } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { tellSecurity } from '../notifications/index.ts'
import { type IntegrationRow, tenantFilter } from '../tenant.ts'

const nameOf = ({ name, id, source }: ActingUser) => `${name} (${id === null ? '' : `user ${id}, `}${source})`

/** What changed about the user whom the plugin writes as; null if nothing did, or if it was unknown until now. */
export function findActingUserChange(
  before: ActingUser | null,
  after: ActingUser | undefined,
): (SecurityChange & { from: string; to: string }) | null {
  if (!before || !after || (before.id === after.id && before.source === after.source)) return null
  return { what: 'acting_user_changed', from: nameOf(before), to: nameOf(after) }
}

/** The same for the audit log, which keeps no names: they could not be erased. */
export function describeActingUserChange(before: ActingUser | null, after: ActingUser) {
  const entry = ({ id, source }: ActingUser) => ({ user: id, source })
  return { from: before && entry(before), to: entry(after) }
}

/**
 * Stores the user whom the plugin says it writes as. A change is written to the audit log and told to the account.
 * @param input.actingUser from a message that the connection's secret has signed
 */
export async function storeActingUser({
  ctx,
  input: { row, actingUser },
}: {
  ctx: ServiceContext
  input: { row: IntegrationRow; actingUser: ActingUser }
}): Promise<void> {
  const { actingUser: before } = row
  const isKnown = before?.id === actingUser.id && before.source === actingUser.source && before.name === actingUser.name
  if (isKnown) return
  const update = ctx.db
    .update(integrations)
    .set({ actingUser })
    .where(and(eq(integrations.id, row.id), tenantFilter(ctx.actor, integrations)))
  const change = findActingUserChange(before, actingUser)
  if (!change) {
    await update
    return
  }
  const metadata = describeActingUserChange(before, actingUser)
  await appendAudit({
    ctx,
    input: {
      entry: { action: 'integration.acting_user_changed', entityId: row.id, metadata },
      changes: [update, ...tellSecurity(ctx, { integration: row, changes: [change], actor: ctx.actor })],
    },
  })
}
