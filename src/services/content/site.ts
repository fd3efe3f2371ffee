import { and, eq, sql } from 'drizzle-orm'
import { integrations, sites } from '../../db/schema/index.ts'
import type { CallingKey, RpcCall } from '../../site/rpc.ts'
import { describeActor, type ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { SITE_TENANT, tenantFilter } from '../tenant.ts'

/** A site whose content changes. */
export interface ContentSite {
  key: CallingKey
  /** The integration that sends changes at once; null if changes wait for the next sync. */
  twoWay: RpcCall | null
}

const selectSite = (ctx: ServiceContext, siteId: string) =>
  ctx.db
    .select({ accountId: sites.accountId, isActive: sites.isActive })
    .from(sites)
    .where(and(eq(sites.id, siteId), tenantFilter(ctx.actor, SITE_TENANT)))
    .limit(1)

/** The site's WordPress integration, if two-way sync is on. */
const selectTwoWay = (ctx: ServiceContext, siteId: string) =>
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

/** @throws ServiceError `site_not_found` unless the site is in the caller's tenant */
export async function assertSite({ ctx, siteId }: { ctx: ServiceContext; siteId: string }): Promise<void> {
  const [site] = await selectSite(ctx, siteId)
  if (!site) throw new ServiceError('site_not_found')
}

/** A site in the caller's tenant whose content is to be changed. @throws ServiceError `site_not_found` */
export async function loadContentSite({ ctx, siteId }: { ctx: ServiceContext; siteId: string }): Promise<ContentSite> {
  const [[site], [integration]] = await ctx.db.batch([selectSite(ctx, siteId), selectTwoWay(ctx, siteId)])
  if (!site) throw new ServiceError('site_not_found')
  const keyId = ctx.actor.kind === 'api_key' ? ctx.actor.keyId : null
  const key = { accountId: site.accountId, siteId, keyId, requestId: ctx.requestId, actor: describeActor(ctx.actor) }
  const isSent = site.isActive && integration !== undefined
  return { key, twoWay: isSent ? { ...key, integrationId: integration.id } : null }
}
