import { and, desc, eq, lt, ne, type SQL } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import { type Delivery, DELIVERY_LIFETIME_S, type DeliveryFilter } from '../../contract/notifications.ts'
import { notificationDeliveries, notificationEndpoints, notificationMessages, users } from '../../db/schema/index.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { loadEndpoint, presentError } from '../endpoints/index.ts'
import { ServiceError } from '../errors.ts'
import { readCursor, toPage } from '../wire.ts'
export { alertFailing } from './alert-failing.ts'
export {
  attemptDelivery,
  claimDeliveries,
  type ClaimedDelivery,
  loadDeliveries,
  type PreparedDelivery,
} from './attempt.ts'
export { type Delivered, type Failure, recordDelivered, recordFailure } from './record.ts'

/** Deliveries with message and recipient. The caller adds the tenant filter. */
const selectDeliveries = ({ db }: Pick<ServiceContext, 'db'>) =>
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
function presentDelivery({ row, type, summary, changes, endpointName, address }: FoundDelivery): Delivery {
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
    next_attempt_at: toTimestamp(row.nextAttemptAt),
    created_at: row.createdAt.toISOString(),
    finished_at: toTimestamp(row.finishedAt),
  }
}

/** The account's deliveries, newest first. @throws ServiceError `invalid_cursor` */
export async function listDeliveries({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: ListQuery & DeliveryFilter
}): Promise<Page<Delivery>> {
  const before = readCursor(input.cursor)
  const conditions: (SQL | undefined)[] = [
    eq(notificationDeliveries.accountId, ctx.actor.accountId),
    before === null ? undefined : lt(notificationDeliveries.id, before),
    input.endpoint_id === undefined ? undefined : eq(notificationDeliveries.endpointId, input.endpoint_id),
    input.status === undefined ? undefined : eq(notificationDeliveries.status, input.status),
  ]
  const rows = await selectDeliveries(ctx)
    .where(and(...conditions))
    .orderBy(desc(notificationDeliveries.id))
    .limit(input.limit + 1)
  return toPage(rows, input.limit, presentDelivery)
}

async function loadDelivery(ctx: ServiceContext, id: string) {
  const [found] = await selectDeliveries(ctx)
    .where(and(eq(notificationDeliveries.accountId, ctx.actor.accountId), eq(notificationDeliveries.id, id)))
    .limit(1)
  if (!found) throw new ServiceError('delivery_not_found')
  return found
}

/**
 * Sends a delivered or failed message again, with the same `webhook-id`. It is due at the next tick and is retried as
 * long as a new message.
 * @throws ServiceError `delivery_not_found`, `delivery_pending`, `endpoint_inactive`
 */
export async function redeliver({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<Delivery> {
  const { row } = await loadDelivery(ctx, input.id)
  if (row.status === 'pending') throw new ServiceError('delivery_pending')
  if (row.endpointId !== null) {
    const { row: endpoint } = await loadEndpoint({ ctx, id: row.endpointId })
    if (!endpoint.isActive) throw new ServiceError('endpoint_inactive')
  }
  const now = ctx.now()
  const again = ctx.db
    .update(notificationDeliveries)
    .set({
      status: 'pending',
      attempts: 0,
      nextAttemptAt: new Date(now),
      expiresAt: new Date(now + DELIVERY_LIFETIME_S * 1000),
      finishedAt: null,
    })
    .where(
      and(
        eq(notificationDeliveries.accountId, row.accountId),
        eq(notificationDeliveries.id, row.id),
        ne(notificationDeliveries.status, 'pending'),
      ),
    )
  const entry = {
    action: 'notification_delivery.repeated',
    entityId: row.id,
    metadata: { message: row.messageId },
  } as const
  await appendAudit({ ctx, input: { entry, changes: [again] } })
  return presentDelivery(await loadDelivery(ctx, row.id))
}
