import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Scope } from '../../contract/sites.ts'
import { timestampMs } from './columns.ts'

export const sites = sqliteTable(
  'sites',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    url: text('url').notNull(),
    isActive: integer('is_active', { mode: 'boolean' }).notNull().default(true),
    /** Set while the site is switched off because its account is to be deleted; a cancellation switches these on again. */
    pause: text('pause', { enum: ['stopping', 'stopped'] }),
    /** Set once the site has been told that its account is suspended. */
    isSuspended: integer('is_suspended', { mode: 'boolean' }).notNull().default(false),
    createdAt: timestampMs('created_at').notNull(),
    updatedAt: timestampMs('updated_at').notNull(),
  },
  (table) => [
    // list of an account's sites, by id
    index('sites_by_account').on(table.accountId, table.id),
    // an operator looks for a host
    index('sites_by_url').on(table.url),
  ],
)

/** API keys. Stores a keyed hash; the plaintext is only in the response that created the key. */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    /** `key_` and the id that is part of the key itself. */
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    siteId: text('site_id').notNull(),
    name: text('name').notNull(),
    hash: text('hash').notNull(),
    masked: text('masked').notNull(),
    scopes: text('scopes', { mode: 'json' }).$type<Scope[]>().notNull(),
    expiresAt: timestampMs('expires_at'),
    revokedAt: timestampMs('revoked_at'),
    lastUsedAt: timestampMs('last_used_at'),
    createdAt: timestampMs('created_at').notNull(),
  },
  (table) => [
    // list of a site's keys, newest first
    index('api_keys_by_site').on(table.siteId, table.createdAt),
    // the account's quota
    index('api_keys_by_account').on(table.accountId),
    // pruning
    index('api_keys_by_revocation')
      .on(table.revokedAt)
      .where(sql`revoked_at IS NOT NULL`),
    index('api_keys_by_expiry')
      .on(table.expiresAt)
      .where(sql`expires_at IS NOT NULL`),
  ],
)
