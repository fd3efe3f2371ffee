import { and, desc, eq, lt, type SQL } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { Delivery, DeliveryFilter } from '../../contract/notifications.ts'
import { notificationDeliveries } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { readCursor, toPage } from '../cursor.ts'
import { presentDelivery, selectDeliveries } from './internal.ts'

/** The account's deliveries, newest first. @throws ServiceError `invalid_cursor` */
export async function listDeliveries({
  ctx,
  input,
}: {
  ctx: Context
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
