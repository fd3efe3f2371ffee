import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1'
import type { DatabaseUnavailable } from './errors.ts'
import { measureSession, type Measure } from './measured.ts'
import { retrySession } from './retried.ts'

/** Without drizzle's relational queries, which would walk all tables on every request. */
export type Db = DrizzleD1Database

/**
 * Where to read: `first-unconstrained` (nearest replica), `first-primary`, or a bookmark, for a state at least as new.
 */
export type ReadFrom = string

type SqlValue = string | number | null

export interface DbSession {
  db: Db
  /** Runs statements with their values in one batch. drizzle can't: it takes no values of statements written by hand. */
  batch(statements: { sql: string; values: SqlValue[] }[]): Promise<unknown>
  /** The position after the queries so far. A session that starts from it sees at least this state. */
  bookmark(): string | null
}

const faults = new WeakMap<Db, DatabaseUnavailable>()

/** The last passing fault of a session; null for none. For callers of a library that hides the errors of its queries. */
export const lastFault = (session: Db): DatabaseUnavailable | null => faults.get(session) ?? null

/** A session of any D1 database, whose passing faults are retried. */
export function openDatabase(database: D1Database, readFrom: ReadFrom, measure?: Measure): DbSession {
  const session = database.withSession(readFrom)
  const retried = retrySession(session, (fault) => faults.set(orm, fault))
  const client: unknown = measure ? measureSession(retried, measure) : retried
  // drizzle's type wants a D1Database, but uses only `prepare` and `batch`, which a session has
  const raw = client as D1Database
  const orm = drizzle(raw)
  return {
    db: orm,
    batch: (statements) => raw.batch(statements.map(({ sql, values }) => raw.prepare(sql).bind(...values))),
    bookmark: () => session.getBookmark(),
  }
}

/**
 * The control database: everything but events, messages and deliveries, which are in databases of their own
 * (events/shards.ts). There is one, for all accounts.
 */
export const db = (
  env: { DB: D1Database },
  _accountId: string | null,
  readFrom: ReadFrom = 'first-primary',
  measure?: Measure,
): DbSession => openDatabase(env.DB, readFrom, measure)
