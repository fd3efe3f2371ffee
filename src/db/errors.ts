/** Drizzle and D1 wrap SQLite's error, so all causes are searched. */
function someMessage(error: unknown, test: (message: string) => boolean): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (test(cause.message)) return true
  return false
}

const hasMessage = (error: unknown, text: string) => someMessage(error, (message) => message.includes(text))

/** Whether a write violated a unique constraint of this table. */
export const isUniqueViolation = (error: unknown, table: string): boolean =>
  hasMessage(error, `UNIQUE constraint failed: ${table}.`)

/** Whether a write violated any constraint of a table. */
export const isConstraintViolation = (error: unknown): boolean => hasMessage(error, 'constraint failed')

/** Whether a write violated this check. */
export const isCheckViolation = (error: unknown, name: string): boolean =>
  hasMessage(error, `CHECK constraint failed: ${name}`)

/**
 * Messages of D1's passing errors (https://developers.cloudflare.com/d1/observability/debug-d1/): the object that holds
 * the database moved, restarted or was updated, or the connection to it broke.
 */
const PASSING =
  /network connection lost|caused object to be reset|code was updated|transient issue|internal error|exceeded timeout|timed out/i
/** A full database, too, takes the same statement again no better. */
const OVERLOAD = /overloaded|too many requests queued|maximum (?:db|database) size|database or disk is full/i

/** Whether D1 has more queries than it can run, or no room. Statements are not repeated then. */
export const isOverload = (error: unknown): boolean => someMessage(error, (message) => OVERLOAD.test(message))

/** Whether an error of D1 passes by itself. */
export const isPassing = (error: unknown): boolean =>
  isOverload(error) || someMessage(error, (message) => PASSING.test(message))

const UNAVAILABLE = 'D1 is unavailable'

/** D1 failed for a passing reason. Whether the statement was executed is unknown. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'

  constructor(cause: unknown) {
    super(UNAVAILABLE, { cause })
  }
}

/** Whether D1 was unavailable; also for an error that a site's object passed on, which keeps only its message. */
export const isDatabaseUnavailable = (error: unknown): boolean => hasMessage(error, UNAVAILABLE)
