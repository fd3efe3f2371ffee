import { and, asc, gt } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { Site } from '../../contract/sites.ts'
import { sites } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { readCursor, toPage } from '../cursor.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { presentSite, SITE_TENANT } from './internal.ts'

/** The account's sites, oldest first; for an API key its own one. @throws ServiceError `invalid_cursor` */
export async function listSites({ ctx, input }: { ctx: Context; input: ListQuery }): Promise<Page<Site>> {
  const last = readCursor(input.cursor)
  const rows = await ctx.db
    .select()
    .from(sites)
    .where(and(tenantFilter(ctx.actor, SITE_TENANT), last === null ? undefined : gt(sites.id, last)))
    .orderBy(asc(sites.id))
    .limit(input.limit + 1)
  return toPage(rows, input.limit, presentSite)
}
