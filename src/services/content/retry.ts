import type { Item } from '../../contract/content.ts'
import type { Context } from '../context.ts'
import { unwrap } from '../integrations/unwrap.ts'
import { loadContentSite, sendChange } from './internal.ts'

/**
 * Has a failed item tried again without waiting for its turn.
 * @throws ServiceError `site_not_found`, `item_not_found`, `not_failed`, `api_key_revoked`
 */
export async function retryItem({
  ctx,
  input,
}: {
  ctx: Context
  input: { siteId: string; itemId: string }
}): Promise<Item> {
  const { siteId, itemId } = input
  const site = await loadContentSite({ ctx, siteId })
  const item = unwrap(await ctx.site(siteId).retryItem(site.key, itemId))
  await sendChange(ctx, site)
  return item
}
