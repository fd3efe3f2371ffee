import { AsyncLocalStorage } from 'node:async_hooks'

export type LogFields = Record<string, unknown>

/** What every line says of what it belongs to: the same names at the edge, in the objects and in the cron. */
export interface LogIds {
  /** Of the request that all this is done for, or of the object's or cron's own start. */
  request_id?: string
  run_id?: string
  integration_id?: string
  site_id?: string
  /** What the plugin calls its own request: its word, beside our own id and never in its place. */
  plugin_request_id?: string
}

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

const ids = new AsyncLocalStorage<LogIds>()

/** Has every line that is logged while this goes on, and in what it starts, carry these ids beside those around it. */
export const withLogIds = <T>(more: LogIds, work: () => T): T => ids.run({ ...ids.getStore(), ...more }, work)

/** As {@link withLogIds}, for what is found out on the way: the rest of the work under way carries these too. */
export function noteLogIds(more: LogIds): void {
  Object.assign(ids.getStore() ?? {}, more)
}

const lineOf = (message: string, fields: LogFields) => redact({ message, ...ids.getStore(), ...fields })

/** One structured line per occurrence, with the ids around it; secrets are blanked by name and by shape. */
export const log = {
  info: (message: string, fields: LogFields = {}) => console.info(lineOf(message, fields)),
  warn: (message: string, fields: LogFields = {}) => console.warn(lineOf(message, fields)),
  error: (message: string, fields: LogFields = {}) => console.error(lineOf(message, fields)),
}
