import type { Item } from '../../contract/content.ts'
import type { Context } from '../context.ts'
import { unwrap } from '../integrations/unwrap.ts'
import { loadContentSite } from './internal.ts'

/**
 * Opens the last settled conflict of an item again. Nothing is sent: that is for the next resolution to say.
 * @throws ServiceError `site_not_found`, `item_not_found`, `nothing_to_undo`, `api_key_revoked`
 */
export async function undoResolution({
  ctx,
  input,
}: {
  ctx: Context
  input: { siteId: string; itemId: string }
}): Promise<Item> {
  const { siteId, itemId } = input
  const { key } = await loadContentSite({ ctx, siteId })
  return unwrap(await ctx.site(siteId).undoItem(key, itemId))
}
