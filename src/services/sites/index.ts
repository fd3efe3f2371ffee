import { and, asc, eq, gt, isNull } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { Site, SiteCreate, SiteUpdate } from '../../contract/sites.ts'
import { insertWhile } from '../../db/insert-while.ts'
import { apiKeys, connectCodes, connectionChanges, integrations, sites } from '../../db/schema/index.ts'
import { inGroups, rewriteSiteKeys, spreadRevocation } from '../api-keys/index.ts'
import { log } from '../../lib/log.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { withinQuota } from '../quotas/index.ts'
import { publishChange } from '../site-calls.ts'
import { readSiteUrl } from '../site-url.ts'
import { assertStays, stays } from '../deletion/stays.ts'
import { loadSite, SITE_TENANT, siteExists, type SiteRow, tenantFilter } from '../tenant.ts'
import { readCursor, toPage } from '../wire.ts'

/** The wire's shape of a site. */
function presentSite(row: SiteRow): Site {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    is_active: row.isActive,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}

/** The account's sites, oldest first; for an API key only its own. @throws ServiceError `invalid_cursor` */
export async function listSites({ ctx, input }: { ctx: ServiceContext; input: ListQuery }): Promise<Page<Site>> {
  const last = readCursor(input.cursor)
  const rows = await ctx.db
    .select()
    .from(sites)
    .where(and(tenantFilter(ctx.actor, SITE_TENANT), last === null ? undefined : gt(sites.id, last)))
    .orderBy(asc(sites.id))
    .limit(input.limit + 1)
  return toPage(rows, input.limit, presentSite)
}

/** A site in the caller's tenant. @throws ServiceError `site_not_found` */
export async function getSite({ ctx, input }: { ctx: ServiceContext; input: { siteId: string } }): Promise<Site> {
  return presentSite(await loadSite({ ctx, siteId: input.siteId }))
}

/**
 * Adds a site to the actor's account.
 * @throws ServiceError `validation_error` for an invalid address, `quota_exceeded`, `account_leaving`
 */
export async function createSite({ ctx, input }: { ctx: ServiceContext; input: SiteCreate }): Promise<Site> {
  await assertStays(ctx, ctx.actor.accountId)
  const now = new Date(ctx.now())
  const row: SiteRow = {
    id: ctx.newId('site'),
    accountId: ctx.actor.accountId,
    name: input.name,
    url: readSiteUrl(ctx.config, input.url, 'body.url'),
    isActive: true,
    pause: null,
    isSuspended: false,
    createdAt: now,
    updatedAt: now,
  }
  const { id, accountId } = row
  const metadata = { name: row.name, url: row.url }
  const entry = { action: 'site.created', entityId: id, metadata, when: siteExists(ctx, { id, accountId }) } as const
  const insert = insertWhile(ctx.db, sites, row, stays(ctx, accountId)).returning({ id: sites.id })
  const [made] = await withinQuota({ ctx, kind: 'sites', accountId }, (guard) =>
    appendAudit({ ctx, input: { entry, changes: [insert, guard] } }),
  )
  if (made.length === 0) throw new ServiceError('account_leaving')
  return presentSite(row)
}

type UpdateInput = SiteUpdate & { siteId: string }

/** Marks integrations that were disabled with their site. Switching the site on again enables only these. */
const REASON = 'site_inactive'

/** Disables a site's integrations with it, or enables them again, due for a health check now. */
function switchIntegrations(ctx: ServiceContext, siteId: string, isActive: boolean) {
  const now = new Date(ctx.now())
  const disabledWithSite = and(eq(integrations.connection, 'disabled'), eq(integrations.connectionReason, REASON))
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
        isActive ? disabledWithSite : undefined,
      ),
    )
    .returning({ id: integrations.id })
}

