import { and, eq, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { KnownActor } from './context.ts'

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
