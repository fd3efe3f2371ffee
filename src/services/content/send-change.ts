import { log } from '../../lib/log.ts'
import type { ServiceContext } from '../context.ts'
import type { ContentSite } from './site.ts'

/** Queues a stored change for sending. If that fails, the next sync sends it. */
export async function sendChange(ctx: ServiceContext, { twoWay }: ContentSite): Promise<void> {
  if (!twoWay) return
  try {
    const queued = await ctx.site(twoWay.siteId).enqueueChange(twoWay)
    if (!queued.ok) log.warn('change not queued', { site_id: twoWay.siteId, code: queued.code })
  } catch (cause) {
    log.warn('change not queued', { site_id: twoWay.siteId, cause })
  }
}
