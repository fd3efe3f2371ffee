import type { Site, SiteCreate } from '../../contract/sites.ts'
import { sites } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { presentSite, type SiteRow } from './internal.ts'
import { normalizeSiteUrl } from './site-url.ts'

/** Adds a site to the actor's account. @throws ServiceError `validation_error` for an address that can't be one */
export async function createSite({ ctx, input }: { ctx: Context; input: SiteCreate }): Promise<Site> {
  const now = new Date(ctx.now())
  const row: SiteRow = {
    id: ctx.newId('site'),
    accountId: ctx.actor.accountId,
    name: input.name,
    url: normalizeSiteUrl(input.url),
    isActive: true,
    createdAt: now,
    updatedAt: now,
  }
  await appendAudit({
    ctx,
    input: {
      entry: { action: 'site.created', entityId: row.id, metadata: { name: row.name, url: row.url } },
      changes: [ctx.db.insert(sites).values(row)],
    },
  })
  return presentSite(row)
}
