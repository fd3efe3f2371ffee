import { and, eq, exists, sql } from 'drizzle-orm'
import type { EndpointCreated, SecretRotate } from '../../contract/notifications.ts'
import { notificationEndpoints } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { createSigningSecret } from '../../lib/signature.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { isEndpoint, loadEndpoint, presentEndpoint, type EndpointRow } from './internal.ts'
import { openSecrets, sealSecrets } from './secrets.ts'

/** The secret that goes on for the time of grace; none where it can't be opened any more, as a new one is the cure. */
async function previousSecret(ctx: Context, row: EndpointRow): Promise<string[]> {
  try {
    return (await openSecrets(ctx.config.keyRing, row)).slice(0, 1)
  } catch (cause) {
    log.warn('signing secret not readable', { endpoint: row.id, cause })
    return []
  }
}

/**
 * Gives an endpoint a new signing secret. Messages carry a signature by the old one, too, until `grace_s` is over.
 * @throws ServiceError `endpoint_not_found`; `conflict` when it was rotated at the same moment
 */
export async function rotateEndpointSecret({
  ctx,
  input,
}: {
  ctx: Context
  input: SecretRotate & { id: string }
}): Promise<EndpointCreated> {
  const { row, pending } = await loadEndpoint({ ctx, id: input.id })
  const secret = createSigningSecret()
  const previous = input.grace_s > 0 ? await previousSecret(ctx, row) : []
  const sealed = await sealSecrets(ctx.config.keyRing, row.id, [secret, ...previous])
  const previousSecretUntil = previous.length > 0 ? new Date(ctx.now() + input.grace_s * 1000) : null
  const isIt = isEndpoint(row.accountId, row.id)
  const done = ctx.db
    .select({ one: sql`1` })
    .from(notificationEndpoints)
    .where(and(isIt, eq(notificationEndpoints.secrets, sealed.secrets)))
  const [changed] = await appendAudit({
    ctx,
    input: {
      entry: { action: 'notification_endpoint.secret_rotated', entityId: row.id, when: exists(done) },
      changes: [
        ctx.db
          .update(notificationEndpoints)
          .set({ ...sealed, previousSecretUntil })
          .where(and(isIt, eq(notificationEndpoints.secrets, row.secrets)))
          .returning({ id: notificationEndpoints.id }),
      ],
    },
  })
  if (changed.length === 0) throw new ServiceError('conflict')
  return { ...presentEndpoint({ ...row, ...sealed, previousSecretUntil }, pending, ctx.now()), secret }
}
