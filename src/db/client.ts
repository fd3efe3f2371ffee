import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1'
import { measureSession, type Measure } from './measured.ts'

/** Without drizzle's relational queries: preparing those would cost every request a walk through all tables. */
export type Db = DrizzleD1Database

/** Where a request may read: `first-unconstrained` (nearest replica), `first-primary`, or a bookmark to be at least as new as. */
export type ReadFrom = string

export interface DbSession {
  db: Db
  /** Position after the queries so far; a later request that names it sees at least this state. */
  bookmark(): string | null
}

/**
 * The database that holds an account. There is one today; every query goes through here, so that accounts can be
 * spread over several.
 */
export function db(
  env: { DB: D1Database },
  _accountId: string | null,
  readFrom: ReadFrom = 'first-primary',
  measure?: Measure,
): DbSession {
  const session = env.DB.withSession(readFrom)
  const client: unknown = measure ? measureSession(session, measure) : session
  // drizzle's type asks for the whole D1Database; of it, it uses prepare and batch, which a session has
  return { db: drizzle(client as D1Database), bookmark: () => session.getBookmark() }
}
