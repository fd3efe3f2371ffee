import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { timestampMs } from './columns.ts'

/** People who operate the deployment. A role of the platform: no account gives it, and none has a part in it. */
export const operators = sqliteTable('operators', {
  userId: text('user_id').primaryKey(),
  grantedAt: timestampMs('granted_at').notNull(),
})

/** What the cron counted for operators in an hour; see services/figures/. */
export const figures = sqliteTable('figures', {
  /** When the hour began, in hours since 1970. */
  hour: integer('hour').primaryKey(),
  /** JSON. */
  body: text('body').notNull(),
})
