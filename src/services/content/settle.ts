import type { Item, Settlement } from '../../contract/content.ts'
import type { Context } from '../context.ts'
import { unwrap } from '../integrations/unwrap.ts'
import { loadContentSite, sendChange } from './internal.ts'

/**
 * Ends the conflict of an item as an editor chooses; it can be undone.
 * @throws ServiceError `site_not_found`, `item_not_found`, `conflict` when it is past `if_revision`, `no_conflict`,
 *   `settlement_incomplete`, `api_key_revoked`
 */
export async function settleItem({
  ctx,
  input,
}: {
  ctx: Context
  input: { siteId: string; itemId: string; settlement: Settlement }
}): Promise<Item> {
  const { siteId, itemId, settlement } = input
  const site = await loadContentSite({ ctx, siteId })
  const item = unwrap(await ctx.site(siteId).settleItem(site.key, itemId, settlement))
  await sendChange(ctx, site)
  return item
}
