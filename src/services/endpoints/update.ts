import { and, eq } from 'drizzle-orm'
import type { Endpoint, EndpointUpdate } from '../../contract/notifications.ts'
import { notificationDeliveries, notificationEndpoints } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { makePendingDue } from '../deliveries/make-due.ts'
import { assertCallable, isEndpoint, loadEndpoint, presentEndpoint, WELL } from './internal.ts'

type UpdateInput = EndpointUpdate & { id: string }

/** What waits for an endpoint that is switched off ends visibly, and can be delivered again. */
function endPending(ctx: Context, endpointId: string) {
  return ctx.db
    .update(notificationDeliveries)
    .set({
      status: 'failed',
      nextAttemptAt: null,
      finishedAt: new Date(ctx.now()),
      errorCode: 'switched_off',
      errorDetail: null,
    })
    .where(
      and(
        eq(notificationDeliveries.accountId, ctx.actor.accountId),
        eq(notificationDeliveries.endpointId, endpointId),
        eq(notificationDeliveries.status, 'pending'),
      ),
    )
}

/**
 * Changes an endpoint.
 * @throws ServiceError `endpoint_not_found`, `validation_error` for an address that may not be called
 */
export async function updateEndpoint({ ctx, input }: { ctx: Context; input: UpdateInput }): Promise<Endpoint> {
  const { id, name, url, is_active: isActive } = input
  const { row } = await loadEndpoint({ ctx, id })
  if (url !== undefined) assertCallable(ctx, url)
  const isMoved = url !== undefined && url !== row.url
  const isFresh = isMoved || (isActive === true && !row.isActive)
  const changes = {
    ...(name !== undefined && { name }),
    ...(url !== undefined && { url }),
    ...(isActive !== undefined && { isActive }),
  }
  const update = ctx.db
    .update(notificationEndpoints)
    .set({ ...changes, ...(isFresh && WELL) })
    .where(isEndpoint(ctx.actor.accountId, id))
  const metadata = {
    ...(name !== undefined && { name }),
    ...(isActive !== undefined && { is_active: isActive }),
    moved: isMoved,
  }
  const entry = { action: 'notification_endpoint.updated', entityId: id, metadata }
  // what waits is tried at once where the address is another one
  const pending = isActive === false ? [endPending(ctx, id)] : isMoved ? [makePendingDue(ctx.db, row, ctx.now())] : []
  await appendAudit({ ctx, input: { entry, changes: [update, ...pending] } })
  const after = await loadEndpoint({ ctx, id })
  return presentEndpoint(after.row, after.pending, ctx.now())
}
