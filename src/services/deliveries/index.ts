import { and, desc, eq, lt, ne, type SQL, sql } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import { type Delivery, DELIVERY_LIFETIME_S, type DeliveryFilter } from '../../contract/notifications.ts'
import type { Db } from '../../db/client.ts'
import { readAll } from '../../db/events/read-all.ts'
import { notificationDeliveries, notificationMessages } from '../../db/events/schema.ts'
import { notificationEndpoints, users } from '../../db/schema/index.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { loadEndpoint, presentError } from '../endpoints/index.ts'
import { ServiceError } from '../errors.ts'
import { readCursor, toPage } from '../wire.ts'
export { alertFailing } from './alert-failing.ts'
export { attemptDelivery, loadDeliveries, type PreparedDelivery } from './attempt.ts'
export { claimDeliveries, type ClaimedDelivery } from './claim.ts'
export { type Delivered, type Failure, recordDelivered, recordFailure } from './record.ts'

/** Deliveries with their message. The caller adds the tenant filter. */
const selectDeliveries = (shard: Db) =>
  shard
    .select({
      id: notificationDeliveries.id,
      row: notificationDeliveries,
      type: notificationMessages.type,
      summary: notificationMessages.summary,
      changes: notificationMessages.changes,
    })
    .from(notificationDeliveries)
    .innerJoin(
      notificationMessages,
      and(
        eq(notificationMessages.accountId, notificationDeliveries.accountId),
        eq(notificationMessages.id, notificationDeliveries.messageId),
      ),
    )

type FoundDelivery = Awaited<ReturnType<typeof selectDeliveries>>[number]

/** Deliveries of the actor's account that match, newest first. */
async function findDeliveries(ctx: ServiceContext, conditions: SQL | undefined, limit: number) {
  const { accountId } = ctx.actor
  return readAll(
    await ctx.events.of(accountId),
    (shard) =>
      selectDeliveries(shard)
        .where(and(eq(notificationDeliveries.accountId, accountId), conditions))
        .orderBy(desc(notificationDeliveries.id))
        .limit(limit),
    { key: ({ id }) => id, descending: true, limit },
  )
}

/** Names of endpoints and addresses of people, by their ids. An id that is gone has none. */
async function nameRecipients({ db, actor }: ServiceContext, rows: readonly FoundDelivery[]) {
  const idsOf = (ids: (string | null)[]) =>
    sql`(SELECT value FROM json_each(${JSON.stringify([...new Set(ids.filter((id) => id !== null))])}))`
  const isOwn = eq(notificationEndpoints.accountId, actor.accountId)
  const [endpoints, people] = await db.batch([
    db
      .select({ id: notificationEndpoints.id, name: notificationEndpoints.name })
      .from(notificationEndpoints)
      .where(and(isOwn, sql`${notificationEndpoints.id} IN ${idsOf(rows.map(({ row }) => row.endpointId))}`)),
    db
      .select({ id: users.id, name: users.email })
      .from(users)
      .where(sql`${users.id} IN ${idsOf(rows.map(({ row }) => row.userId))}`),
  ])
  return new Map([...endpoints, ...people].map(({ id, name }) => [id, name]))
}

/** The wire's shape of a delivery. */
function presentDelivery({ row, type, summary, changes }: FoundDelivery, names: ReadonlyMap<string, string>): Delivery {
  return {
    id: row.id,
    message_id: row.messageId,
    type,
    channel: row.channel,
    endpoint_id: row.endpointId,
    recipient: names.get(row.endpointId ?? row.userId ?? '') ?? '',
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
  const conditions = and(
    before === null ? undefined : lt(notificationDeliveries.id, before),
    input.endpoint_id === undefined ? undefined : eq(notificationDeliveries.endpointId, input.endpoint_id),
    input.status === undefined ? undefined : eq(notificationDeliveries.status, input.status),
  )
  const rows = await findDeliveries(ctx, conditions, input.limit + 1)
  const names = await nameRecipients(ctx, rows)
  return toPage(rows, input.limit, (row) => presentDelivery(row, names))
}

async function loadDelivery(ctx: ServiceContext, id: string) {
  const [found] = await findDeliveries(ctx, eq(notificationDeliveries.id, id), 1)
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
  const entry = {
    action: 'notification_delivery.repeated',
    entityId: row.id,
    metadata: { message: row.messageId },
  } as const
  // first, since no transaction reaches both databases: a record of what then fails is better than none of what was done
  await appendAudit({ ctx, input: { entry, changes: [] } })
  const { read } = await ctx.events.of(row.accountId)
  for (const shard of read) {
    await shard
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
  }
  const after = await loadDelivery(ctx, row.id)
  return presentDelivery(after, await nameRecipients(ctx, [after]))
}
