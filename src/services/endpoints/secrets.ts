import { and, eq, exists, gt, lt, or, sql } from 'drizzle-orm'
import type { EndpointCreated, SecretRotate } from '../../contract/notifications.ts'
import type { Config } from '../../config.ts'
import type { Db } from '../../db/client.ts'
import { notificationEndpoints } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { createSigningSecret } from '../../lib/signature.ts'
import { appendAudit } from '../audit/index.ts'
import { openSecrets, sealSecrets } from '../channels/index.ts'
import type { ServiceContext } from '../context.ts'
import { type EndpointRow, isEndpoint, loadEndpoint, presentEndpoint } from './rows.ts'
import { ServiceError } from '../errors.ts'

/** The secret to keep for the grace period. None if it can't be opened: rotating is the remedy then. */
async function previousSecret(ctx: ServiceContext, row: EndpointRow): Promise<string[]> {
  try {
    return (await openSecrets(ctx.config.keyRing, row)).slice(0, 1)
  } catch (cause) {
    log.warn('signing secret not readable', { endpoint: row.id, cause })
    return []
  }
}

/**
 * Gives an endpoint a new signing secret. For `grace_s` seconds messages are signed with the old one, too.
 * @throws ServiceError `endpoint_not_found`; `conflict` after a concurrent rotation
 */
export async function rotateEndpointSecret({
  ctx,
  input,
}: {
  ctx: ServiceContext
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
  return { ...presentEndpoint(ctx, { ...row, ...sealed, previousSecretUntil }, pending), secret }
}

interface ResealInput {
  db: Db
  config: Config
  /** Milliseconds since 1970. */
  now: number
  /** Most endpoints to reseal. */
  limit: number
}

/** Reseals signing secrets under the current encryption key, after its rotation. @returns how many */
export async function resealEndpoints({ db, config, now, limit }: ResealInput): Promise<number> {
  const { keyRing } = config
  const { sealedWith } = notificationEndpoints
  const rows = await db
    .select()
    .from(notificationEndpoints)
    // not `ne`: this form uses the index
    .where(or(lt(sealedWith, keyRing.currentId), gt(sealedWith, keyRing.currentId)))
    .limit(limit)
  let resealed = 0
  for (const row of rows) {
    try {
      const sealed = await sealSecrets(keyRing, row.id, await openSecrets(keyRing, row))
      const isUnchanged = and(isEndpoint(row.accountId, row.id), eq(notificationEndpoints.secrets, row.secrets))
      await db.update(notificationEndpoints).set(sealed).where(isUnchanged)
      resealed++
    } catch (cause) {
      log.error('signing secret not readable', { endpoint: row.id, cause })
      // marked as resealed, so that it is logged once and doesn't block the others; the endpoint shows the error
      const failure = { errorCode: 'secret_unreadable', errorDetail: null, failingSince: new Date(now) } as const
      await db
        .update(notificationEndpoints)
        .set({ ...failure, sealedWith: keyRing.currentId })
        .where(isEndpoint(row.accountId, row.id))
    }
  }
  return resealed
}
