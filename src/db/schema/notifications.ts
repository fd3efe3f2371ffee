import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { CONNECTION_STATES } from '../../contract/health.ts'
import { CHANNELS, DELIVERY_STATUSES, MESSAGE_TYPES, type DeliveryErrorCode } from '../../contract/notifications.ts'
import { timestampMs } from './columns.ts'

/**
 * What people were told last of each connection that has changed, and from when on they may be told anew. Written by a
 * trigger on `integrations` (migrations/0000_first.sql), so that nothing that changes a state can forget it.
 */
export const connectionWatch = sqliteTable(
  'connection_watch',
  {
    integrationId: text('integration_id').primaryKey(),
    accountId: text('account_id').notNull(),
    /** The state that people know of. */
    told: text('told', { enum: CONNECTION_STATES }).notNull(),
    /** How often the state has changed since. */
    changes: integer('changes').notNull().default(0),
    /** The first change that is not told yet. */
    changedAt: timestampMs('changed_at').notNull(),
    /** Null where there is nothing to tell. */
    dueAt: timestampMs('due_at'),
    /** When the first of the messages of this hour went out, and how many there were. */
    windowAt: timestampMs('window_at'),
    windowCount: integer('window_count').notNull().default(0),
  },
  (table) => [
    // cron: accounts that have something to be told
    index('connection_watch_due')
      .on(table.dueAt, table.accountId)
      .where(sql`due_at IS NOT NULL`),
    // what an account is to be told
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
    /** Id of the encryption key, so that a rotation finds what it has to seal anew. */
    sealedWith: text('sealed_with').notNull(),
    previousSecretUntil: timestampMs('previous_secret_until'),
    failingSince: timestampMs('failing_since'),
    /** When people were told that it fails. */
    failingToldAt: timestampMs('failing_told_at'),
    errorCode: text('error_code').$type<DeliveryErrorCode>(),
    errorDetail: text('error_detail'),
    lastDeliveredAt: timestampMs('last_delivered_at'),
    createdAt: timestampMs('created_at').notNull(),
  },
  (table) => [
    // the key is also the order of an account's list
    primaryKey({ columns: [table.accountId, table.id] }),
    // cron: secrets that are sealed with an older key
    index('notification_endpoints_by_key').on(table.sealedWith),
  ],
)

/** What an account was told; the text is the same for every recipient and every attempt. */
export const notificationMessages = sqliteTable(
  'notification_messages',
  {
    /** Time-ordered; the `webhook-id`. */
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    /** One after the other: of two that would tell the same at once only one can. */
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

/** One message on its way to one recipient. */
export const notificationDeliveries = sqliteTable(
  'notification_deliveries',
  {
    /** Time-ordered. */
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    messageId: text('message_id').notNull(),
    channel: text('channel', { enum: CHANNELS }).notNull(),
    /** Of a webhook. */
    endpointId: text('endpoint_id'),
    /** Of an e-mail. */
    userId: text('user_id'),
    status: text('status', { enum: DELIVERY_STATUSES }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Also the lease of the attempt that is under way; null once it is over. */
    nextAttemptAt: timestampMs('next_attempt_at'),
    /** After this it is not tried any more. */
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
    // cron: what is due, the longest due first
    index('notification_deliveries_due')
      .on(table.nextAttemptAt)
      .where(sql`next_attempt_at IS NOT NULL`),
    // an endpoint's deliveries, and what waits for it
    index('notification_deliveries_by_endpoint').on(table.accountId, table.endpointId, table.id),
    // pruning
    index('notification_deliveries_by_age').on(table.createdAt),
  ],
)
