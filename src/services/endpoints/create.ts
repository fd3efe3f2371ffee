import { sql } from 'drizzle-orm'
import { MOST_ENDPOINTS, type EndpointCreate, type EndpointCreated } from '../../contract/notifications.ts'
import { notificationEndpoints } from '../../db/schema/index.ts'
import { createSigningSecret } from '../../lib/signature.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { assertCallable, presentEndpoint, type EndpointRow } from './internal.ts'
import { sealSecrets } from './secrets.ts'

/** The insert counts by itself, so that two at once can't both be the last one. */
function insertWithinLimit(ctx: Context, row: EndpointRow) {
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
 * Adds an endpoint. The answer holds its signing secret, which is stored sealed and never shown again.
 * @throws ServiceError `validation_error` for an address that may not be called, `too_many_endpoints`
 */
export async function createEndpoint({
  ctx,
  input,
}: {
  ctx: Context
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
  return { ...presentEndpoint(row, 0, ctx.now()), secret }
}
