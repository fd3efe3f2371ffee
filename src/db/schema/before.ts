/**
 * Tables whose rows are in the event databases since release 0.3 (src/db/events/schema.ts). While that release is brought
 * out, the code before it still writes here: the cron takes such rows over (src/services/shards/take-over.ts). The release
 * after it may drop them.
 */
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { timestampMs } from './columns.ts'

export const eventsBefore = sqliteTable(
  'sync_events',
  {
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    siteId: text('site_id').notNull(),
    integrationId: text('integration_id').notNull(),
    runId: text('run_id'),
    action: text('action').notNull(),
    direction: text('direction'),
    success: integer('success').notNull(),
    code: text('code'),
    detail: text('detail'),
    actor: text('actor'),
    itemIds: text('item_ids').notNull(),
    counts: text('counts').notNull(),
    startedAt: timestampMs('started_at').notNull(),
    finishedAt: timestampMs('finished_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.integrationId, table.id] }),
    index('sync_events_by_run')
      .on(table.runId, table.id)
      .where(sql`run_id IS NOT NULL`),
    index('sync_events_failed')
      .on(table.integrationId, table.id)
      .where(sql`success = 0`),
    index('sync_events_by_id').on(table.id),
    index('sync_events_by_account').on(table.accountId, table.id),
  ],
)

export const messagesBefore = sqliteTable(
  'notification_messages',
  {
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    seq: integer('seq').notNull(),
    type: text('type').notNull(),
    summary: text('summary').notNull(),
    changes: integer('changes').notNull(),
    body: text('body').notNull(),
    createdAt: timestampMs('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.id] }),
    uniqueIndex('notification_messages_by_seq').on(table.accountId, table.seq),
    index('notification_messages_by_age').on(table.createdAt),
  ],
)
export const deliveriesBefore = sqliteTable(
  'notification_deliveries',
  {
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    messageId: text('message_id').notNull(),
    channel: text('channel').notNull(),
    endpointId: text('endpoint_id'),
    userId: text('user_id'),
    status: text('status').notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: timestampMs('next_attempt_at'),
    expiresAt: timestampMs('expires_at').notNull(),
    lastStatus: integer('last_status'),
    errorCode: text('error_code'),
    errorDetail: text('error_detail'),
    createdAt: timestampMs('created_at').notNull(),
    finishedAt: timestampMs('finished_at'),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.id] }),
    index('notification_deliveries_due')
      .on(table.nextAttemptAt)
      .where(sql`next_attempt_at IS NOT NULL`),
    index('notification_deliveries_by_endpoint').on(table.accountId, table.endpointId, table.id),
    index('notification_deliveries_by_age').on(table.createdAt),
  ],
)
