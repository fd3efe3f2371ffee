/**
 * The state of a connection after a health check. A site that answers is `ready`, or `structure_syncing` until its
 * structure is stored, or `degraded` if a symptom needs attention. A failed check makes it `unreachable` or `degraded`.
 * People set `disabled` and `key_revoked`; checks leave those as they are.
 */
import type { ErrorCode } from '../contract/errors.ts'
import type { Connection } from '../contract/health.ts'
import { backoffMs, type Backoff } from './backoff.ts'

/**
 * A site is checked at least once an hour (T8). A quarter of each delay is random, so that checks don't come in waves.
 */
export const LONGEST_CHECK_DELAY_MS = 3_600_000
const CHECK_BACKOFF: Backoff = { firstMs: 2 * 60_000, longestMs: LONGEST_CHECK_DELAY_MS, jitter: 0.25 }

/** Errors for which nothing answered; for all others, something at the site's address did. */
const NO_ANSWER: ReadonlySet<ErrorCode> = new Set([
  'dns_failed',
  'unreachable',
  'connection_lost',
  'tls_error',
  'wordpress_timeout',
])

/** States that only people set and end: a health check changes neither them nor their reason. */
export const RESTING = ['disabled', 'key_revoked'] as const satisfies Connection[]

export const isResting = (connection: Connection) => RESTING.some((state) => state === connection)

/** The state after a failed check. A site that never connected stays so, and an error of ours changes no state. */
export function connectionAfterFailure(before: Connection, code: ErrorCode): Connection {
  if (before === 'not_connected' || before === 'authenticating' || code === 'internal_error') return before
  return NO_ANSWER.has(code) ? 'unreachable' : 'degraded'
}

/** The state after a successful check. @param hasSymptom whether a symptom needs attention */
export function connectionAfterSuccess(hasStructure: boolean, hasSymptom = false): Connection {
  if (hasSymptom) return 'degraded'
  return hasStructure ? 'ready' : 'structure_syncing'
}

/**
 * Milliseconds until the next health check: 45 to 60 minutes; after a failure from two minutes on, doubling up to the
 * same hour.
 * @param failures checks in a row that failed
 */
export function checkDelayMs(failures: number, random = Math.random()): number {
  return backoffMs(CHECK_BACKOFF, failures === 0 ? Infinity : failures, random)
}
