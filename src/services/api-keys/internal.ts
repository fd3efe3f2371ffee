import { and, eq } from 'drizzle-orm'
import type { ApiKey } from '../../contract/sites.ts'
import { apiKeys, sites } from '../../db/schema/index.ts'
import { equalInConstantTime } from '../../lib/hmac.ts'
import type { Actor, Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { tenantFilter } from '../tenant-filter.ts'
import type { ApiKeyRecord } from './store.ts'

export type ApiKeyRow = typeof apiKeys.$inferSelect

/** As long as the longest grace period of a rotation. */
const EXPIRING_WITHIN_MS = 7 * 86_400_000

/** The caller's key of this id and site. @throws ServiceError `api_key_not_found`, also when it is somebody else's */
export async function loadApiKey({
  ctx,
  input,
}: {
  ctx: Context
  input: { siteId: string; keyId: string }
}): Promise<ApiKeyRow> {
  const [row] = await ctx.db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.id, input.keyId), eq(apiKeys.siteId, input.siteId), tenantFilter(ctx.actor, apiKeys)))
    .limit(1)
  if (!row) throw new ServiceError('api_key_not_found')
  return row
}

/** A key's row as the edge keeps it. A revoked key stays revoked, whatever becomes of its site. */
export function toApiKeyRecord(row: ApiKeyRow, siteIsActive: boolean): ApiKeyRecord {
  return {
    key_id: row.id,
    account_id: row.accountId,
    site_id: row.siteId,
    scopes: row.scopes,
    status: row.revokedAt ? 'revoked' : siteIsActive ? 'active' : 'site_inactive',
    expires_at: row.expiresAt?.getTime() ?? null,
  }
}

/** What D1 says of a key: one read by primary key. Null where there is none, or its secret is another one. */
export async function readApiKeyRecord({
  ctx,
  input,
}: {
  ctx: Pick<Context<Actor>, 'db'>
  input: { keyId: string; hash: string }
}): Promise<ApiKeyRecord | null> {
  const [found] = await ctx.db
    .select({ key: apiKeys, siteIsActive: sites.isActive })
    .from(apiKeys)
    .innerJoin(sites, and(eq(sites.id, apiKeys.siteId), eq(sites.accountId, apiKeys.accountId)))
    .where(eq(apiKeys.id, input.keyId))
    .limit(1)
  if (!found || !equalInConstantTime(found.key.hash, input.hash)) return null
  return toApiKeyRecord(found.key, found.siteIsActive)
}

function statusOf(row: ApiKeyRow, now: number): ApiKey['status'] {
  if (row.revokedAt) return 'revoked'
  if (!row.expiresAt) return 'active'
  const left = row.expiresAt.getTime() - now
  if (left <= 0) return 'expired'
  return left <= EXPIRING_WITHIN_MS ? 'expiring' : 'active'
}

/** The wire's shape of a key, masked; `expiring` from seven days before its end. */
export function presentApiKey(row: ApiKeyRow, now: number): ApiKey {
  return {
    id: row.id,
    site_id: row.siteId,
    name: row.name,
    key: row.masked,
    scopes: row.scopes,
    status: statusOf(row, now),
    expires_at: row.expiresAt?.toISOString() ?? null,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
  }
}
