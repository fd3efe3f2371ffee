import type { ErrorCode } from '../contract/errors.ts'
import { isMendedByExchange, LINK_ERRORS, type LinkErrorCode } from '../contract/link-errors.ts'
import type { SiteStore } from './store.ts'

/** Failures of calling a site in a row after which it is waited for instead. */
const PATIENCE = 2
/** A site that has called within this can be served by exchange; in direct mode it calls every quarter of an hour. */
const HEARD_MS = 3_600_000

/** The plugin is asked to call this often, in seconds. */
export const EXCHANGE_INTERVAL_S = 60
export const IDLE_INTERVAL_S = 900

/** A site that exchanges has fallen silent after this many of its usual intervals, and never sooner than `SILENT_MS`. */
const SILENT_INTERVALS = 3
const SILENT_MS = 15 * 60_000

/** Whether the site has called lately. */
export function isHeard({ link }: Pick<SiteStore, 'link'>, now: number): boolean {
  const { lastExchangeAt } = link.read()
  return lastExchangeAt !== null && now - lastExchangeAt < HEARD_MS
}

/** Whether a site that exchanges has not called for much longer than usual. */
export function isSilent({ link }: Pick<SiteStore, 'link'>, now: number): boolean {
  const { lastExchangeAt, intervalMs } = link.read()
  return now - (lastExchangeAt ?? 0) > Math.max(SILENT_MS, SILENT_INTERVALS * (intervalMs ?? 0))
}

/**
 * Takes in that the site could not be called. Once that goes on, and the site itself calls, it is served by exchange.
 * @returns whether the carrier has changed
 */
export function noteDirectFailure(store: Pick<SiteStore, 'link'>, code: ErrorCode, now: number): boolean {
  const { carrier, directFailures } = store.link.read()
  if (carrier === 'exchange' || !isMendedByExchange(code)) return false
  const isPassing = LINK_ERRORS[code as LinkErrorCode].retryable
  // what nobody but the owner can mend is not tried twice
  store.link.save({ directFailures: isPassing ? directFailures + 1 : Math.max(PATIENCE, directFailures + 1) })
  // a plugin that was switched off doesn't call either: whether it is only hidden is told by its next call, not by earlier ones
  return code !== 'plugin_not_found' && switchIfDue(store, now)
}

/** Goes over to exchange where calling the site fails and the site calls. @returns whether it did */
export function switchIfDue(store: Pick<SiteStore, 'link'>, now: number): boolean {
  const { carrier, directFailures } = store.link.read()
  if (carrier === 'exchange' || directFailures < PATIENCE || !isHeard(store, now)) return false
  store.link.save({ carrier: 'exchange', projectedAt: null })
  return true
}

/** A site that can't be called has just proven that it calls. */
export function adoptExchange(store: Pick<SiteStore, 'link'>, now: number): void {
  const intervalMs = EXCHANGE_INTERVAL_S * 1000
  store.link.save({ carrier: 'exchange', directFailures: PATIENCE, lastExchangeAt: now, intervalMs, projectedAt: null })
}

/** Takes in that the site was called and answered. @returns whether the carrier has changed */
export function noteDirectSuccess({ link }: Pick<SiteStore, 'link'>): boolean {
  const { carrier, directFailures } = link.read()
  if (carrier === 'direct' && directFailures === 0) return false
  link.save({ carrier: 'direct', directFailures: 0, ...(carrier === 'exchange' && { projectedAt: null }) })
  return carrier === 'exchange'
}

/** What D1 shows of the carrier. */
export function describeLink({ link }: Pick<SiteStore, 'link'>) {
  const { carrier, lastExchangeAt, intervalMs } = link.read()
  return {
    carrier,
    lastExchangeAt: lastExchangeAt === null ? null : new Date(lastExchangeAt),
    expectedLatencyS:
      carrier === 'direct' ? null : Math.max(1, Math.round((intervalMs ?? EXCHANGE_INTERVAL_S * 1000) / 1000)),
  }
}
