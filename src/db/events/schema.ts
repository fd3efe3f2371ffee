/**
 * The tables of the event databases: rows that grow with what happens, not with what there is. They refer to the control
 * database (src/db/schema/) by ids alone, since no statement and no transaction reaches both (docs/adr/0022-shards.md).
 */
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { CHANNELS, DELIVERY_STATUSES, MESSAGE_TYPES, type DeliveryErrorCode } from '../../contract/notifications.ts'
import { timestampMs } from '../schema/columns.ts'

/** One record per action on an integration. Outlives the integration and is pruned by age. */
export const syncEvents = sqliteTable(
  'sync_events',
  {
    /** Time-ordered. */
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    siteId: text('site_id').notNull(),
    integrationId: text('integration_id').notNull(),
    runId: text('run_id'),
    action: text('action').notNull(),
    direction: text('direction', { enum: ['metadata', 'from_external', 'to_external', 'both', 'drift_check'] }),
    success: integer('success', { mode: 'boolean' }).notNull(),
    code: text('code'),
    detail: text('detail'),
    /** Who caused it, as in the audit log; null if it isn't known. */
    actor: text('actor'),
    itemIds: text('item_ids', { mode: 'json' }).$type<string[]>().notNull(),
    counts: text('counts', { mode: 'json' }).$type<Record<string, number>>().notNull(),
    startedAt: timestampMs('started_at').notNull(),
    finishedAt: timestampMs('finished_at').notNull(),
  },
  (table) => [
    // the key is also the order of the list: an integration's events, newest first
    primaryKey({ columns: [table.integrationId, table.id] }),
    // the events of one run; failures
    index('sync_events_by_run')
      .on(table.runId, table.id)
      .where(sql`run_id IS NOT NULL`),
    index('sync_events_failed')
      .on(table.integrationId, table.id)
      .where(sql`success = 0`),
    // pruning
    index('sync_events_by_id').on(table.id),
    // an account's events: its export and its deletion
    index('sync_events_by_account').on(table.accountId, table.id),
  ],
)

/** Messages to accounts. Every recipient and every attempt gets the same text. */
export const notificationMessages = sqliteTable(
  'notification_messages',
  {
    /** Time-ordered; the `webhook-id`. */
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    type: text('type', { enum: MESSAGE_TYPES }).notNull(),
    summary: text('summary').notNull(),
    changes: integer('changes').notNull(),
    body: text('body').notNull(),
    createdAt: timestampMs('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.id] }),
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
    // operators: what has failed, newest first
    index('notification_deliveries_failed')
      .on(table.createdAt, table.channel, table.errorCode)
      .where(sql`status = 'failed'`),
  ],
)
