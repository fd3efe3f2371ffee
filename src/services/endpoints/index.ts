import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import {
  type Endpoint,
  type EndpointCreate,
  type EndpointCreated,
  type EndpointTest,
  type EndpointUpdate,
  MOST_ENDPOINTS,
  type OutgoingMessage,
} from '../../contract/notifications.ts'
import { notificationDeliveries } from '../../db/events/schema.ts'
import { notificationEndpoints } from '../../db/schema/index.ts'
import { createSigningSecret } from '../../lib/signature.ts'
import { appendAudit } from '../audit/index.ts'
import { sealSecrets, sendWebhook } from '../channels/index.ts'
import type { ServiceContext } from '../context.ts'
import {
  assertCallable,
  type EndpointRow,
  isEndpoint,
  loadEndpoint,
  countPending,
  presentEndpoint,
  presentError,
  NO_FAILURE,
  updatePending,
} from './rows.ts'
import { ServiceError } from '../errors.ts'
import { readCursor, toPage } from '../wire.ts'
export { type EndpointRow, isEndpoint, loadEndpoint, presentError, NO_FAILURE } from './rows.ts'
export { resealEndpoints, rotateEndpointSecret } from './secrets.ts'

/** The account's endpoints, oldest first. @throws ServiceError `invalid_cursor` */
export async function listEndpoints({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: ListQuery
}): Promise<Page<Endpoint>> {
  const last = readCursor(input.cursor)
  const rows = await ctx.db
    .select()
    .from(notificationEndpoints)
    .where(
      and(
        eq(notificationEndpoints.accountId, ctx.actor.accountId),
        last === null ? undefined : gt(notificationEndpoints.id, last),
      ),
    )
    .orderBy(asc(notificationEndpoints.id))
    .limit(input.limit + 1)
  const pending = await countPending(ctx)
  return toPage(rows, input.limit, (row) => presentEndpoint(ctx, row, pending.get(row.id) ?? 0))
}

