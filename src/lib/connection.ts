import type { ErrorCode } from '../contract/errors.ts'
import type { Connection } from '../contract/health.ts'

/** Longest time between two looks at a site, so that whatever happened is seen within the hour (T8). */
const LONGEST_MS = 3_600_000
/** The first look after a failure; each further one takes twice as long, up to the longest. */
const FIRST_RETRY_MS = 2 * 60_000

/** Failures in which nobody answered at all; in all others something at the site's address did. */
const NO_ANSWER: ReadonlySet<ErrorCode> = new Set([
  'dns_failed',
  'unreachable',
  'connection_lost',
  'tls_error',
  'wordpress_timeout',
])

/** States that a person brought about and a person ends: no look at the site changes them or their reason. */
export const RESTING = ['disabled', 'key_revoked'] as const satisfies Connection[]

export const isResting = (connection: Connection) => RESTING.some((state) => state === connection)

/** The state that a failed look at the site leads to. A site that never connected stays so; for our own fault none pays. */
export function connectionAfterFailure(before: Connection, code: ErrorCode): Connection {
  if (before === 'not_connected' || before === 'authenticating' || code === 'internal_error') return before
  return NO_ANSWER.has(code) ? 'unreachable' : 'degraded'
}

/** The state that a successful look leads to: ready once the structure is there, and nothing is only half right. */
export function connectionAfterSuccess(hasStructure: boolean, isHalfRight = false): Connection {
  if (isHalfRight) return 'degraded'
  return hasStructure ? 'ready' : 'structure_syncing'
}

/**
 * How long until the site is looked at again: 45 to 60 minutes, spread so that checks don't come in waves; after a
 * failure from two minutes on, doubling up to the same hour.
 * @param failures looks in a row that failed
 * @returns milliseconds
 */
export function checkDelayMs(failures: number, random = Math.random()): number {
  const ceiling = failures === 0 ? LONGEST_MS : Math.min(LONGEST_MS, FIRST_RETRY_MS * 2 ** (failures - 1))
  return Math.round(ceiling * (0.75 + random / 4))
}
