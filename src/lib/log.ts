export type LogFields = Record<string, unknown>

/** Names that never reach the log, wherever they stand. */
const SECRET_NAMES = /authorization|cookie|password|secret|token|api_?key|credential|signature/i
const SECRET_VALUES = /igny8_[0-9A-Za-z]{48}|whsec_[A-Za-z0-9+/=]+/g
/** The database's driver puts the parameters of a failed query into its message: rows with hashes, tokens and addresses. */
const QUERY_PARAMETERS = /\nparams: [\s\S]*?(?=\n\s+at |$)/g
const MAX_DEPTH = 5

/** Blanks what has the shape of one of our keys and secrets, in a text of unknown origin. */
export const blankSecrets = (text: string) => text.replace(SECRET_VALUES, '[redacted]')

function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return blankSecrets(value.replace(QUERY_PARAMETERS, ''))
  if (value instanceof Error) {
    return {
      name: value.name,
      message: redact(value.message),
      stack: redact(value.stack),
      cause: redact(value.cause, depth + 1),
    }
  }
  if (value === null || typeof value !== 'object') return value
  if (depth > MAX_DEPTH) return '[too deep]'
  if (Array.isArray(value)) return value.map((entry) => redact(entry, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      name,
      SECRET_NAMES.test(name) ? '[redacted]' : redact(entry, depth + 1),
    ]),
  )
}

/** One structured line per occurrence; secrets are blanked by name and by shape. */
export const log = {
  info: (message: string, fields: LogFields = {}) => console.info(redact({ message, ...fields })),
  warn: (message: string, fields: LogFields = {}) => console.warn(redact({ message, ...fields })),
  error: (message: string, fields: LogFields = {}) => console.error(redact({ message, ...fields })),
}
