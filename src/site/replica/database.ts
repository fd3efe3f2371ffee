/** A value that SQLite stores. */
export type SqlValue = string | number | null
export type SqlRow = Record<string, SqlValue>

/** The part of the object's SQLite that is used. The simulator implements it with another SQLite. */
export interface SiteDatabase {
  /** Runs one statement, or several without bindings, and returns all rows. */
  rows<R extends SqlRow>(sql: string, ...bindings: SqlValue[]): R[]
  /** Runs a transaction. Synchronous, so no other event can come in between. */
  transaction<T>(work: () => T): T
}

/** Opens the SQLite database of a Durable Object. */
export function openSiteDatabase(storage: DurableObjectStorage): SiteDatabase {
  return {
    rows: <R extends SqlRow>(sql: string, ...bindings: SqlValue[]) =>
      storage.sql.exec(sql, ...bindings).toArray() as R[],
    transaction: (work) => storage.transactionSync(work),
  }
}

/** Whether the object has tables: whether it has been used, and not been emptied since. */
export const hasTables = ({ sql }: DurableObjectStorage): boolean =>
  sql.exec("SELECT 1 FROM pragma_table_info('items') LIMIT 1").toArray().length > 0

/** The first row of a query; null if there is none. */
export function firstRow<R extends SqlRow>(database: SiteDatabase, sql: string, ...bindings: SqlValue[]): R | null {
  return database.rows<R>(sql, ...bindings)[0] ?? null
}
