import { and, eq } from 'drizzle-orm'
import type { Db } from './client.ts'
import { apiKeys, sites } from './schema/index.ts'

/** What D1, the truth, says of a key at its site. Null: there is no such key there. */
export async function readKeyState(db: Db, keyId: string, siteId: string) {
  const [row] = await db
    .select({ revokedAt: apiKeys.revokedAt, expiresAt: apiKeys.expiresAt, siteIsActive: sites.isActive })
    .from(apiKeys)
    .innerJoin(sites, and(eq(sites.id, apiKeys.siteId), eq(sites.accountId, apiKeys.accountId)))
    .where(and(eq(apiKeys.id, keyId), eq(apiKeys.siteId, siteId)))
    .limit(1)
  return row ?? null
}
