import { and, count, eq, type SQL } from 'drizzle-orm'
import {
  DELIVERY_ERRORS,
  type DeliveryError,
  type DeliveryErrorCode,
  type Endpoint,
} from '../../contract/notifications.ts'
import { ROLES } from '../../contract/people.ts'
import { allowsLoopback } from '../../config.ts'
import { notificationDeliveries } from '../../db/events/schema.ts'
import { notificationEndpoints } from '../../db/schema/index.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import { checkOutboundUrl } from '../../lib/url-guard.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'

export type EndpointRow = typeof notificationEndpoints.$inferSelect

/** The columns that say an endpoint is healthy. */
export const NO_FAILURE = { failingSince: null, failingToldAt: null, errorCode: null, errorDetail: null }

/** Matches one endpoint. */
export const isEndpoint = (accountId: string, id: string) =>
  and(eq(notificationEndpoints.accountId, accountId), eq(notificationEndpoints.id, id))

/** How many deliveries are pending, by endpoint; of one, or of all of the account. */
export async function countPending(
  { events, actor }: ServiceContext,
  id?: string,
): Promise<ReadonlyMap<string, number>> {
  const { accountId } = actor
  const counts = new Map<string, number>()
  const { read } = await events.of(accountId)
  for (const shard of read) {
    const rows = await shard
      .select({ id: notificationDeliveries.endpointId, pending: count() })
      .from(notificationDeliveries)
      .where(
        and(
          eq(notificationDeliveries.accountId, accountId),
          id === undefined ? undefined : eq(notificationDeliveries.endpointId, id),
          eq(notificationDeliveries.status, 'pending'),
        ),
      )
      .groupBy(notificationDeliveries.endpointId)
    for (const row of rows) counts.set(row.id ?? '', (counts.get(row.id ?? '') ?? 0) + row.pending)
  }
  return counts
}

/** An endpoint of the caller's account, with its pending deliveries. @throws ServiceError `endpoint_not_found` */
export async function loadEndpoint({ ctx, id }: { ctx: ServiceContext; id: string }) {
  const [row] = await ctx.db.select().from(notificationEndpoints).where(isEndpoint(ctx.actor.accountId, id)).limit(1)
  if (!row) throw new ServiceError('endpoint_not_found')
  return { row, pending: (await countPending(ctx, id)).get(id) ?? 0 }
}

/** @throws ServiceError `validation_error` for a URL that is not public or not https */
export function assertCallable(ctx: ServiceContext, url: string): void {
  const checked = checkOutboundUrl(url, { allowLoopback: allowsLoopback(ctx.config) })
  if (checked.ok) return
  const errors = [{ path: 'body.url', code: checked.code, message: checked.detail }]
  throw new ServiceError('validation_error', checked.detail, { errors })
}

/** The wire's shape of a delivery error. */
export function presentError(code: DeliveryErrorCode | null, detail: string | null): DeliveryError | null {
  if (code === null) return null
  const { title, fix } = DELIVERY_ERRORS[code]
  return { code, title, detail: detail ?? title, fix }
}

/** Addresses of webhooks often are credentials: a token in the path or the query. Who can't change them sees the host. */
function shownUrl({ actor }: Pick<ServiceContext, 'actor'>, raw: string): string {
  const mayChange = actor.kind === 'user' && ROLES.indexOf(actor.role) >= ROLES.indexOf('admin')
  const url = URL.parse(raw)
  if (mayChange) return raw
  return url ? `${url.origin}/${url.pathname === '/' && url.search === '' ? '' : '…'}` : '…'
}

/** The wire's shape of an endpoint, without its secrets. */
export function presentEndpoint(
  ctx: Pick<ServiceContext, 'actor' | 'now'>,
  row: EndpointRow,
  pending: number,
): Endpoint {
  const now = ctx.now()
  const previous = row.previousSecretUntil
  return {
    id: row.id,
    name: row.name,
    url: shownUrl(ctx, row.url),
    is_active: row.isActive,
    failing_since: toTimestamp(row.failingSince),
    last_error: presentError(row.errorCode, row.errorDetail),
    last_delivered_at: toTimestamp(row.lastDeliveredAt),
    pending,
    previous_secret_until: previous && previous.getTime() > now ? previous.toISOString() : null,
    created_at: row.createdAt.toISOString(),
  }
}

/** Changes an endpoint's pending deliveries, after the endpoint itself was changed in the control database. */
export async function updatePending(
  { events }: Pick<ServiceContext, 'events'>,
  endpoint: { accountId: string; id: string },
  set: Partial<typeof notificationDeliveries.$inferInsert>,
): Promise<void> {
  const isPending: SQL | undefined = and(
    eq(notificationDeliveries.accountId, endpoint.accountId),
    eq(notificationDeliveries.endpointId, endpoint.id),
    eq(notificationDeliveries.status, 'pending'),
  )
  const { read } = await events.of(endpoint.accountId)
  for (const shard of read) await shard.update(notificationDeliveries).set(set).where(isPending)
}
