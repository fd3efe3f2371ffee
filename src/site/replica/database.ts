/** A value that SQLite stores. */
export type SqlValue = string | number | null
export type SqlRow = Record<string, SqlValue>

/** What the engine needs of the object's SQLite; the simulator gives it another one with the same behaviour. */
export interface SiteDatabase {
  /** Runs one statement, or several without bindings, and reads all its rows. */
  rows<R extends SqlRow>(sql: string, ...bindings: SqlValue[]): R[]
  /** All or nothing; synchronous, so that nothing can come between. */
  transaction<T>(work: () => T): T
}

/** The object's own SQLite. */
export function openSiteDatabase(storage: DurableObjectStorage): SiteDatabase {
  return {
    rows: <R extends SqlRow>(sql: string, ...bindings: SqlValue[]) =>
      storage.sql.exec(sql, ...bindings).toArray() as R[],
    transaction: (work) => storage.transactionSync(work),
  }
}

/** The first row of a query, or null. */
export function firstRow<R extends SqlRow>(database: SiteDatabase, sql: string, ...bindings: SqlValue[]): R | null {
  return database.rows<R>(sql, ...bindings)[0] ?? null
}
