import { and, eq, sql } from 'drizzle-orm'
import { integrations, sites } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import type { CallingKey, RpcCall } from '../../site/rpc.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { SITE_TENANT } from '../sites/internal.ts'

/** A site whose content is changed, and where its changes go by themselves; null where they wait for a sync. */
export interface ContentSite {
  key: CallingKey
  twoWay: RpcCall | null
}

const selectSite = (ctx: Context, siteId: string) =>
  ctx.db
    .select({ accountId: sites.accountId, isActive: sites.isActive })
    .from(sites)
    .where(and(eq(sites.id, siteId), tenantFilter(ctx.actor, SITE_TENANT)))
    .limit(1)

/** The site's WordPress integration, if it sends changes by itself. */
const selectTwoWay = (ctx: Context, siteId: string) =>
  ctx.db
    .select({ id: integrations.id })
    .from(integrations)
    .where(
      and(
        eq(integrations.siteId, siteId),
        tenantFilter(ctx.actor, integrations),
        eq(integrations.platform, 'wordpress'),
        eq(integrations.isActive, true),
        eq(integrations.syncEnabled, true),
        sql`json_extract(${integrations.structure}, '$.two_way_sync_enabled')`,
      ),
    )
    .limit(1)

/** @throws ServiceError `site_not_found`, also when the site is somebody else's */
export async function assertSite({ ctx, siteId }: { ctx: Context; siteId: string }): Promise<void> {
  const [site] = await selectSite(ctx, siteId)
  if (!site) throw new ServiceError('site_not_found')
}

/** The caller's site, to change its content. @throws ServiceError `site_not_found`, also when it is somebody else's */
export async function loadContentSite({ ctx, siteId }: { ctx: Context; siteId: string }): Promise<ContentSite> {
  const [[site], [integration]] = await ctx.db.batch([selectSite(ctx, siteId), selectTwoWay(ctx, siteId)])
  if (!site) throw new ServiceError('site_not_found')
  const keyId = ctx.actor.kind === 'api_key' ? ctx.actor.keyId : null
  const key = { accountId: site.accountId, siteId, keyId, requestId: ctx.requestId }
  const isSent = site.isActive && integration !== undefined
  return { key, twoWay: isSent ? { ...key, integrationId: integration.id } : null }
}

/** Has a change travel by itself. It is stored already: where this fails it goes with the next sync. */
export async function sendChange(ctx: Context, { twoWay }: ContentSite): Promise<void> {
  if (!twoWay) return
  try {
    const queued = await ctx.site(twoWay.siteId).enqueueChange(twoWay)
    if (!queued.ok) log.warn('change not queued', { site_id: twoWay.siteId, code: queued.code })
  } catch (cause) {
    log.warn('change not queued', { site_id: twoWay.siteId, cause })
  }
}
