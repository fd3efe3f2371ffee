import { getTableColumns, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Db } from '../client.ts'

/** A row as SQLite has it, by the names of its columns. */
export type RawRow = Record<string, string | number | null>

/** A row of drizzle's as SQLite has it. */
export function toRawRow<T extends SQLiteTable>(table: T, row: T['$inferInsert']): RawRow {
  const given: Record<string, unknown> = row
  const columns = Object.entries(getTableColumns(table))
  return Object.fromEntries(
    columns.map(([key, column]) => {
      const value = given[key] ?? column.default ?? null
      return [column.name, value === null ? null : (column.mapToDriverValue(value) as string | number)]
    }),
  )
}

/**
 * The insert of rows that may be there already: those stay as they are, so that it may run twice. The rows go as one JSON
 * parameter, since D1 takes a hundred.
 */
export function insertRows<T extends SQLiteTable>(db: Db, table: T, rows: readonly RawRow[]) {
  const values = Object.values(getTableColumns(table)).map(({ name }) => sql`value ->> ${sql.raw(`'${name}'`)}`)
  return db
    .insert(table)
    .select(sql`SELECT ${sql.join(values, sql`, `)} FROM json_each(${JSON.stringify(rows)}) WHERE true`)
    .onConflictDoNothing()
}
