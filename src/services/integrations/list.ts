import { and, asc, eq, gt } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { Integration } from '../../contract/integrations.ts'
import { integrations } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { readCursor, toPage } from '../cursor.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { presentedColumns, presentIntegration } from './internal.ts'

type ListInput = ListQuery & { site_id?: string | undefined }

/** The caller's integrations, oldest first. @throws ServiceError `invalid_cursor` */
export async function listIntegrations({ ctx, input }: { ctx: Context; input: ListInput }): Promise<Page<Integration>> {
  const after = readCursor(input.cursor)
  const rows = await ctx.db
    .select(presentedColumns)
    .from(integrations)
    .where(
      and(
        tenantFilter(ctx.actor, integrations),
        input.site_id === undefined ? undefined : eq(integrations.siteId, input.site_id),
        after === null ? undefined : gt(integrations.id, after),
      ),
    )
    .orderBy(asc(integrations.id))
    .limit(input.limit + 1)
  return toPage(rows, input.limit, presentIntegration)
}
