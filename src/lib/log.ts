import { AsyncLocalStorage } from 'node:async_hooks'

export type LogFields = Record<string, unknown>

/** Ids that a log line carries, with the same names in the Worker, in Durable Objects and in cron jobs. */
export interface LogIds {
  /** The request that the work is done for; work that an alarm or cron starts has its own id. */
  request_id?: string
  run_id?: string
  integration_id?: string
  site_id?: string
  /** The request id that the plugin states. It is unverified, so it stands beside our own id and never replaces it. */
  plugin_request_id?: string
}

/** Fields whose values never reach the log. */
const SECRET_NAMES = /authorization|cookie|password|secret|token|api_?key|credential|signature/i
const SECRET_VALUES = /igny8_[0-9A-Za-z]{48}|whsec_[A-Za-z0-9+/=]+/g
/**
 * Drizzle puts a failed query's parameters into its message; they may contain hashes, tokens and email addresses. In a
 * stack, calls follow.
 */
const QUERY_PARAMETERS = /\nparams: [\s\S]*?(?=\n {4}at |$)/g
const MAX_DEPTH = 5

/** Redacts everything in a text that looks like one of our API keys or signing secrets. */
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

let version: { version_id?: string } = {}

/** Adds the id of the running version to every line from now on. An isolate runs one version all its life. */
export function setLogVersion(id: string | undefined): void {
  version = id === undefined ? {} : { version_id: id }
}

/** The version of the code; null in a runtime without versions. */
export const logVersion = (): string | null => version.version_id ?? null

/** Runs `work` with these ids added to every line that it logs, also in asynchronous work that it starts. */
export const withLogIds = <T>(more: LogIds, work: () => T): T => ids.run({ ...ids.getStore(), ...more }, work)

/** Adds ids to the rest of the work of the current {@link withLogIds}. */
export function noteLogIds(more: LogIds): void {
  Object.assign(ids.getStore() ?? {}, more)
}

const lineOf = (message: string, fields: LogFields) => redact({ message, ...version, ...ids.getStore(), ...fields })

/** Writes structured lines with the current ids. Redacts secrets, by field name and by form. */
export const log = {
  info: (message: string, fields: LogFields = {}) => console.info(lineOf(message, fields)),
  warn: (message: string, fields: LogFields = {}) => console.warn(lineOf(message, fields)),
  error: (message: string, fields: LogFields = {}) => console.error(lineOf(message, fields)),
}
