/**
 * Whether a write violated a unique constraint of this table. Drizzle and D1 wrap SQLite's error, so all causes are
 * searched.
 */
export function isUniqueViolation(error: unknown, table: string): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message.includes(`UNIQUE constraint failed: ${table}.`)) return true
  }
  return false
}
