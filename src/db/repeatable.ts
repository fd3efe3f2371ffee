/**
 * Which SQL statements may run twice. An answer of D1 can get lost after the statement was executed. A statement may then
 * be repeated only if the second execution changes nothing and answers the same:
 *
 *   SELECT   always
 *   DELETE   unless it returns what it deleted
 *   UPDATE   that sets values and computes none, unless it returns rows: a compare-and-set would not match any more
 *   INSERT   that ignores or overwrites a row with its key
 *
 * Any other statement may not: a repeated INSERT violates its key, and the caller would take it for a refusal.
 */
const IDENTIFIER = '"[a-z_0-9]+"'
const VALUE = `(?:\\?|null|-?[0-9.]+|excluded\\.${IDENTIFIER})`
const ASSIGNMENT = `${IDENTIFIER} = ${VALUE}`
const ASSIGNMENTS = `${ASSIGNMENT}(?:, ${ASSIGNMENT})*`
const UPDATE = new RegExp(`^update ${IDENTIFIER} set ${ASSIGNMENTS}(?: where | from |$)`)
const UPSERT = new RegExp(`^insert into .* on conflict .*do (?:nothing|update set ${ASSIGNMENTS}(?: where .*)?)$`)

/** @param sql as drizzle writes it: names in double quotes, values as parameters */
export function isRepeatable(sql: string): boolean {
  const text = sql.trim().replaceAll(/\s+/g, ' ').toLowerCase()
  if (text.startsWith('select ')) return true
  if (/\breturning\b/.test(text)) return false
  return text.startsWith('delete from ') || UPDATE.test(text) || UPSERT.test(text)
}
