import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** The size of each database on each day, as the cron saw it last. */
export const databaseSizes = sqliteTable(
  'database_sizes',
  {
    /** The binding. */
    name: text('name').notNull(),
    /** `2026-11-29`, in UTC. */
    day: text('day').notNull(),
    bytes: integer('bytes').notNull(),
  },
  (table) => [primaryKey({ columns: [table.name, table.day] })],
)
