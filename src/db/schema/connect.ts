import { index, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { ContentTypesUpdate } from '../../contract/content-types.ts'
import { timestampMs } from './columns.ts'

/**
 * Codes with which a plugin gets its API key: at most one per site, since a new one replaces the last. The code itself is
 * not stored, and is useless without the verifier that the challenge was made of.
 */
export const connectCodes = sqliteTable(
  'connect_codes',
  {
    siteId: text('site_id').primaryKey(),
    accountId: text('account_id').notNull(),
    codeHash: text('code_hash').notNull(),
    challenge: text('challenge').notNull(),
    siteUrl: text('site_url').notNull(),
    /** The person who said yes; the key is made in their name. */
    approvedBy: text('approved_by').notNull(),
    /** The connection that they agreed to replace; null: there was none. */
    replaces: text('replaces'),
    /** What they chose to sync. */
    typeSettings: text('type_settings_json', { mode: 'json' }).$type<ContentTypesUpdate>().notNull(),
    /** Set by the one exchange that gets the key. */
    usedAt: timestampMs('used_at'),
    expiresAt: timestampMs('expires_at').notNull(),
    createdAt: timestampMs('created_at').notNull(),
  },
  (table) => [
    // the exchange
    uniqueIndex('connect_codes_by_hash').on(table.codeHash),
    // pruning
    index('connect_codes_by_expiry').on(table.expiresAt),
    // deletion of an account
    index('connect_codes_by_account').on(table.accountId),
  ],
)
