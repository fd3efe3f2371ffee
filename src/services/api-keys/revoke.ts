import { and, eq, isNull } from 'drizzle-orm'
import { apiKeys, integrations } from '../../db/schema/index.ts'
import { type ApiKeyRow, loadApiKey, toApiKeyRecord } from './records.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { passOn } from './repeat.ts'
import { loadSite } from '../tenant.ts'

const REPEAT_AFTER_S = 5

/** Revokes the key in D1 and shows it on the integrations that connected with it. */
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
 * Passes a revocation from D1 on to the site's object and to KV. Tries both, even if one fails, and repeats what failed
 * in the background.
 * @throws ServiceError `unavailable` if one of them failed. The revocation in D1 holds; the caller can repeat the
 *   request
 */
export async function spreadRevocation(ctx: ServiceContext, key: ApiKeyRow): Promise<void> {
  const failed = await passOn(ctx, key.id, [
    () => ctx.site(key.siteId).revokeKey(key.id),
    () => ctx.apiKeys.put(key.hash, { ...toApiKeyRecord(key, { siteIsActive: true }), status: 'revoked' }),
  ])
  if (!failed) return
  throw new ServiceError('unavailable', 'The key is revoked, but not everywhere yet; repeat the request.', {
    cause: failed.reason,
    retryAfterS: REPEAT_AFTER_S,
  })
}

/**
 * Revokes a key: in D1 first, then at the site's object, which refuses the key from the next call on, and as a
 * tombstone in KV (`authenticateApiKey` states how long reads may still pass). Repeating it is harmless and completes
 * a revocation that failed halfway.
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
