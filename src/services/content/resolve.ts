import type { Item, Resolution } from '../../contract/content.ts'
import type { Context } from '../context.ts'
import { unwrap } from '../integrations/unwrap.ts'
import { loadContentSite, sendChange } from './internal.ts'

/**
 * Ends the conflict of an item as an editor chooses; it can be undone.
 * @throws ServiceError `site_not_found`, `item_not_found`, `conflict` when it is past `if_revision`, `no_conflict`,
 *   `resolution_incomplete`, `api_key_revoked`
 */
export async function resolveItem({
  ctx,
  input,
}: {
  ctx: Context
  input: { siteId: string; itemId: string; resolution: Resolution }
}): Promise<Item> {
  const { siteId, itemId, resolution } = input
  const site = await loadContentSite({ ctx, siteId })
  const item = unwrap(await ctx.site(siteId).resolveItem(site.key, itemId, resolution))
  await sendChange(ctx, site)
  return item
}
