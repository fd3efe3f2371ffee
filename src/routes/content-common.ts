import * as z from 'zod'
import { API_PREFIX, SiteId } from '../contract/common.ts'
import { ItemId } from '../contract/content.ts'
import { getItem } from '../services/content/index.ts'
import type { ServiceContext } from '../services/context.ts'

/** What the routes of items and of their versions have in common. */
export const ITEMS = `${API_PREFIX}/sites/:site_id/content`
export const ITEM = `${ITEMS}/:item_id`

export const SiteParams = z.lazy(() => z.object({ site_id: SiteId }))
export const ItemParams = z.lazy(() => SiteParams.unwrap().extend({ item_id: ItemId }))
export const reads = { kind: 'member', role: 'viewer', scope: 'content:read' } as const
export const writes = { kind: 'member', role: 'editor', scope: 'content:write' } as const
export const common = { tag: 'content', throttle: 'integration' } as const
export const notFound = ['site_not_found', 'item_not_found'] as const

export const toInput = ({ site_id: siteId, item_id: itemId }: z.infer<typeof ItemParams>) => ({ siteId, itemId })

/** What happens to content is an event of its site, which names who did it. */
export const IS_CONTENT = { nothing: 'an event of the site' } as const

/** A repeat gets the item as it is now: its text may be larger than all else that is kept for repeats. */
export const answerAgain = (call: { ctx: ServiceContext; params: { site_id: string }; id: string }) =>
  getItem({ ctx: call.ctx, input: { siteId: call.params.site_id, itemId: call.id } })
