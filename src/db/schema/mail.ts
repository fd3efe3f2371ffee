import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { timestampMs } from './columns.ts'

/** How many mails an address has had, over all accounts. Addresses are keyed hashes: most belong to no person here. */
export const mailLimits = sqliteTable(
  'mail_limits',
  {
    address: text('address').notNull(),
    budget: text('budget', { enum: ['proofs', 'strangers', 'notices'] }).notNull(),
    count: integer('count').notNull(),
    /** When the budget is full again. */
    expiresAt: timestampMs('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.address, table.budget] }),
    // pruning
    index('mail_limits_by_expiry').on(table.expiresAt),
  ],
)

/** Addresses that take no invitations, because their owner said so, or no mail, because it came back. Keyed hashes. */
export const mailSuppressions = sqliteTable(
  'mail_suppressions',
  {
    address: text('address').notNull(),
    list: text('list', { enum: ['invitations', 'all'] }).notNull(),
    expiresAt: timestampMs('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.address, table.list] }),
    // pruning
    index('mail_suppressions_by_expiry').on(table.expiresAt),
  ],
)

/** Wrong passwords by account and place; see services/people/attempts.ts. Both are keyed hashes. */
export const signInAttempts = sqliteTable(
  'sign_in_attempts',
  {
    subject: text('subject').notNull(),
    /** A network, a device, or `*`: all strangers together. */
    source: text('source').notNull(),
    failures: integer('failures').notNull(),
    waitUntil: timestampMs('wait_until').notNull(),
    /** When the failures are forgotten. */
    resetsAt: timestampMs('resets_at').notNull(),
    /** When the owner was told. */
    toldAt: timestampMs('told_at'),
    expiresAt: timestampMs('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.subject, table.source] }),
    // pruning
    index('sign_in_attempts_by_expiry').on(table.expiresAt),
  ],
)
