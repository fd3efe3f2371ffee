import type { ErrorCode } from '../../contract/errors.ts'
import { isSolvedByPolling, LINK_ERRORS, type LinkErrorCode } from '../../contract/link-errors.ts'
import type { SiteStore } from '../replica/store.ts'

/** Failures of calling a site in a row after which it is waited for instead. */
const PATIENCE = 2
/** A site that has called within this can be served by polling; in direct mode it calls every quarter of an hour. */
const HEARD_MS = 3_600_000

/** The plugin is asked to call this often, in seconds. */
export const POLL_INTERVAL_S = 60
export const IDLE_INTERVAL_S = 900

/** A site that polls has fallen silent after this many of its usual intervals, and never sooner than `SILENT_MS`. */
const SILENT_INTERVALS = 3
const SILENT_MS = 15 * 60_000

/** Whether the site has called lately. */
export function isHeard({ transport }: Pick<SiteStore, 'transport'>, now: number): boolean {
  const { lastPollAt } = transport.read()
  return lastPollAt !== null && now - lastPollAt < HEARD_MS
}

/** Whether a site that polls has not called for much longer than usual. */
export function isSilent({ transport }: Pick<SiteStore, 'transport'>, now: number): boolean {
  const { lastPollAt, intervalMs } = transport.read()
  return now - (lastPollAt ?? 0) > Math.max(SILENT_MS, SILENT_INTERVALS * (intervalMs ?? 0))
}

/**
 * Takes in that the site could not be called. Once that goes on, and the site itself calls, it is served by polling.
 * @returns whether the transport has changed
 */
export function noteDirectFailure(store: Pick<SiteStore, 'transport'>, code: ErrorCode, now: number): boolean {
  const { transport, directFailures } = store.transport.read()
  if (transport === 'polling' || !isSolvedByPolling(code)) return false
  const isPassing = LINK_ERRORS[code as LinkErrorCode].retryable
  // what nobody but the owner can mend is not tried twice
  store.transport.save({ directFailures: isPassing ? directFailures + 1 : Math.max(PATIENCE, directFailures + 1) })
  // a plugin that was switched off doesn't call either: whether it is only hidden is told by its next call, not by earlier ones
  return code !== 'plugin_not_found' && switchIfDue(store, now)
}

/** Goes over to polling where calling the site fails and the site calls. @returns whether it did */
export function switchIfDue(store: Pick<SiteStore, 'transport'>, now: number): boolean {
  const { transport, directFailures } = store.transport.read()
  if (transport === 'polling' || directFailures < PATIENCE || !isHeard(store, now)) return false
  store.transport.save({ transport: 'polling', projectedAt: null })
  return true
}

/** A site that can't be called has just proven that it calls. */
export function enablePolling(store: Pick<SiteStore, 'transport'>, now: number): void {
  const intervalMs = POLL_INTERVAL_S * 1000
  store.transport.save({
    transport: 'polling',
    directFailures: PATIENCE,
    lastPollAt: now,
    intervalMs,
    projectedAt: null,
  })
}

/** Takes in that the site was called and answered. @returns whether the transport has changed */
export function noteDirectSuccess(store: Pick<SiteStore, 'transport'>): boolean {
  const { transport, directFailures } = store.transport.read()
  if (transport === 'direct' && directFailures === 0) return false
  store.transport.save({
    transport: 'direct',
    directFailures: 0,
    ...(transport === 'polling' && { projectedAt: null }),
  })
  return transport === 'polling'
}

/** What D1 shows of the transport. */
export function describeTransport(store: Pick<SiteStore, 'transport'>) {
  const { transport, lastPollAt, intervalMs } = store.transport.read()
  return {
    transport,
    lastPollAt: lastPollAt === null ? null : new Date(lastPollAt),
    expectedLatencyS:
      transport === 'direct' ? null : Math.max(1, Math.round((intervalMs ?? POLL_INTERVAL_S * 1000) / 1000)),
  }
}
