import { and, eq } from 'drizzle-orm'
import type { Db } from './client.ts'
import { integrations } from './schema/index.ts'

/** A site's WordPress integration with its sealed credentials; null if there is none. */
export async function readSiteLink(db: Db, site: { accountId: string; siteId: string }) {
  const [row] = await db
    .select({ integrationId: integrations.id, credentials: integrations.credentials, isActive: integrations.isActive })
    .from(integrations)
    .where(
      and(
        eq(integrations.siteId, site.siteId),
        eq(integrations.accountId, site.accountId),
        eq(integrations.platform, 'wordpress'),
      ),
    )
    .limit(1)
  return row ?? null
}
