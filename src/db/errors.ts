/** Whether a write broke a unique constraint of this table; drizzle and D1 wrap the database's words in one another. */
export function isUniqueViolation(error: unknown, table: string): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message.includes(`UNIQUE constraint failed: ${table}.`)) return true
  }
  return false
}
