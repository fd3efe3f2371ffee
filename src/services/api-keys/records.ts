import { and, eq, isNull } from 'drizzle-orm'
import type { ApiKey } from '../../contract/sites.ts'
import { accounts, apiKeys, sites } from '../../db/schema/index.ts'
import { equalInConstantTime } from '../../lib/hmac.ts'
import { log } from '../../lib/log.ts'
import type { ApiKeyRecord } from './store.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { tenantFilter } from '../tenant.ts'

export type ApiKeyRow = typeof apiKeys.$inferSelect

/** The longest grace period of a rotation. */
const EXPIRING_WITHIN_MS = 7 * 86_400_000

/** A key in the caller's tenant. @throws ServiceError `api_key_not_found` */
export async function loadApiKey({
  ctx,
  input,
}: {
  ctx: ServiceContext
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

/** What a key's use depends on besides the key. */
interface Surroundings {
  siteIsActive: boolean
  /** Since when the account is suspended; absent where nobody of a suspended account gets so far. */
  suspendedAt?: Date | null
}

function statusIn(row: ApiKeyRow, { siteIsActive, suspendedAt = null }: Surroundings): ApiKeyRecord['status'] {
  if (row.revokedAt) return 'revoked'
  if (suspendedAt !== null) return 'account_suspended'
  return siteIsActive ? 'active' : 'site_inactive'
}

/** The KV record of a key's row. A revoked key stays `revoked` whatever becomes of its site and account. */
export function toApiKeyRecord(row: ApiKeyRow, surroundings: Surroundings): ApiKeyRecord {
  return {
    key_id: row.id,
    account_id: row.accountId,
    site_id: row.siteId,
    scopes: row.scopes,
    status: statusIn(row, surroundings),
    expires_at: row.expiresAt?.getTime() ?? null,
  }
}

/** Reads a key from D1 by primary key. Null if there is none, or if its secret differs. */
export async function readApiKeyRecord({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext<Actor>, 'db'>
  input: { keyId: string; hash: string }
}): Promise<ApiKeyRecord | null> {
  const [found] = await ctx.db
    .select({ key: apiKeys, siteIsActive: sites.isActive, suspendedAt: accounts.suspendedAt })
    .from(apiKeys)
    .innerJoin(sites, and(eq(sites.id, apiKeys.siteId), eq(sites.accountId, apiKeys.accountId)))
    .innerJoin(accounts, eq(accounts.id, apiKeys.accountId))
    .where(eq(apiKeys.id, input.keyId))
    .limit(1)
  if (!found || !equalInConstantTime(found.key.hash, input.hash)) return null
  return toApiKeyRecord(found.key, found)
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

/** Copies a new key to KV. If that fails, the key's first use copies it. */
export async function publishApiKey({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'apiKeys'>
  input: { row: ApiKeyRow; siteIsActive: boolean }
}): Promise<void> {
  try {
    await ctx.apiKeys.put(input.row.hash, toApiKeyRecord(input.row, input))
  } catch (cause) {
    log.warn('API key not copied to the edge', { key: input.row.id, cause })
  }
}

/** A Worker has six connections. */
const PARALLEL = 6

/** Runs work over all items, a few at a time. */
export async function inGroups<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += PARALLEL) {
    await Promise.all(items.slice(start, start + PARALLEL).map(work))
  }
}

/** Rewrites the KV record of each unrevoked key of a site that was switched on or off, or with whose account that happened. */
export async function rewriteSiteKeys({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { siteId: string }
}): Promise<void> {
  const rows = await ctx.db
    .select({ key: apiKeys, siteIsActive: sites.isActive, suspendedAt: accounts.suspendedAt })
    .from(apiKeys)
    .innerJoin(sites, and(eq(sites.id, apiKeys.siteId), eq(sites.accountId, apiKeys.accountId)))
    .innerJoin(accounts, eq(accounts.id, apiKeys.accountId))
    .where(and(eq(apiKeys.siteId, input.siteId), tenantFilter(ctx.actor, apiKeys), isNull(apiKeys.revokedAt)))
  await inGroups(rows, ({ key, ...surroundings }) => ctx.apiKeys.put(key.hash, toApiKeyRecord(key, surroundings)))
}
