import type { Item, ItemUpdate } from '../../contract/content.ts'
import type { Context } from '../context.ts'
import { unwrap } from '../integrations/unwrap.ts'
import { loadContentSite, sendChange } from './internal.ts'

/**
 * Changes the IGNY8 side of an item.
 * @throws ServiceError `site_not_found`, `item_not_found`, `conflict` when it is past `if_revision`, `item_deleted`,
 *   `item_unreadable`, `parent_not_found`, `item_too_large`, `api_key_revoked`
 */
export async function updateItem({
  ctx,
  input,
}: {
  ctx: Context
  input: { siteId: string; itemId: string; patch: ItemUpdate }
}): Promise<Item> {
  const { siteId, itemId, patch } = input
  const site = await loadContentSite({ ctx, siteId })
  const item = unwrap(await ctx.site(siteId).updateItem(site.key, itemId, patch))
  await sendChange(ctx, site)
  return item
}
