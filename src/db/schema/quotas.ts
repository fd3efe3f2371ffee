import { sql } from 'drizzle-orm'
import { check, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { QuotaKind } from '../../contract/quotas.ts'

/** Quotas of single accounts that differ from the deployment's. Written by the operator. */
export const accountQuotas = sqliteTable(
  'account_quotas',
  {
    accountId: text('account_id').notNull(),
    kind: text('kind').$type<QuotaKind>().notNull(),
    most: integer('most').notNull(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.kind] })],
)

/**
 * Always empty. A batch that passes a quota inserts a row here, which the check refuses; so the whole batch fails, and
 * two requests at once can't both take the last place.
 */
export const overQuota = sqliteTable('over_quota', { kind: text('kind').primaryKey() }, (table) => [
  check('within_quota', sql`${table.kind} = ''`),
])
