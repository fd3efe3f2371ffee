import type { Item, ItemCreate } from '../../contract/content.ts'
import type { Context } from '../context.ts'
import { unwrap } from '../integrations/unwrap.ts'
import { loadContentSite, sendChange } from './internal.ts'

/**
 * Makes an item; WordPress gets it with the next sync, or at once where the site syncs both ways.
 * @throws ServiceError `site_not_found`, `parent_not_found`, `item_too_large`, `api_key_revoked`
 */
export async function createItem({
  ctx,
  input,
}: {
  ctx: Context
  input: { siteId: string; item: ItemCreate }
}): Promise<Item> {
  const site = await loadContentSite({ ctx, siteId: input.siteId })
  const item = unwrap(await ctx.site(input.siteId).createItem(site.key, input.item))
  await sendChange(ctx, site)
  return item
}
