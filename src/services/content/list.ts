import type { ListQuery, Page } from '../../contract/common.ts'
import type { ItemFilter, ItemSummary } from '../../contract/content.ts'
import type { Context } from '../context.ts'
import { readRowCursor, toRowCursor } from './cursor.ts'
import { assertSite } from './internal.ts'

type ListInput = ListQuery & ItemFilter & { siteId: string }

/** The items of a site, newest first. @throws ServiceError `site_not_found`, `invalid_cursor` */
export async function listItems({ ctx, input }: { ctx: Context; input: ListInput }): Promise<Page<ItemSummary>> {
  const { siteId, cursor, limit, type, state, q, external_id } = input
  const before = readRowCursor(cursor)
  await assertSite({ ctx, siteId })
  const { results, next } = await ctx.site(siteId).listItems(siteId, { type, state, q, external_id }, before, limit)
  return { results, next: toRowCursor(next) }
}
