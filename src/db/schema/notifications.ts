import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { CONNECTION_STATES } from '../../contract/health.ts'
import { CHANNELS, DELIVERY_STATUSES, MESSAGE_TYPES, type DeliveryErrorCode } from '../../contract/notifications.ts'
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

/** Messages to accounts. Every recipient and every attempt gets the same text. */
export const notificationMessages = sqliteTable(
  'notification_messages',
  {
    /** Time-ordered; the `webhook-id`. */
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    /** Consecutive per account, so that of two concurrent dispatches only one can commit. */
    seq: integer('seq').notNull(),
    type: text('type', { enum: MESSAGE_TYPES }).notNull(),
    summary: text('summary').notNull(),
    changes: integer('changes').notNull(),
    body: text('body').notNull(),
    createdAt: timestampMs('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.id] }),
    uniqueIndex('notification_messages_by_seq').on(table.accountId, table.seq),
    // pruning
    index('notification_messages_by_age').on(table.createdAt),
  ],
)

/** The delivery of one message to one recipient. */
export const notificationDeliveries = sqliteTable(
  'notification_deliveries',
  {
    /** Time-ordered. */
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    messageId: text('message_id').notNull(),
    channel: text('channel', { enum: CHANNELS }).notNull(),
    /** For a webhook. */
    endpointId: text('endpoint_id'),
    /** For an e-mail. */
    userId: text('user_id'),
    status: text('status', { enum: DELIVERY_STATUSES }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** While an attempt runs, its lease; null once the delivery is finished. */
    nextAttemptAt: timestampMs('next_attempt_at'),
    /** No attempt is made after this. */
    expiresAt: timestampMs('expires_at').notNull(),
    lastStatus: integer('last_status'),
    errorCode: text('error_code').$type<DeliveryErrorCode>(),
    errorDetail: text('error_detail'),
    createdAt: timestampMs('created_at').notNull(),
    finishedAt: timestampMs('finished_at'),
  },
  (table) => [
    // the key is also the order of an account's list
    primaryKey({ columns: [table.accountId, table.id] }),
    // cron: due deliveries, oldest first
    index('notification_deliveries_due')
      .on(table.nextAttemptAt)
      .where(sql`next_attempt_at IS NOT NULL`),
    // an endpoint's deliveries, and the pending ones among them
    index('notification_deliveries_by_endpoint').on(table.accountId, table.endpointId, table.id),
    // pruning
    index('notification_deliveries_by_age').on(table.createdAt),
  ],
)
