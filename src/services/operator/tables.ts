import { getTableName, isTable, sql, type SQL } from 'drizzle-orm'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { CONTROL } from '../../db/databases.ts'
import * as events from '../../db/events/schema.ts'
import * as control from '../../db/schema/index.ts'

/** A table of D1, with the columns of its rows and those of its key. */
export interface DumpedTable {
  name: string
  columns: string[]
  key: string[]
}

/**
 * Of this deployment alone: when its crons last ran, which restores are under way, how its databases grew, what was counted,
 * and codes that are valid for a minute.
 */
const LEFT_OUT = new Set(['ticks', 'database_sizes', 'figures', 'connect_codes'])

/**
 * Loaded last, in this order: while they are missing nobody signs in, no key works, and no site is looked for. `accounts`
 * are the very last: a database that has some is not loaded any more.
 */
const LAST = [
  'deletions',
  'connection_changes',
  'connection_watch',
  'integrations',
  'api_keys',
  'sites',
  'memberships',
  'users',
  'accounts',
]

function describe(table: SQLiteTable): DumpedTable {
  const { columns, primaryKeys } = getTableConfig(table)
  const own = columns.filter(({ primary }) => primary)
  const key = primaryKeys[0]?.columns ?? own
  return {
    name: getTableName(table),
    columns: columns.map(({ name }) => name),
    key: key.map(({ name }) => name),
  }
}

const order = (left: DumpedTable, right: DumpedTable) =>
  LAST.indexOf(left.name) - LAST.indexOf(right.name) || left.name.localeCompare(right.name)

const dumpedTables = (schema: object): readonly DumpedTable[] =>
  Object.values<unknown>({ ...schema })
    .filter((table): table is SQLiteTable => isTable(table))
    .map(describe)
    .filter(({ name }) => !LEFT_OUT.has(name))
    .toSorted(order)

const CONTROL_TABLES = dumpedTables(control)
const EVENT_TABLES = dumpedTables(events)

/**
 * The tables of a database, in the order in which they are read and loaded.
 * @param database its binding
 */
export const tablesOf = (database: string): readonly DumpedTable[] =>
  database === CONTROL ? CONTROL_TABLES : EVENT_TABLES

export const names = (columns: readonly string[]): SQL =>
  sql.join(
    columns.map((name) => sql.identifier(name)),
    sql`, `,
  )

/** What can't be without what it belongs to: a table's column, and the table and column that it names. */
export const REFERENCES: readonly [table: string, column: string, to: string, toColumn: string][] = [
  ['sites', 'account_id', 'accounts', 'id'],
  ['integrations', 'site_id', 'sites', 'id'],
  ['api_keys', 'site_id', 'sites', 'id'],
  ['connection_changes', 'integration_id', 'integrations', 'id'],
  ['connection_watch', 'integration_id', 'integrations', 'id'],
  ['memberships', 'account_id', 'accounts', 'id'],
  ['memberships', 'user_id', 'users', 'id'],
  ['sessions', 'user_id', 'users', 'id'],
  ['user_credentials', 'user_id', 'users', 'id'],
  ['passkeys', 'user_id', 'users', 'id'],
  ['two_factors', 'user_id', 'users', 'id'],
  ['operators', 'user_id', 'users', 'id'],
]
