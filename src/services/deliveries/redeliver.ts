import { and, eq, ne } from 'drizzle-orm'
import { DELIVERY_LIFETIME_S, type Delivery } from '../../contract/notifications.ts'
import { notificationDeliveries } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { loadEndpoint } from '../endpoints/internal.ts'
import { ServiceError } from '../errors.ts'
import { presentDelivery, selectDeliveries } from './internal.ts'

async function loadDelivery(ctx: Context, id: string) {
  const [found] = await selectDeliveries(ctx)
    .where(and(eq(notificationDeliveries.accountId, ctx.actor.accountId), eq(notificationDeliveries.id, id)))
    .limit(1)
  if (!found) throw new ServiceError('delivery_not_found')
  return found
}

/**
 * Sends a message that has come through or was given up once more, with the same `webhook-id`, from the next tick on
 * and for as long as a new one.
 * @throws ServiceError `delivery_not_found`, `delivery_pending`, `endpoint_inactive`
 */
export async function redeliver({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<Delivery> {
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
  const entry = { action: 'notification_delivery.repeated', entityId: row.id, metadata: { message: row.messageId } }
  await appendAudit({ ctx, input: { entry, changes: [again] } })
  return presentDelivery(await loadDelivery(ctx, row.id))
}
