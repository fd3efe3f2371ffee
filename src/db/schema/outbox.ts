import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { timestampMs } from './columns.ts'

/**
 * What still has to go into an event database (src/db/events/): each message to an account, written with the change it
 * tells of, and events that their database did not take. The cron passes them on in their order.
 */
export const outbox = sqliteTable(
  'outbox',
  {
    /** Consecutive: the order, and the bound, without counting rows. */
    seq: integer('seq').primaryKey(),
    /** Of the event or the message. */
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    kind: text('kind', { enum: ['event', 'message'] }).notNull(),
    /** JSON: see src/db/events/outbox.ts. */
    body: text('body').notNull(),
    createdAt: timestampMs('created_at').notNull(),
  },
  (table) => [
    // a repeated insert adds nothing
    uniqueIndex('outbox_by_id').on(table.id),
    // deletion of an account
    index('outbox_by_account').on(table.accountId),
  ],
)
