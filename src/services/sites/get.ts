import type { Site } from '../../contract/sites.ts'
import type { Context } from '../context.ts'
import { loadSite, presentSite } from './internal.ts'

/** One of the caller's sites. @throws ServiceError `site_not_found` */
export async function getSite({ ctx, input }: { ctx: Context; input: { siteId: string } }): Promise<Site> {
  return presentSite(await loadSite({ ctx, siteId: input.siteId }))
}
