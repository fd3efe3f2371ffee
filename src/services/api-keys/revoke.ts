import { and, eq, isNull } from 'drizzle-orm'
import { apiKeys, integrations } from '../../db/schema/index.ts'
import { type ApiKeyRow, loadApiKey, toApiKeyRecord } from './records.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { loadSite } from '../tenant.ts'

const REPEAT_AFTER_S = 5

/** The truth, and what people see of it: the key ends, and the integrations that it connected say so. */
async function markRevoked(ctx: ServiceContext, key: ApiKeyRow): Promise<void> {
  const now = new Date(ctx.now())
  const inSite = and(eq(apiKeys.accountId, key.accountId), eq(apiKeys.siteId, key.siteId))
  const connectedWithIt = and(
    eq(integrations.accountId, key.accountId),
    eq(integrations.siteId, key.siteId),
    eq(integrations.apiKeyId, key.id),
  )
  const reason = {
    connectionReason: 'api_key_revoked',
    connectionDetail: null,
    connectionSince: now,
    nextCheckAt: null,
  }
  const broken = { connection: 'key_revoked', ...reason } as const
  await appendAudit({
    ctx,
    input: {
      entry: { action: 'api_key.revoked', entityId: key.id, metadata: { site_id: key.siteId } },
      changes: [
        ctx.db
          .update(apiKeys)
          .set({ revokedAt: now })
          .where(and(eq(apiKeys.id, key.id), inSite, isNull(apiKeys.revokedAt))),
        ctx.db
          .update(integrations)
          .set({ ...broken, updatedAt: now })
          .where(connectedWithIt),
      ],
    },
  })
}

/**
 * Tells the site's object and the edge of a key that is revoked in D1. Each is told even if the other can't be.
 * @throws ServiceError `unavailable` when one of them wasn't reached: the revocation holds and can be repeated
 */
export async function spreadRevocation(ctx: ServiceContext, key: ApiKeyRow): Promise<void> {
  const told = await Promise.allSettled([
    ctx.site(key.siteId).revokeKey(key.id),
    ctx.apiKeys.put(key.hash, { ...toApiKeyRecord(key, true), status: 'revoked' }),
  ])
  const failed = told.find((step) => step.status === 'rejected')
  if (!failed) return
  throw new ServiceError('unavailable', 'The key is revoked, but not everywhere yet; repeat the request.', {
    cause: failed.reason,
    retryAfterS: REPEAT_AFTER_S,
  })
}

/**
 * Revokes a key: D1 first, then the site's object, where it can do nothing from the next call on, then a tombstone at
 * the edge (see {@link authenticateApiKey} for the worst case of plain reads). Repeating it is harmless, and completes
 * what failed before.
 * @throws ServiceError `site_not_found`, `api_key_not_found`, `unavailable`
 */
export async function revokeApiKey({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { siteId: string; keyId: string }
}): Promise<void> {
  await loadSite({ ctx, siteId: input.siteId })
  const key = await loadApiKey({ ctx, input })
  if (!key.revokedAt) await markRevoked(ctx, key)
  await spreadRevocation(ctx, key)
}
