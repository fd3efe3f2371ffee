import { and, eq } from 'drizzle-orm'
import { notificationDeliveries, notificationEndpoints } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { isEndpoint, loadEndpoint } from './internal.ts'

/** Deletes an endpoint with its deliveries. @throws ServiceError `endpoint_not_found` */
export async function deleteEndpoint({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  const { row } = await loadEndpoint({ ctx, id: input.id })
  const entry = { action: 'notification_endpoint.deleted', entityId: row.id, metadata: { name: row.name } }
  const deliveries = and(
    eq(notificationDeliveries.accountId, row.accountId),
    eq(notificationDeliveries.endpointId, row.id),
  )
  await appendAudit({
    ctx,
    input: {
      entry,
      changes: [
        ctx.db.delete(notificationEndpoints).where(isEndpoint(row.accountId, row.id)),
        ctx.db.delete(notificationDeliveries).where(deliveries),
      ],
    },
  })
}
