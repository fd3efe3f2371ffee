import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { CONNECTION_STATES } from '../../contract/health.ts'
import type { DeliveryErrorCode } from '../../contract/notifications.ts'
import { timestampMs } from './columns.ts'

/**
 * For each connection that has changed: the state last reported, and when to report again. A trigger on `integrations`
 * (migrations/0000_first.sql) writes it, so that every change of state is covered.
 */
export const connectionWatch = sqliteTable(
  'connection_watch',
  {
    integrationId: text('integration_id').primaryKey(),
    accountId: text('account_id').notNull(),
    /** The state that the last message reported. */
    told: text('told', { enum: CONNECTION_STATES }).notNull(),
    /** Number of changes since then. */
    changes: integer('changes').notNull().default(0),
    /** When the first unreported change happened. */
    changedAt: timestampMs('changed_at').notNull(),
    /** When to dispatch; null if there is nothing to report. */
    dueAt: timestampMs('due_at'),
    /** When the first message of this hour was sent, and how many there were. */
    windowAt: timestampMs('window_at'),
    windowCount: integer('window_count').notNull().default(0),
  },
  (table) => [
    // cron: accounts with due changes
    index('connection_watch_due')
      .on(table.dueAt, table.accountId)
      .where(sql`due_at IS NOT NULL`),
    // an account's due changes
    index('connection_watch_by_account')
      .on(table.accountId, table.dueAt)
      .where(sql`due_at IS NOT NULL`),
  ],
)

/** Where an account's notifications are sent. */
export const notificationEndpoints = sqliteTable(
  'notification_endpoints',
  {
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    url: text('url').notNull(),
    isActive: integer('is_active', { mode: 'boolean' }).notNull().default(true),
    /** Sealed JSON array of signing secrets, newest first. */
    secrets: text('secrets').notNull(),
    /** Id of the encryption key, by which a rotation finds the rows to reseal. */
    sealedWith: text('sealed_with').notNull(),
    previousSecretUntil: timestampMs('previous_secret_until'),
    failingSince: timestampMs('failing_since'),
    /** When people were alerted about the failure. */
    failingToldAt: timestampMs('failing_told_at'),
    errorCode: text('error_code').$type<DeliveryErrorCode>(),
    errorDetail: text('error_detail'),
    lastDeliveredAt: timestampMs('last_delivered_at'),
    createdAt: timestampMs('created_at').notNull(),
  },
  (table) => [
    // the key is also the order of an account's list
    primaryKey({ columns: [table.accountId, table.id] }),
    // cron: secrets sealed with an older key
    index('notification_endpoints_by_key').on(table.sealedWith),
  ],
)
