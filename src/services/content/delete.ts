import type { Context } from '../context.ts'
import { unwrap } from '../integrations/unwrap.ts'
import { loadContentSite, sendChange } from './internal.ts'

/**
 * Deletes an item for good, here at once and at WordPress with the next sync. Repeating it changes nothing.
 * @throws ServiceError `site_not_found`, `item_not_found`, `api_key_revoked`
 */
export async function deleteItem({
  ctx,
  input,
}: {
  ctx: Context
  input: { siteId: string; itemId: string }
}): Promise<void> {
  const { siteId, itemId } = input
  const site = await loadContentSite({ ctx, siteId })
  unwrap(await ctx.site(siteId).deleteItem(site.key, itemId))
  await sendChange(ctx, site)
}
