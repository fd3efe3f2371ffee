import { and, desc, eq, exists, sql } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { ApiKey, ApiKeyCreate, ApiKeyCreated } from '../../contract/sites.ts'
import { insertWhile } from '../../db/insert-while.ts'
import { apiKeys } from '../../db/schema/index.ts'
import { createApiKey as generateApiKey, hashApiKey, maskApiKey } from '../../lib/api-key.ts'
import { type ApiKeyRow, presentApiKey, publishApiKey } from './records.ts'
import { appendAudit } from '../audit/index.ts'
import { withinQuota } from '../quotas/index.ts'
import type { ServiceContext } from '../context.ts'
import { invalidField, ServiceError } from '../errors.ts'
import { loadSite, siteExists, tenantFilter } from '../tenant.ts'
import { readCursor, toPage } from '../wire.ts'
export { authenticateApiKey, verifySiteApiKey } from './authenticate.ts'
export { inGroups, rewriteSiteKeys, toApiKeyRecord } from './records.ts'
export { revokeApiKey, spreadRevocation } from './revoke.ts'
export { rotateApiKey } from './rotate.ts'
export { type ApiKeyRecord, type ApiKeyStore, createApiKeyStore } from './store.ts'

/** @throws ServiceError `validation_error` for an expiry in the past */
function readExpiry(expiresAt: string | null, now: number): Date | null {
  if (expiresAt === null) return null
  const end = new Date(expiresAt)
  if (end.getTime() > now) return end
  throw invalidField('body.expires_at', 'must be in the future')
}

/**
 * Creates a key for a site. Only this response has the whole key; we store a hash.
 * @throws ServiceError `site_not_found`, `validation_error`
 */
export async function createApiKey({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: ApiKeyCreate & { siteId: string }
}): Promise<ApiKeyCreated> {
  const site = await loadSite({ ctx, siteId: input.siteId })
  const { keyId, plaintext } = generateApiKey()
  const row: ApiKeyRow = {
    id: keyId,
    accountId: site.accountId,
    siteId: site.id,
    name: input.name,
    hash: await hashApiKey(ctx.config.apiKeyPepper, plaintext),
    masked: maskApiKey(plaintext),
    scopes: [...new Set(input.scopes)],
    expiresAt: readExpiry(input.expires_at, ctx.now()),
    revokedAt: null,
    lastUsedAt: null,
    createdAt: new Date(ctx.now()),
  }
  const entry = {
    action: 'api_key.created',
    entityId: row.id,
    metadata: { site_id: site.id, scopes: row.scopes },
    when: exists(ctx.db.select({ id: apiKeys.id }).from(apiKeys).where(eq(apiKeys.id, row.id))),
  } as const
  const insert = insertWhile(ctx.db, apiKeys, row, siteExists(ctx, site)).returning({ id: apiKeys.id })
  const [made] = await withinQuota({ ctx, kind: 'api_keys', accountId: row.accountId }, (guard) =>
    appendAudit({ ctx, input: { entry, changes: [insert, guard] } }),
  )
  if (made.length === 0) throw new ServiceError('site_not_found')
  await publishApiKey({ ctx, input: { row, siteIsActive: site.isActive } })
  return { ...presentApiKey(row, ctx.now()), key: plaintext }
}

/** Rows after the cursor's row. Compares creation times, since a key's id is random. */
const olderThan = (siteId: string, keyId: string) =>
  sql`(${apiKeys.createdAt}, ${apiKeys.id}) < (select created_at, id from api_keys where id = ${keyId} and site_id = ${siteId})`

/**
 * A site's keys, masked, newest first, including revoked and expired ones.
 * @throws ServiceError `site_not_found`, `invalid_cursor`
 */
export async function listApiKeys({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: ListQuery & { siteId: string }
}): Promise<Page<ApiKey>> {
  const last = readCursor(input.cursor)
  await loadSite({ ctx, siteId: input.siteId })
  const rows = await ctx.db
    .select()
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.siteId, input.siteId),
        tenantFilter(ctx.actor, apiKeys),
        last === null ? undefined : olderThan(input.siteId, last),
      ),
    )
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .limit(input.limit + 1)
  return toPage(rows, input.limit, (row) => presentApiKey(row, ctx.now()))
}
