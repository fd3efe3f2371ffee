import type { Item } from '../../contract/content.ts'
import type { Context } from '../context.ts'
import { unwrap } from '../integrations/unwrap.ts'
import { assertSite } from './internal.ts'

interface ItemInput {
  siteId: string
  itemId: string
}

/** @throws ServiceError `site_not_found`, `item_not_found` */
export async function getItem({ ctx, input }: { ctx: Context; input: ItemInput }): Promise<Item> {
  const { siteId, itemId } = input
  await assertSite({ ctx, siteId })
  return unwrap(await ctx.site(siteId).getItem(siteId, itemId))
}
