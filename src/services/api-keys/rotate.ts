import { and, eq, exists, isNull, sql, type SQL } from 'drizzle-orm'
import type { ApiKeyCreated, ApiKeyRotate } from '../../contract/sites.ts'
import { apiKeys } from '../../db/schema/index.ts'
import { createApiKey as generateApiKey, hashApiKey, maskApiKey } from '../../lib/api-key.ts'
import { log } from '../../lib/log.ts'
import { type ApiKeyRow, loadApiKey, presentApiKey, publishApiKey, toApiKeyRecord } from './records.ts'
import { passOn } from './repeat.ts'
import { revokeApiKey } from './revoke.ts'
import { appendAudit } from '../audit/index.ts'
import { withinQuota } from '../quotas/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { loadSite, type SiteRow } from '../tenant.ts'

type RotateInput = ApiKeyRotate & { siteId: string; keyId: string }

/** The end of the old key; grace never extends a key's expiry. @throws ServiceError `api_key_inactive` */
function endOfGrace(key: ApiKeyRow, graceS: number, now: number): Date {
  const ends = key.expiresAt?.getTime() ?? Infinity
  if (key.revokedAt || ends <= now) throw new ServiceError('api_key_inactive')
  return new Date(Math.min(ends, now + graceS * 1000))
}

async function prepareSuccessor(ctx: ServiceContext, old: ApiKeyRow): Promise<{ row: ApiKeyRow; plaintext: string }> {
  const { keyId, plaintext } = generateApiKey()
  const hash = await hashApiKey(ctx.config.apiKeyPepper, plaintext)
  const fresh = { expiresAt: null, revokedAt: null, lastUsedAt: null, createdAt: new Date(ctx.now()) }
  return { row: { ...old, ...fresh, id: keyId, hash, masked: maskApiKey(plaintext) }, plaintext }
}

/** Inserts the successor only if `condition` holds for the old key. */
function insertSuccessor(ctx: ServiceContext, row: ApiKeyRow, condition: SQL | undefined) {
  const successor = ctx.db
    .select({
      id: sql<string>`${row.id}`.as('id'),
      accountId: apiKeys.accountId,
      siteId: apiKeys.siteId,
      name: apiKeys.name,
      hash: sql<string>`${row.hash}`.as('hash'),
      masked: sql<string>`${row.masked}`.as('masked'),
      scopes: apiKeys.scopes,
      expiresAt: sql<Date | null>`null`.as('expires_at'),
      revokedAt: sql<Date | null>`null`.as('revoked_at'),
      lastUsedAt: sql<Date | null>`null`.as('last_used_at'),
      createdAt: sql<Date>`${row.createdAt.getTime()}`.as('created_at'),
    })
    .from(apiKeys)
    .where(condition)
  return ctx.db.insert(apiKeys).select(successor).returning({ id: apiKeys.id })
}

/**
 * Commits the rotation in one batch. Both statements require that the old key is unchanged since it was read, so of two
 * concurrent rotations one is refused.
 */
async function commitRotation(ctx: ServiceContext, old: ApiKeyRow, row: ApiKeyRow, expiresAt: Date): Promise<void> {
  const unchanged = and(
    eq(apiKeys.id, old.id),
    eq(apiKeys.siteId, old.siteId),
    eq(apiKeys.accountId, old.accountId),
    isNull(apiKeys.revokedAt),
    old.expiresAt ? eq(apiKeys.expiresAt, old.expiresAt) : isNull(apiKeys.expiresAt),
  )
  const made = exists(
    ctx.db
      .select({ one: sql`1` })
      .from(apiKeys)
      .where(eq(apiKeys.id, row.id)),
  )
  const metadata = { successor: row.id, expires_at: expiresAt.toISOString() }
  const entry = { action: 'api_key.rotated', entityId: old.id, metadata, when: made } as const
  const insert = insertSuccessor(ctx, row, unchanged)
  const end = ctx.db.update(apiKeys).set({ expiresAt }).where(unchanged)
  const [inserted] = await withinQuota({ ctx, kind: 'api_keys', accountId: old.accountId }, (guard) =>
    appendAudit({ ctx, input: { entry, changes: [insert, end, guard] } }),
  )
  if (inserted.length === 0) throw new ServiceError('conflict')
}

/** Gives the old key its end at the site's object, which remembers when a key ends, and in KV. */
async function announceEnd(ctx: ServiceContext, old: ApiKeyRow, site: SiteRow, expiresAt: Date): Promise<void> {
  const failed = await passOn(ctx, old.id, [
    () => ctx.site(site.id).recheckKeys(),
    () => ctx.apiKeys.put(old.hash, toApiKeyRecord({ ...old, expiresAt }, { siteIsActive: site.isActive })),
  ])
  if (failed) throw failed.reason
}

/**
 * Ends the old key. Only logs failures, and repeats what failed in the background: the response with the new key must
 * reach its owner.
 */
async function endOldKey(
  ctx: ServiceContext,
  old: ApiKeyRow,
  site: SiteRow,
  expiresAt: Date,
  graceS: number,
): Promise<void> {
  try {
    if (graceS === 0) await revokeApiKey({ ctx, input: { siteId: site.id, keyId: old.id } })
    else await announceEnd(ctx, old, site, expiresAt)
  } catch (cause) {
    log.error('rotated API key lives on at the edge, for a day at most', { key: old.id, cause })
  }
}

/**
 * Replaces a key by one with the same name and scopes. The old key expires after `grace_s` seconds; with no grace it is
 * revoked. D1 changes first, then KV.
 * @throws ServiceError `site_not_found`, `api_key_not_found`, `api_key_inactive`, `conflict`
 */
export async function rotateApiKey({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: RotateInput
}): Promise<ApiKeyCreated> {
  const site = await loadSite({ ctx, siteId: input.siteId })
  const old = await loadApiKey({ ctx, input })
  const expiresAt = endOfGrace(old, input.grace_s, ctx.now())
  const { row, plaintext } = await prepareSuccessor(ctx, old)
  await commitRotation(ctx, old, row, expiresAt)
  await Promise.all([
    endOldKey(ctx, old, site, expiresAt, input.grace_s),
    publishApiKey({ ctx, input: { row, siteIsActive: site.isActive } }),
  ])
  return { ...presentApiKey(row, ctx.now()), key: plaintext }
}
