import { and, asc, eq, inArray } from 'drizzle-orm'
import type { ConnectAsk } from '../../contract/connect.ts'
import { sites } from '../../db/schema/index.ts'
import { addressForms } from '../../lib/site-address.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { readPluginUrl } from '../site-url.ts'
import { findIntegration, type IntegrationRow, SITE_TENANT, type SiteRow, tenantFilter } from '../tenant.ts'
import { readReturnAddress } from './return-address.ts'

/** What would be connected. */
export interface Target {
  /** Canonical. */
  siteUrl: string
  back: URL
  /** Null: the account has no site with this address yet. */
  site: SiteRow | null
  integration: IntegrationRow | null
}

/** The account's site with this address; the oldest one that is switched on, if there are several. */
async function findByAddress(ctx: ServiceContext, siteUrl: string): Promise<SiteRow | null> {
  const rows = await ctx.db
    .select()
    .from(sites)
    .where(and(inArray(sites.url, addressForms(siteUrl)), tenantFilter(ctx.actor, SITE_TENANT)))
    .orderBy(asc(sites.id))
    .limit(10)
  return rows.find(({ isActive }) => isActive) ?? rows[0] ?? null
}

async function findById(ctx: ServiceContext, siteId: string): Promise<SiteRow | null> {
  const own = and(eq(sites.id, siteId), tenantFilter(ctx.actor, SITE_TENANT))
  const [row] = await ctx.db.select().from(sites).where(own).limit(1)
  return row ?? null
}

/**
 * Reads what a plugin asks for, and finds its site in the actor's account. A plugin that is connected names its site: that
 * one is meant, or none.
 * @throws ServiceError `invalid_site_url`, `private_address`, `return_address_foreign`, `connected_elsewhere`
 */
export async function findTarget(ctx: ServiceContext, ask: ConnectAsk): Promise<Target> {
  const siteUrl = readPluginUrl(ctx.config, ask.site_url)
  const back = readReturnAddress(ask.site_url, ask.return_url)
  const { current_site_id: current } = ask
  const site = current === undefined ? await findByAddress(ctx, siteUrl) : await findById(ctx, current)
  if (current !== undefined && site === null) throw new ServiceError('connected_elsewhere')
  const integration = site === null ? null : await findIntegration(ctx, site.id)
  return { siteUrl, back, site, integration }
}

/** Switched off by a person: nothing may connect it again. @throws ServiceError `site_inactive`, `sync_disabled` */
export function assertSwitchedOn({ site, integration }: Target): void {
  if (site?.isActive === false) throw new ServiceError('site_inactive')
  if (integration?.isActive === false) throw new ServiceError('sync_disabled', 'This integration is switched off.')
}
