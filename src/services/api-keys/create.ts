import type { ApiKeyCreate, ApiKeyCreated } from '../../contract/sites.ts'
import { apiKeys } from '../../db/schema/index.ts'
import { createApiKey as generateApiKey, hashApiKey, maskApiKey } from '../../lib/api-key.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { loadSite } from '../sites/internal.ts'
import { publishApiKey } from './publish.ts'
import { presentApiKey, type ApiKeyRow } from './internal.ts'

/** @throws ServiceError `validation_error` for an end that has passed */
function readExpiry(expiresAt: string | null, now: number): Date | null {
  if (expiresAt === null) return null
  const end = new Date(expiresAt)
  if (end.getTime() > now) return end
  const message = 'must be in the future'
  const errors = [{ path: 'body.expires_at', code: 'custom', message }]
  throw new ServiceError('validation_error', `body.expires_at: ${message}`, { errors })
}

/**
 * Makes a key for a site. The answer holds the whole key, which is stored nowhere.
 * @throws ServiceError `site_not_found`, `validation_error`
 */
export async function createApiKey({
  ctx,
  input,
}: {
  ctx: Context
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
  await appendAudit({
    ctx,
    input: {
      entry: { action: 'api_key.created', entityId: row.id, metadata: { site_id: site.id, scopes: row.scopes } },
      changes: [ctx.db.insert(apiKeys).values(row)],
    },
  })
  await publishApiKey({ ctx, input: { row, siteIsActive: site.isActive } })
  return { ...presentApiKey(row, ctx.now()), key: plaintext }
}
