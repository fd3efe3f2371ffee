import { readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { SiteDatabase, SqlRow, SqlValue } from '../../src/site/replica/database.ts'

/** Statements are prepared once: the engine sends the same texts again and again. */
function createPreparer(database: DatabaseSync) {
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  return (sql: string) => {
    const known = prepared.get(sql)
    if (known) return known
    const statement = database.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
}

/** The site object's database on Node's own SQLite: what it holds outlives the instances that use it. */
export function createSiteDatabase(): SiteDatabase {
  const database = new DatabaseSync(':memory:')
  const prepare = createPreparer(database)
  return {
    rows<R extends SqlRow>(sql: string, ...bindings: SqlValue[]): R[] {
      if (bindings.length > 0 || !/;[\s\S]*\S/.test(sql.trim().replace(/;$/, '')))
        return prepare(sql).all(...bindings) as R[]
      database.exec(sql)
      return []
    },
    transaction(work) {
      database.exec('SAVEPOINT step')
      try {
        const result = work()
        database.exec('RELEASE step')
        return result
      } catch (error) {
        database.exec('ROLLBACK TO step')
        database.exec('RELEASE step')
        throw error
      }
    },
  }
}

type Bound = { sql: string; bindings: SqlValue[] }

/** As much of D1 as drizzle uses, on Node's SQLite with the project's own migrations. */
export function createD1(folder: 'migrations' | 'migrations-events' = 'migrations'): {
  binding: D1Database
  sql: DatabaseSync
} {
  const database = new DatabaseSync(':memory:')
  for (const name of readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()) {
    database.exec(readFileSync(`${folder}/${name}`, 'utf8'))
  }
  const prepare = createPreparer(database)
  const all = ({ sql, bindings }: Bound) => {
    const results = prepare(sql).all(...bindings)
    return { results, success: true, meta: { changes: Number(database.prepare('SELECT changes() AS n').get()?.['n']) } }
  }
  const bound = (sql: string, bindings: SqlValue[]): object => ({
    sql,
    bindings,
    bind: (...values: SqlValue[]) => bound(sql, values),
    all: () => Promise.resolve(all({ sql, bindings })),
    run: () => Promise.resolve(all({ sql, bindings })),
    raw: () => Promise.resolve(all({ sql, bindings }).results.map((row) => Object.values(row))),
  })
  const batch = async (statements: Bound[]) => {
    database.exec('BEGIN')
    try {
      const results = statements.map(all)
      database.exec('COMMIT')
      return results
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }
  const session = { prepare: (sql: string) => bound(sql, []), batch, getBookmark: () => null }
  const binding: unknown = { ...session, withSession: () => session }
  return { binding: binding as D1Database, sql: database }
}
