import type { ErrorCode } from '../../contract/errors.ts'
import type { Connection } from '../../contract/health.ts'

const HOUR_MS = 3_600_000
const RECHECK_MS = 15 * 60_000

/** Failures in which nobody answered at all; in all others something at the site's address did. */
const NO_ANSWER: ReadonlySet<ErrorCode> = new Set([
  'dns_failed',
  'unreachable',
  'connection_lost',
  'tls_error',
  'wordpress_timeout',
  'internal_error',
])

/** States that a person brought about and a person ends: no look at the site changes them or their reason. */
export const RESTING = ['disabled', 'key_revoked'] as const satisfies Connection[]

export const isResting = (connection: Connection) => RESTING.some((state) => state === connection)

/** The state that a failed look at the site leads to. A site that never connected stays so. */
export function connectionAfterFailure(before: Connection, code: ErrorCode): Connection {
  if (before === 'not_connected' || before === 'authenticating') return before
  return NO_ANSWER.has(code) ? 'unreachable' : 'degraded'
}

/** The state that a successful look leads to: ready once the structure is there. */
export const connectionAfterSuccess = (hasStructure: boolean): Connection =>
  hasStructure ? 'ready' : 'structure_syncing'

/** When the site is looked at again: hourly, or sooner after a failure. Spread, so that checks don't come in waves. */
export function nextCheckAt(now: number, succeeded: boolean, random = Math.random()): Date {
  const interval = succeeded ? HOUR_MS : RECHECK_MS
  return new Date(now + interval * (0.75 + random / 2))
}
