/** Drizzle and D1 wrap SQLite's error, so all causes are searched. */
function hasMessage(error: unknown, text: string): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause.message.includes(text)) return true
  return false
}

/** Whether a write violated a unique constraint of this table. */
export const isUniqueViolation = (error: unknown, table: string): boolean =>
  hasMessage(error, `UNIQUE constraint failed: ${table}.`)

/** Whether a write violated this check. */
export const isCheckViolation = (error: unknown, name: string): boolean =>
  hasMessage(error, `CHECK constraint failed: ${name}`)
