import { and, eq } from 'drizzle-orm'
import type { Site } from '../../contract/sites.ts'
import { sites } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { tenantFilter } from '../tenant-filter.ts'

export type SiteRow = typeof sites.$inferSelect

/** Columns that {@link tenantFilter} needs of the table of sites. */
export const SITE_TENANT = { accountId: sites.accountId, siteId: sites.id }

/** The caller's site of this id; a key has one. @throws ServiceError `site_not_found`, also when it is somebody else's */
export async function loadSite({ ctx, siteId }: { ctx: Context; siteId: string }): Promise<SiteRow> {
  const [row] = await ctx.db
    .select()
    .from(sites)
    .where(and(eq(sites.id, siteId), tenantFilter(ctx.actor, SITE_TENANT)))
    .limit(1)
  if (!row) throw new ServiceError('site_not_found')
  return row
}

/** The wire's shape of a site. */
export function presentSite(row: SiteRow): Site {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    is_active: row.isActive,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}
