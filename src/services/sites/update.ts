import { and, eq } from 'drizzle-orm'
import type { Site, SiteUpdate } from '../../contract/sites.ts'
import { integrations, sites } from '../../db/schema/index.ts'
import { rewriteSiteKeys } from '../api-keys/rewrite.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { publishChange } from '../live/publish.ts'
import { ServiceError } from '../errors.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { loadSite, presentSite, SITE_TENANT } from './internal.ts'
import { normalizeSiteUrl } from './site-url.ts'

type UpdateInput = SiteUpdate & { siteId: string }

/** Why an integration is disabled, so that switching the site on again wakes those alone that it put to sleep. */
const REASON = 'site_inactive'

/** Integrations follow their site: asleep with it, and due for a check as soon as it is back. */
function followSite(ctx: Context, siteId: string, isActive: boolean) {
  const now = new Date(ctx.now())
  const asleep = and(eq(integrations.connection, 'disabled'), eq(integrations.connectionReason, REASON))
  const state = isActive
    ? ({ connection: 'not_connected', connectionReason: null, nextCheckAt: now } as const)
    : ({ connection: 'disabled', connectionReason: REASON, nextCheckAt: null } as const)
  return ctx.db
    .update(integrations)
    .set({ ...state, connectionDetail: null, connectionSince: now, updatedAt: now })
    .where(
      and(
        eq(integrations.siteId, siteId),
        tenantFilter(ctx.actor, integrations),
        eq(integrations.isActive, true),
        isActive ? asleep : undefined,
      ),
    )
    .returning({ id: integrations.id })
}

async function commit(ctx: Context, input: UpdateInput) {
  const { siteId, name, url, is_active: isActive } = input
  const changes = {
    ...(name !== undefined && { name }),
    ...(url !== undefined && { url: normalizeSiteUrl(url) }),
    ...(isActive !== undefined && { isActive }),
  }
  const update = ctx.db
    .update(sites)
    .set({ ...changes, updatedAt: new Date(ctx.now()) })
    .where(and(eq(sites.id, siteId), tenantFilter(ctx.actor, SITE_TENANT)))
    .returning()
  const entry = { action: 'site.updated', entityId: siteId, metadata: { ...changes } }
  if (isActive === undefined) {
    const [rows] = await appendAudit({ ctx, input: { entry, changes: [update] } })
    return { row: rows[0], followers: [] }
  }
  const [rows, followers] = await appendAudit({
    ctx,
    input: { entry, changes: [update, followSite(ctx, siteId, isActive)] },
  })
  return { row: rows[0], followers }
}

/**
 * Changes a site. Switched off, its keys are refused with `site_inactive` and its integrations rest: D1 first, then
 * the edge's copies of the keys, then the site's object. Repeating it completes what failed before.
 * @throws ServiceError `site_not_found`, `validation_error`
 */
export async function updateSite({ ctx, input }: { ctx: Context; input: UpdateInput }): Promise<Site> {
  await loadSite({ ctx, siteId: input.siteId })
  const { row, followers } = await commit(ctx, input)
  if (!row) throw new ServiceError('site_not_found')
  if (input.is_active !== undefined) {
    await rewriteSiteKeys({ ctx, input: { siteId: row.id, isActive: row.isActive } })
  }
  if (input.is_active === true) publishChange(ctx, row.id)
  if (input.is_active === false) {
    for (const { id } of followers) await ctx.site(row.id).stop(id)
  }
  return presentSite(row)
}
