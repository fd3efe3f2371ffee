import { and, eq } from 'drizzle-orm'
import type { Delivery } from '../../contract/notifications.ts'
import { notificationDeliveries, notificationEndpoints, notificationMessages, users } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { presentError } from '../endpoints/internal.ts'

/** Deliveries with what they tell and to whom; the caller adds the tenant. */
export const selectDeliveries = ({ db }: Pick<Context, 'db'>) =>
  db
    .select({
      id: notificationDeliveries.id,
      row: notificationDeliveries,
      type: notificationMessages.type,
      summary: notificationMessages.summary,
      changes: notificationMessages.changes,
      endpointName: notificationEndpoints.name,
      address: users.email,
    })
    .from(notificationDeliveries)
    .innerJoin(
      notificationMessages,
      and(
        eq(notificationMessages.accountId, notificationDeliveries.accountId),
        eq(notificationMessages.id, notificationDeliveries.messageId),
      ),
    )
    .leftJoin(
      notificationEndpoints,
      and(
        eq(notificationEndpoints.accountId, notificationDeliveries.accountId),
        eq(notificationEndpoints.id, notificationDeliveries.endpointId),
      ),
    )
    .leftJoin(users, eq(users.id, notificationDeliveries.userId))
type FoundDelivery = Awaited<ReturnType<typeof selectDeliveries>>[number]

/** The wire's shape of a delivery. */
export function presentDelivery({ row, type, summary, changes, endpointName, address }: FoundDelivery): Delivery {
  return {
    id: row.id,
    message_id: row.messageId,
    type,
    channel: row.channel,
    endpoint_id: row.endpointId,
    recipient: endpointName ?? address ?? '',
    changes,
    summary,
    status: row.status,
    attempts: row.attempts,
    last_status: row.lastStatus,
    error: presentError(row.errorCode, row.errorDetail),
    next_attempt_at: row.nextAttemptAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
  }
}