/** One endpoint. @throws ServiceError `endpoint_not_found` */
export async function getEndpoint({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<Endpoint> {
  const { row, pending } = await loadEndpoint({ ctx, id: input.id })
  return presentEndpoint(ctx, row, pending)
}

/** The insert itself counts, so that two concurrent ones can't both take the last place. */
function insertWithinLimit(ctx: ServiceContext, row: EndpointRow) {
  const count = sql`SELECT count(*) FROM ${notificationEndpoints} WHERE ${notificationEndpoints.accountId} = ${row.accountId}`
  const { id, accountId, name, url, secrets, sealedWith } = row
  return ctx.db
    .insert(notificationEndpoints)
    .select(
      sql`SELECT ${id}, ${accountId}, ${name}, ${url}, 1, ${secrets}, ${sealedWith}, NULL, NULL, NULL, NULL, NULL, NULL,
        ${row.createdAt.getTime()} WHERE (${count}) < ${MOST_ENDPOINTS}`,
    )
    .returning({ id: notificationEndpoints.id })
}

/**
 * Adds an endpoint. Only this response has its signing secret; we store it sealed.
 * @throws ServiceError `validation_error` for a URL that may not be called, `too_many_endpoints`
 */
export async function createEndpoint({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: EndpointCreate
}): Promise<EndpointCreated> {
  assertCallable(ctx, input.url)
  const id = ctx.newId('hook')
  const secret = createSigningSecret()
  const row: EndpointRow = {
    id,
    accountId: ctx.actor.accountId,
    name: input.name,
    url: input.url,
    isActive: true,
    ...(await sealSecrets(ctx.config.keyRing, id, [secret])),
    previousSecretUntil: null,
    failingSince: null,
    failingToldAt: null,
    errorCode: null,
    errorDetail: null,
    lastDeliveredAt: null,
    createdAt: new Date(ctx.now()),
  }
  const made = sql`EXISTS (SELECT 1 FROM ${notificationEndpoints} WHERE ${notificationEndpoints.id} = ${id}
    AND ${notificationEndpoints.accountId} = ${row.accountId})`
  const [inserted] = await appendAudit({
    ctx,
    input: {
      entry: { action: 'notification_endpoint.created', entityId: id, metadata: { name: row.name }, when: made },
      changes: [insertWithinLimit(ctx, row)],
    },
  })
  if (inserted.length === 0) throw new ServiceError('too_many_endpoints')
  return { ...presentEndpoint(ctx, row, 0), secret }
}

type UpdateInput = EndpointUpdate & { id: string }

/** How pending deliveries of an endpoint that is switched off end. They can be redelivered. */
const switchedOff = (now: number) =>
  ({
    status: 'failed',
    nextAttemptAt: null,
    finishedAt: new Date(now),
    errorCode: 'switched_off',
    errorDetail: null,
  }) as const

/**
 * Changes an endpoint.
 * @throws ServiceError `endpoint_not_found`, `validation_error` for a URL that may not be called
 */
export async function updateEndpoint({ ctx, input }: { ctx: ServiceContext; input: UpdateInput }): Promise<Endpoint> {
  const { id, name, url, is_active: isActive } = input
  const { row } = await loadEndpoint({ ctx, id })
  if (url !== undefined) assertCallable(ctx, url)
  const isMoved = url !== undefined && url !== row.url
  const isReset = isMoved || (isActive === true && !row.isActive)
  const changes = {
    ...(name !== undefined && { name }),
    ...(url !== undefined && { url }),
    ...(isActive !== undefined && { isActive }),
  }
  const update = ctx.db
    .update(notificationEndpoints)
    .set({ ...changes, ...(isReset && NO_FAILURE) })
    .where(isEndpoint(ctx.actor.accountId, id))
  const metadata = {
    ...(name !== undefined && { name }),
    ...(isActive !== undefined && { is_active: isActive }),
    moved: isMoved,
  }
  const entry = { action: 'notification_endpoint.updated', entityId: id, metadata } as const
  await appendAudit({ ctx, input: { entry, changes: [update] } })
  if (isActive === false) await updatePending(ctx, row, switchedOff(ctx.now()))
  // a new URL makes pending deliveries due now
  else if (isMoved) await updatePending(ctx, row, { nextAttemptAt: new Date(ctx.now()) })
  const after = await loadEndpoint({ ctx, id })
  return presentEndpoint(ctx, after.row, after.pending)
}

/** Deletes an endpoint with its deliveries. @throws ServiceError `endpoint_not_found` */
export async function deleteEndpoint({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  const { row } = await loadEndpoint({ ctx, id: input.id })
  const entry = { action: 'notification_endpoint.deleted', entityId: row.id, metadata: { name: row.name } } as const
  const deliveries = and(
    eq(notificationDeliveries.accountId, row.accountId),
    eq(notificationDeliveries.endpointId, row.id),
  )
  const removal = ctx.db.delete(notificationEndpoints).where(isEndpoint(row.accountId, row.id))
  await appendAudit({ ctx, input: { entry, changes: [removal] } })
  const { read } = await ctx.events.of(row.accountId)
  for (const shard of read) await shard.delete(notificationDeliveries).where(deliveries)
}

/**
 * Sends a `ping` now and returns the result. Success clears the endpoint's error and makes pending deliveries due now.
 * Failure changes nothing: only real messages set the error.
 * @throws ServiceError `endpoint_not_found`
 */
export async function testEndpoint({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<EndpointTest> {
  const { row } = await loadEndpoint({ ctx, id: input.id })
  const startedAt = ctx.now()
  const message = {
    type: 'ping',
    timestamp: new Date(startedAt).toISOString(),
    data: { endpoint_id: row.id },
  } satisfies OutgoingMessage
  const outcome = await sendWebhook({
    ctx,
    input: { endpoint: row, id: ctx.newId('msg'), body: JSON.stringify(message) },
  })
  const tookMs = Math.max(0, ctx.now() - startedAt)
  if (!outcome.ok) {
    const error = presentError(outcome.code, outcome.detail)
    return { success: false, status: outcome.status, error, took_ms: tookMs }
  }
  await ctx.db
    .update(notificationEndpoints)
    .set({ ...NO_FAILURE, lastDeliveredAt: new Date(ctx.now()) })
    .where(isEndpoint(row.accountId, row.id))
  await updatePending(ctx, row, { nextAttemptAt: new Date(ctx.now()) })
  return { success: true, status: outcome.status, error: null, took_ms: tookMs }
}
