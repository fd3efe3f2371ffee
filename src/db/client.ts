import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1'
import { measureSession, type Measure } from './measured.ts'

/** Without drizzle's relational queries, which would walk all tables on every request. */
export type Db = DrizzleD1Database

/**
 * Where to read: `first-unconstrained` (nearest replica), `first-primary`, or a bookmark, for a state at least as new.
 */
export type ReadFrom = string

export interface DbSession {
  db: Db
  /** The position after the queries so far. A session that starts from it sees at least this state. */
  bookmark(): string | null
}

/**
 * The database of an account. Today there is one. Every query goes through here, so that accounts can be spread over
 * several.
 */
export function db(
  env: { DB: D1Database },
  _accountId: string | null,
  readFrom: ReadFrom = 'first-primary',
  measure?: Measure,
): DbSession {
  const session = env.DB.withSession(readFrom)
  const client: unknown = measure ? measureSession(session, measure) : session
  // drizzle's type wants a D1Database, but uses only `prepare` and `batch`, which a session has
  return { db: drizzle(client as D1Database), bookmark: () => session.getBookmark() }
}