async function commit(ctx: ServiceContext, input: UpdateInput) {
  const { siteId, name, url, is_active: isActive } = input
  const changes = {
    ...(name !== undefined && { name }),
    ...(url !== undefined && { url: readSiteUrl(ctx.config, url, 'body.url') }),
    ...(isActive !== undefined && { isActive }),
  }
  const update = ctx.db
    .update(sites)
    .set({ ...changes, updatedAt: new Date(ctx.now()) })
    .where(and(eq(sites.id, siteId), tenantFilter(ctx.actor, SITE_TENANT)))
    .returning()
  const entry = { action: 'site.updated', entityId: siteId, metadata: { ...changes } } as const
  if (isActive === undefined) {
    const [rows] = await appendAudit({ ctx, input: { entry, changes: [update] } })
    return { row: rows[0], switched: [] }
  }
  const [rows, switched] = await appendAudit({
    ctx,
    input: { entry, changes: [update, switchIntegrations(ctx, siteId, isActive)] },
  })
  return { row: rows[0], switched }
}

/**
 * Changes a site. When it is switched off, its keys are refused with `site_inactive` and its integrations stop: in D1
 * first, then at the site's object and in KV. Repeating it completes an update that failed halfway.
 * @throws ServiceError `site_not_found`, `validation_error`; `account_leaving` for switching on
 */
export async function updateSite({ ctx, input }: { ctx: ServiceContext; input: UpdateInput }): Promise<Site> {
  await loadSite({ ctx, siteId: input.siteId })
  if (input.is_active === true) await assertStays(ctx, ctx.actor.accountId)
  const { row, switched } = await commit(ctx, input)
  if (!row) throw new ServiceError('site_not_found')
  if (input.is_active !== undefined) {
    await ctx.site(row.id).recheckKeys()
    await rewriteSiteKeys({ ctx, input: { siteId: row.id } })
  }
  if (input.is_active === true) publishChange(ctx, row.id)
  if (input.is_active === false) {
    for (const { id } of switched) await ctx.site(row.id).stop(id)
  }
  return presentSite(row)
}

const ofSite = (ctx: ServiceContext, site: SiteRow) => ({
  site: and(eq(sites.id, site.id), tenantFilter(ctx.actor, SITE_TENANT)),
  keys: and(eq(apiKeys.siteId, site.id), tenantFilter(ctx.actor, apiKeys)),
  integrations: and(eq(integrations.siteId, site.id), tenantFilter(ctx.actor, integrations)),
  codes: and(eq(connectCodes.siteId, site.id), tenantFilter(ctx.actor, connectCodes)),
  changes: and(eq(connectionChanges.siteId, site.id), tenantFilter(ctx.actor, connectionChanges)),
})

/** Switches the site off and revokes all its keys: in D1, at the object and in KV. */
async function close(ctx: ServiceContext, site: SiteRow): Promise<void> {
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
 * Deletes a site with its integrations and keys. Revokes the keys first and deletes the rows last, so that a deletion
 * that failed halfway can be repeated. Then its object is emptied once more, for whoever read the site just before. Sync
 * events stay until they are pruned by age.
 * @throws ServiceError `site_not_found`, `unavailable`
 */
export async function deleteSite({ ctx, input }: { ctx: ServiceContext; input: { siteId: string } }): Promise<void> {
  const site = await loadSite({ ctx, siteId: input.siteId })
  await close(ctx, site)
  await ctx.site(site.id).forget()
  const rows = ofSite(ctx, site)
  await appendAudit({
    ctx,
    input: {
      entry: { action: 'site.deleted', entityId: site.id, metadata: { name: site.name, url: site.url } },
      changes: [
        ctx.db.delete(connectCodes).where(rows.codes),
        ctx.db.delete(connectionChanges).where(rows.changes),
        ctx.db.delete(integrations).where(rows.integrations),
        ctx.db.delete(apiKeys).where(rows.keys),
        ctx.db.delete(sites).where(rows.site),
      ],
    },
  })
  await ctx
    .site(site.id)
    .forget()
    .catch((cause: unknown) => log.warn('object not emptied again', { site_id: site.id, cause }))
}
