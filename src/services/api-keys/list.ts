import { and, desc, eq, sql } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { ApiKey } from '../../contract/sites.ts'
import { apiKeys } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { readCursor, toPage } from '../cursor.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { loadSite } from '../sites/internal.ts'
import { presentApiKey } from './internal.ts'

/** Rows behind the one that the cursor names; a key's id says nothing of its age. */
const olderThan = (siteId: string, keyId: string) =>
  sql`(${apiKeys.createdAt}, ${apiKeys.id}) < (select created_at, id from api_keys where id = ${keyId} and site_id = ${siteId})`

/**
 * A site's keys, masked, newest first, those that no longer work among them.
 * @throws ServiceError `site_not_found`, `invalid_cursor`
 */
export async function listApiKeys({
  ctx,
  input,
}: {
  ctx: Context
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
