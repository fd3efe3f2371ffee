import { and, eq, gt, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { ServiceContext } from '../context.ts'

/** The columns of one line, under the names that the API uses. */
export type Row = Record<string, unknown>

/** The key of a row within its section and account. */
export type Key = string | number

export interface Section {
  /** The `kind` of its lines. */
  kind: string
  /** Rows of one query: few where a row can be large, since a page is held in memory. */
  page: number
  /** Rows after a key, in the order of the keys. */
  read: (ctx: ServiceContext, after: Key | null) => Promise<Row[]>
  key: (row: Row) => Key
}

/** Rows of a page where none is large, and where some are. */
export const SMALL = 500
export const LARGE = 50

/** The account's rows after a key. */
export const range = (
  { actor }: ServiceContext,
  account: SQLiteColumn,
  key: SQLiteColumn,
  after: Key | null,
): SQL | undefined => and(eq(account, actor.accountId), after === null ? undefined : gt(key, after))

/** The key as a column of the row. */
export const by = (field: string) => (row: Row) => row[field] as Key
