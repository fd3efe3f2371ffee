import { and, eq, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { integrations, sites } from '../db/schema/index.ts'
import type { ServiceContext, KnownActor } from './context.ts'
import { ServiceError } from './errors.ts'

interface TenantColumns {
  accountId: SQLiteColumn
  /** The site's id, in the table of sites and in those that belong to a site. */
  siteId: SQLiteColumn
}

/** The condition that every query carries: the actor's account, and for an API key its one site. */
export function tenantFilter(actor: KnownActor, columns: TenantColumns): SQL | undefined {
  const inAccount = eq(columns.accountId, actor.accountId)
  return actor.kind === 'api_key' ? and(inAccount, eq(columns.siteId, actor.siteId)) : inAccount
}

export type SiteRow = typeof sites.$inferSelect

/** Columns that {@link tenantFilter} needs of the table of sites. */
export const SITE_TENANT = { accountId: sites.accountId, siteId: sites.id }

/** The caller's site of this id; a key has one. @throws ServiceError `site_not_found`, also when it is somebody else's */
export async function loadSite({ ctx, siteId }: { ctx: ServiceContext; siteId: string }): Promise<SiteRow> {
  const [row] = await ctx.db
    .select()
    .from(sites)
    .where(and(eq(sites.id, siteId), tenantFilter(ctx.actor, SITE_TENANT)))
    .limit(1)
  if (!row) throw new ServiceError('site_not_found')
  return row
}

export type IntegrationRow = typeof integrations.$inferSelect

/** The caller's integration of this id. @throws ServiceError `integration_not_found`, also when it is somebody else's */
export async function loadIntegration({ ctx, id }: { ctx: ServiceContext; id: string }): Promise<IntegrationRow> {
  const [row] = await ctx.db
    .select()
    .from(integrations)
    .where(and(eq(integrations.id, id), tenantFilter(ctx.actor, integrations)))
    .limit(1)
  if (!row) throw new ServiceError('integration_not_found')
  return row
}

/** As {@link loadIntegration}, for actions that need it switched on. @throws ServiceError `sync_disabled` */
export async function loadEnabledIntegration(args: { ctx: ServiceContext; id: string }): Promise<IntegrationRow> {
  const row = await loadIntegration(args)
  if (!row.isActive || !row.syncEnabled) throw new ServiceError('sync_disabled')
  return row
}
