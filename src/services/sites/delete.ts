import { and, eq, isNull } from 'drizzle-orm'
import { apiKeys, integrations, sites } from '../../db/schema/index.ts'
import { spreadRevocation } from '../api-keys/revoke.ts'
import { inGroups } from '../api-keys/rewrite.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { loadSite, SITE_TENANT, type SiteRow } from './internal.ts'

const ofSite = (ctx: Context, site: SiteRow) => ({
  site: and(eq(sites.id, site.id), tenantFilter(ctx.actor, SITE_TENANT)),
  keys: and(eq(apiKeys.siteId, site.id), tenantFilter(ctx.actor, apiKeys)),
  integrations: and(eq(integrations.siteId, site.id), tenantFilter(ctx.actor, integrations)),
})

/** Closes every way in: the site is off and all of its keys are revoked, in D1, at the object and at the edge. */
async function close(ctx: Context, site: SiteRow): Promise<void> {
  const rows = ofSite(ctx, site)
  const now = new Date(ctx.now())
  const [, , keys] = await ctx.db.batch([
    ctx.db.update(sites).set({ isActive: false, updatedAt: now }).where(rows.site),
    ctx.db
      .update(apiKeys)
      .set({ revokedAt: now })
      .where(and(rows.keys, isNull(apiKeys.revokedAt))),
    ctx.db.select().from(apiKeys).where(rows.keys),
  ])
  await inGroups(keys, (key) => spreadRevocation(ctx, key))
}

/**
 * Deletes a site with its integrations and keys. Its keys end first and its rows go last, so that a deletion which
 * failed half-way can be repeated. Sync events stay until they are pruned by age.
 * @throws ServiceError `site_not_found`, `unavailable`
 */
export async function deleteSite({ ctx, input }: { ctx: Context; input: { siteId: string } }): Promise<void> {
  const site = await loadSite({ ctx, siteId: input.siteId })
  await close(ctx, site)
  await ctx.site(site.id).forget()
  const rows = ofSite(ctx, site)
  await appendAudit({
    ctx,
    input: {
      entry: { action: 'site.deleted', entityId: site.id, metadata: { name: site.name, url: site.url } },
      changes: [
        ctx.db.delete(integrations).where(rows.integrations),
        ctx.db.delete(apiKeys).where(rows.keys),
        ctx.db.delete(sites).where(rows.site),
      ],
    },
  })
}
