import { and, eq } from 'drizzle-orm'
import type { Db } from './client.ts'
import { accounts, apiKeys, sites } from './schema/index.ts'

/** A key's state in D1, the source of truth. Null if the site has no such key. */
export async function readKeyState(db: Db, keyId: string, siteId: string) {
  const [row] = await db
    .select({
      revokedAt: apiKeys.revokedAt,
      expiresAt: apiKeys.expiresAt,
      siteIsActive: sites.isActive,
      suspendedAt: accounts.suspendedAt,
    })
    .from(apiKeys)
    .innerJoin(sites, and(eq(sites.id, apiKeys.siteId), eq(sites.accountId, apiKeys.accountId)))
    .innerJoin(accounts, eq(accounts.id, apiKeys.accountId))
    .where(and(eq(apiKeys.id, keyId), eq(apiKeys.siteId, siteId)))
    .limit(1)
  return row ?? null
}

/** Whether a site is still there. */
export async function isSiteThere(db: Db, siteId: string, accountId: string): Promise<boolean> {
  const found = await db
    .select({ id: sites.id })
    .from(sites)
    .where(and(eq(sites.id, siteId), eq(sites.accountId, accountId)))
    .limit(1)
  return found.length > 0
}
