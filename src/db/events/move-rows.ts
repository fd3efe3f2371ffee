import { getTableColumns, sql } from 'drizzle-orm'
import { getTableConfig, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Db } from '../client.ts'
import type { RawRow } from './insert-rows.ts'
import { notificationDeliveries, notificationMessages, syncEvents } from './schema.ts'

/** Tables of an event database, in the order in which rows are moved: a delivery is looked for with its message. */
export const MOVED_TABLES = [notificationMessages, notificationDeliveries, syncEvents] as const
export type MovedTable = (typeof MOVED_TABLES)[number]

/**
 * Rows and bytes of one step: D1 takes a parameter of two megabytes. They stand in the statements as they are, since
 * Cloudflare's HTTP API may hand a number over as a text.
 */
const MOST_ROWS = 200
const MOST_BYTES = 400_000

const identifiers = (columns: readonly SQLiteColumn[]) =>
  sql.join(
    columns.map(({ name }) => sql.identifier(name)),
    sql`, `,
  )
const fromJson = (columns: readonly SQLiteColumn[]) =>
  sql.join(
    columns.map(({ name }) => sql`value ->> ${sql.raw(`'${name}'`)}`),
    sql`, `,
  )

const keyOf = (table: SQLiteTable): readonly SQLiteColumn[] => getTableConfig(table).primaryKeys[0]?.columns ?? []

/** A row, and `mark`: all of its columns in one text, by which a later change of it shows. */
type MarkedRow = RawRow & { mark: string }

/** Some rows of an account, in the order of their ids, which an index has; at least one, if there is one. */
export function selectSome(table: MovedTable, accountId: string) {
  const columns = identifiers(Object.values(getTableColumns(table)))
  const marked = sql`SELECT ${columns}, json_array(${columns}) AS mark FROM ${table}
    WHERE account_id = ${accountId} ORDER BY id LIMIT ${sql.raw(String(MOST_ROWS))}`
  const sized = sql`SELECT *, sum(length(mark)) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) AS bytes,
    row_number() OVER (ORDER BY id) AS place FROM (${marked})`
  return sql`SELECT ${columns}, mark FROM (${sized})
    WHERE place = 1 OR bytes <= ${sql.raw(String(MOST_BYTES))} ORDER BY place`
}

/** Rows as JSON. A mark is as long as its row. */
const withoutMarks = (rows: readonly MarkedRow[]) =>
  JSON.stringify(rows, (name, value: unknown) => (name === 'mark' ? undefined : value))

/** Stores rows; one that is there becomes as it is given. */
async function copy(to: Db, table: MovedTable, rows: readonly MarkedRow[]): Promise<void> {
  const columns = Object.values(getTableColumns(table))
  const set = Object.fromEntries(
    Object.entries(getTableColumns(table)).map(([name, column]) => [name, sql.raw(`excluded."${column.name}"`)]),
  )
  await to
    .insert(table)
    .select(sql`SELECT ${fromJson(columns)} FROM json_each(${withoutMarks(rows)}) WHERE true`)
    .onConflictDoUpdate({ target: [...keyOf(table)], set })
}

async function countThere(to: Db, table: MovedTable, rows: readonly MarkedRow[]): Promise<number> {
  const key = keyOf(table)
  const [counted] = await to.all<{ n: number }>(
    sql`SELECT count(*) AS n FROM ${table}
      WHERE (${identifiers(key)}) IN (SELECT ${fromJson(key)} FROM json_each(${withoutMarks(rows)}))`,
  )
  return counted?.n ?? 0
}

/** Deletes rows that are still as they were read; one that has changed since stays, and is copied again. */
async function deleteUnchanged(from: Db, table: MovedTable, accountId: string, rows: readonly MarkedRow[]) {
  const key = keyOf(table)
  const columns = identifiers(Object.values(getTableColumns(table)))
  const keys = JSON.stringify(rows.map((row) => Object.fromEntries(key.map(({ name }) => [name, row[name]]))))
  const marks = JSON.stringify(rows.map(({ mark }) => mark))
  await from.run(
    sql`DELETE FROM ${table} WHERE account_id = ${accountId}
      AND (${identifiers(key)}) IN (SELECT ${fromJson(key)} FROM json_each(${keys}))
      AND json_array(${columns}) IN (SELECT value FROM json_each(${marks}))`,
  )
}

/**
 * Moves some rows of an account from one database to another: stores them there, looks whether all have arrived, and only
 * then deletes them here. It may break off at any statement and be repeated.
 * @returns how many rows were read; 0 if none is left
 * @throws Error if a row has not arrived
 */
export async function moveSome(from: Db, to: Db, table: MovedTable, accountId: string): Promise<number> {
  const rows = await from.all<MarkedRow>(selectSome(table, accountId))
  if (rows.length === 0) return 0
  await copy(to, table, rows)
  const there = await countThere(to, table, rows)
  if (there !== rows.length) throw new Error(`${there} of ${rows.length} rows have arrived`)
  await deleteUnchanged(from, table, accountId, rows)
  return rows.length
}
