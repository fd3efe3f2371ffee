import type { Item } from '../../contract/content.ts'
import type { Context } from '../context.ts'
import { loadEnabledIntegration } from '../integrations/internal.ts'
import { toRpcCall } from '../integrations/probe.ts'
import { unwrap } from '../integrations/unwrap.ts'

/**
 * Brings one item up to date on both sides, now.
 * @param input `contentId`: an item's id, or WordPress' post id
 * @throws ServiceError `integration_not_found`, `sync_disabled`, `item_not_found`, `api_key_revoked`, or the reason why
 *   the site can't be called
 */
export async function syncItem({
  ctx,
  input,
}: {
  ctx: Context
  input: { id: string; contentId: string }
}): Promise<Item> {
  const row = await loadEnabledIntegration({ ctx, id: input.id })
  return unwrap(await ctx.site(row.siteId).syncItem(toRpcCall(ctx, row), input.contentId))
}
