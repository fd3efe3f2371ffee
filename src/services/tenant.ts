import { and, eq, exists, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { connectionChanges, integrations, sites } from '../db/schema/index.ts'
import type { ServiceContext, KnownActor } from './context.ts'
import { ServiceError } from './errors.ts'

interface TenantColumns {
  accountId: SQLiteColumn
  siteId: SQLiteColumn
}

/** The condition of every query: the actor's account, and for an API key its site. */
export function tenantFilter(actor: KnownActor, columns: TenantColumns): SQL | undefined {
  const inAccount = eq(columns.accountId, actor.accountId)
  return actor.kind === 'api_key' ? and(inAccount, eq(columns.siteId, actor.siteId)) : inAccount
}

export type SiteRow = typeof sites.$inferSelect

/** The tenant columns of `sites`, where the site's id is `id`. */
export const SITE_TENANT = { accountId: sites.accountId, siteId: sites.id }

/** A site in the caller's tenant. @throws ServiceError `site_not_found` */
export async function loadSite({ ctx, siteId }: { ctx: ServiceContext; siteId: string }): Promise<SiteRow> {
  const [row] = await ctx.db
    .select()
    .from(sites)
    .where(and(eq(sites.id, siteId), tenantFilter(ctx.actor, SITE_TENANT)))
    .limit(1)
  if (!row) throw new ServiceError('site_not_found')
  return row
}

/** Holds while a site exists. For the statements that insert what belongs to it. */
export const siteExists = (
  { db }: Pick<ServiceContext, 'db'>,
  { id, accountId }: Pick<SiteRow, 'id' | 'accountId'>,
): SQL =>
  exists(
    db
      .select({ one: sql`1` })
      .from(sites)
      .where(and(eq(sites.id, id), eq(sites.accountId, accountId))),
  )

export type IntegrationRow = typeof integrations.$inferSelect

/** An integration in the caller's tenant. @throws ServiceError `integration_not_found` */
export async function loadIntegration({ ctx, id }: { ctx: ServiceContext; id: string }): Promise<IntegrationRow> {
  const [row] = await ctx.db
    .select()
    .from(integrations)
    .where(and(eq(integrations.id, id), tenantFilter(ctx.actor, integrations)))
    .limit(1)
  if (!row) throw new ServiceError('integration_not_found')
  return row
}

/** The WordPress integration of a site in the caller's tenant; null if there is none. */
export async function findIntegration(ctx: ServiceContext, siteId: string): Promise<IntegrationRow | null> {
  const own = and(eq(integrations.siteId, siteId), eq(integrations.platform, 'wordpress'))
  const [row] = await ctx.db
    .select()
    .from(integrations)
    .where(and(own, tenantFilter(ctx.actor, integrations)))
    .limit(1)
  return row ?? null
}

/** The condition of what waits for an integration, and goes with it. */
export const ofIntegration = (row: Pick<IntegrationRow, 'id' | 'accountId'>): SQL | undefined =>
  and(eq(connectionChanges.integrationId, row.id), eq(connectionChanges.accountId, row.accountId))

/** Like {@link loadIntegration}, for actions that need sync switched on. @throws ServiceError `sync_disabled` */
export async function loadEnabledIntegration(args: { ctx: ServiceContext; id: string }): Promise<IntegrationRow> {
  const row = await loadIntegration(args)
  if (!row.isActive || !row.syncEnabled) throw new ServiceError('sync_disabled')
  return row
}
