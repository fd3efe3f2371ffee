/**
 * Chooses a site's transport: to polling, and back to direct.
 *
 * A site starts with `direct` (the API calls the plugin), unless it connects by polling (below). It changes to `polling`
 * if both are true:
 * - calls have failed with an error that polling solves (a firewall, a closed REST API, …): two in a row, or one that
 *   only the owner can fix. Such a call was tried twice before it counts (second-try.ts, health/probe.ts);
 * - the plugin itself polled within the last hour. Plugins poll every 15 minutes in direct mode just to show that they
 *   can. After `plugin_not_found` only a poll that comes later counts (noteDirectFailure).
 * A site that can't be called when it connects, but verifies that it polls, starts with `polling` (enablePolling). Its
 * call, too, is tried twice before polling is offered (health/probe.ts).
 *
 * Health checks keep calling a site that polls: after 1, 5 and 15 minutes, then hourly, and at once when a person waits
 * for it or it stops polling. The first call that succeeds changes it back to `direct`, and each success clears the
 * count of failures. If a site that polls stops doing so, its checks fail with `site_not_polling`.
 *
 * The state is one row in the object's database (replica/tables/transport.ts). `projectedAt: null` makes the next
 * projection write it to D1.
 */
import type { ErrorCode } from '../../contract/errors.ts'
import { isRetryable, isSolvedByPolling } from '../../contract/link-errors.ts'
import { IDLE_INTERVAL_S, POLL_INTERVAL_S } from '../../contract/polling.ts'
import type { SiteStore } from '../replica/store.ts'
import { AWAKE_MS } from '../replica/tables/transport.ts'

/** Failed calls in a row after which a site is served by polling. */
const MAX_DIRECT_FAILURES = 2
/** A poll within this time shows that the site can be served by polling. */
const RECENT_POLL_MS = 3_600_000

/** Whether the site polled recently. */
function hasPolledRecently({ transport }: Pick<SiteStore, 'transport'>, now: number): boolean {
  const { lastPollAt } = transport.read()
  return lastPollAt !== null && now - lastPollAt < RECENT_POLL_MS
}

/** Whether the site is called and could poll instead. */
export const canPoll = (store: Pick<SiteStore, 'transport'>, now: number): boolean =>
  store.transport.read().transport === 'direct' && hasPolledRecently(store, now)

/** Whether a site that polls has not polled for much longer than usual. */
export const isSilent = ({ transport }: Pick<SiteStore, 'transport'>, now: number): boolean => transport.isSilent(now)

/**
 * Records a failed call of the site, and changes to polling if that is due.
 * @returns whether the transport changed
 */
export function noteDirectFailure(store: Pick<SiteStore, 'transport'>, code: ErrorCode, now: number): boolean {
  const { transport, directFailures, directTries } = store.transport.read()
  if (transport === 'polling') store.transport.save({ directTries: directTries + 1, triedAt: now })
  if (transport === 'polling' || !isSolvedByPolling(code)) return false
  // an error that only the owner can fix counts at once
  store.transport.save({
    directFailures: isRetryable(code) ? directFailures + 1 : Math.max(MAX_DIRECT_FAILURES, directFailures + 1),
  })
  // A deactivated plugin doesn't poll either, so earlier polls prove nothing. If the plugin is active but can't be
  // reached, its next poll shows that.
  return code !== 'plugin_not_found' && switchIfDue(store, now)
}

/** Changes to polling if calls keep failing and the site polled recently. @returns whether the transport changed */
export function switchIfDue(store: Pick<SiteStore, 'transport'>, now: number): boolean {
  const { transport, directFailures, intervalMs } = store.transport.read()
  if (transport === 'polling' || directFailures < MAX_DIRECT_FAILURES || !hasPolledRecently(store, now)) return false
  store.transport.save({
    transport: 'polling',
    projectedAt: null,
    directTries: 0,
    triedAt: now,
    awakeUntil: now + AWAKE_MS,
    // it polls as seldom as it was asked to until its next poll tells it otherwise
    intervalMs: Math.max(intervalMs ?? 0, IDLE_INTERVAL_S * 1000),
  })
  return true
}

/** Changes to polling at once: the site can't be called and has just verified that it polls. */
export function enablePolling(store: Pick<SiteStore, 'transport'>, now: number): void {
  const intervalMs = POLL_INTERVAL_S * 1000
  store.transport.save({
    transport: 'polling',
    directFailures: MAX_DIRECT_FAILURES,
    lastPollAt: now,
    intervalMs,
    projectedAt: null,
    directTries: 0,
    triedAt: now,
    awakeUntil: now + AWAKE_MS,
  })
}

/** A site that polls is called directly again after these pauses, then hourly. */
const DIRECT_RETRY_MS = [60_000, 5 * 60_000, 15 * 60_000]
const LATER_RETRY_MS = 3_600_000
/** Least time between two direct calls for people who wait. */
const MIN_RETRY_MS = 5_000

/** When a site that polls is called directly again, in milliseconds from now. */
export function directRetryMs(store: Pick<SiteStore, 'transport'>): number {
  return DIRECT_RETRY_MS[store.transport.read().directTries] ?? LATER_RETRY_MS
}

/** The first calls of a site that polls search it from its front page on, and then one of so many. */
const SEARCHED_TRIES = 3
const SEARCHED_EVERY = 8

/**
 * Whether a health check that can't reach the site where it was reached last is to search it fully. A firewall that refuses
 * a site's REST API refuses each of the eight requests of a search, hour after hour.
 */
export function isSearchDue({ transport }: Pick<SiteStore, 'transport'>): boolean {
  const { transport: current, directTries } = transport.read()
  return current === 'direct' || directTries < SEARCHED_TRIES || directTries % SEARCHED_EVERY === 0
}

/** When a site that polls is called directly for somebody who waits; null if the transport is `direct`. */
export function urgentDirectTryAt(store: Pick<SiteStore, 'transport'>, now: number): number | null {
  const { transport, triedAt } = store.transport.read()
  return transport === 'polling' ? Math.max(now, (triedAt ?? 0) + MIN_RETRY_MS) : null
}

/** Makes the health check due soon, so that somebody who waits need not wait for the next poll. */
export function callAgainSoon(store: Pick<SiteStore, 'transport' | 'schedule'>, now: number): void {
  const dueAt = urgentDirectTryAt(store, now)
  if (dueAt !== null) store.schedule.ensure('health', dueAt)
}

/** Records a successful call, and changes back to direct calls. @returns whether the transport changed */
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

/** The transport as D1 has it. `expectedLatencyS` is how long work waits for the next poll; null for direct calls. */
export function describeTransport(store: Pick<SiteStore, 'transport'>) {
  const { transport, lastPollAt, intervalMs } = store.transport.read()
  return {
    transport,
    lastPollAt: lastPollAt === null ? null : new Date(lastPollAt),
    expectedLatencyS:
      transport === 'direct' ? null : Math.max(1, Math.round((intervalMs ?? POLL_INTERVAL_S * 1000) / 1000)),
  }
}
