import { and, eq, sql } from 'drizzle-orm'
import {
  DELIVERY_ERRORS,
  type DeliveryError,
  type DeliveryErrorCode,
  type Endpoint,
} from '../../contract/notifications.ts'
import { ROLES } from '../../contract/people.ts'
import { allowsLoopback } from '../../config.ts'
import type { Db } from '../../db/client.ts'
import { notificationDeliveries, notificationEndpoints } from '../../db/schema/index.ts'
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

/**
 * Number of an endpoint's pending deliveries. Raw SQL, because drizzle omits the table name in a single-table query.
 */
export const pendingCount = sql<number>`(SELECT count(*) FROM notification_deliveries AS waiting
  WHERE waiting.account_id = notification_endpoints.account_id AND waiting.endpoint_id = notification_endpoints.id
    AND waiting.status = 'pending')`

/** An endpoint of the caller's account. @throws ServiceError `endpoint_not_found` */
export async function loadEndpoint({ ctx, id }: { ctx: ServiceContext; id: string }) {
  const [found] = await ctx.db
    .select({ row: notificationEndpoints, pending: pendingCount })
    .from(notificationEndpoints)
    .where(isEndpoint(ctx.actor.accountId, id))
    .limit(1)
  if (!found) throw new ServiceError('endpoint_not_found')
  return found
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

/** Makes an endpoint's pending deliveries due now, after it recovered or its URL changed. */
export function makePendingDue(db: Db, endpoint: { accountId: string; id: string }, now: number) {
  return db
    .update(notificationDeliveries)
    .set({ nextAttemptAt: new Date(now) })
    .where(
      and(
        eq(notificationDeliveries.accountId, endpoint.accountId),
        eq(notificationDeliveries.endpointId, endpoint.id),
        eq(notificationDeliveries.status, 'pending'),
      ),
    )
}
