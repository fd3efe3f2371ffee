import { and, asc, eq, gt, type SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { users } from '../../db/schema/index.ts'
import type { Db } from '../../db/client.ts'
import { readAll } from '../../db/events/read-all.ts'
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
  read: (ctx: ServiceContext, after: Key | null, filter?: Filter) => Promise<Row[]>
  key: (row: Row) => Key
}

/** Rows that have one value in a column. */
export interface Filter {
  column: SQLiteColumn
  value: string
}

/** Rows of a page where none is large, and where some are. */
const SMALL = 500
export const LARGE = 50

interface Source {
  kind: string
  page?: number
  table: SQLiteTable & { accountId: SQLiteColumn }
  columns: Record<string, SQLiteColumn | SQL>
  /** The one of the columns that orders the rows; unique within the account. */
  key: SQLiteColumn
  /** The column that names a person, if the line has columns of `users`. */
  person?: SQLiteColumn
  /** Whether the table is in the event databases. */
  isEvents?: boolean
}

/** The rows of an account in a table, page by page. */
export function section({ kind, page = SMALL, table, columns, key, person, isEvents }: Source): Section {
  const field = Object.keys(columns).find((name) => columns[name] === key)
  if (field === undefined) throw new Error(`the key of ${kind} is none of its columns`)
  const readFrom = (db: Db, accountId: string, after: Key | null, filter?: Filter): Promise<Row[]> => {
    const rows = db.select(columns).from(table).$dynamic()
    const joined = person ? rows.innerJoin(users, eq(users.id, person)) : rows
    const only = filter && eq(filter.column, filter.value)
    const range = and(eq(table.accountId, accountId), only, after === null ? undefined : gt(key, after))
    return joined.where(range).orderBy(asc(key)).limit(page)
  }
  const read: Section['read'] = async ({ db, events, actor: { accountId } }, after, filter) =>
    isEvents
      ? readAll(await events.of(accountId), (shard) => readFrom(shard, accountId, after, filter), {
          key: (row) => String(row[field]),
          descending: false,
          limit: page,
        })
      : readFrom(db, accountId, after, filter)
  return { kind, page, read, key: (row) => row[field] as Key }
}
