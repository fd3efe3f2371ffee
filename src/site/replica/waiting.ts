/**
 * What an unfinished run waits for. Nobody has to remember it: it follows from the tables, so that no run says `running`
 * while nothing happens. In this order:
 *
 * - its row says so: an attempt failed and is repeated at a set time, or its holder stopped with an error of ours;
 * - commands wait for the site's next poll. They belong to one piece of work, and all others wait until it has ended;
 * - another run is at work;
 * - nothing: it is at work itself, or starts with the next alarm.
 */
import { POLL_INTERVAL_S } from '../../contract/polling.ts'
import type { RunWaiting } from '../../contract/sync.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import type { SiteStore } from './store.ts'
import { INBOX } from './tables/command-log.ts'
import { isUnfinished, readStoredWaiting, type RunRow } from './tables/run-rows.ts'

type WaitingStore = Pick<SiteStore, 'commandLog' | 'runs' | 'transport' | 'waitsForSite'>

const TURN = 'Another run of this site comes first.'
const POLL = 'The site can’t be called. It gets its commands when it polls next.'

const waiting = (why: Omit<RunWaiting, 'since' | 'next_at'>, since: number, nextAt: number | null): RunWaiting => ({
  for: why.for,
  since: toTimestamp(since),
  next_at: toTimestamp(nextAt),
  detail: why.detail,
})

function waitingForPoll({ commandLog, transport }: WaitingStore, row: RunRow): RunWaiting {
  const { lastPollAt, intervalMs } = transport.read()
  const since = Math.max(row.queued_at, commandLog.waitingForSiteSince() ?? 0)
  const pauseMs = intervalMs ?? POLL_INTERVAL_S * 1000
  // the last poll that is known may not be the last one (tables/transport.ts): the next one comes after the wait began
  const pauses = lastPollAt === null ? 1 : Math.max(1, Math.ceil((since - lastPollAt) / pauseMs))
  return waiting({ for: 'poll', detail: POLL }, since, lastPollAt === null ? null : lastPollAt + pauses * pauseMs)
}

/** What a run waits for; null if it has ended, is at work or is about to start. */
export function describeWaiting(store: WaitingStore, row: RunRow): RunWaiting | null {
  if (!isUnfinished(row)) return null
  const stored = readStoredWaiting(row)
  if (stored) return waiting(stored, stored.since, row.status === 'queued' ? row.next_attempt_at : row.lease_until)
  const turn = waiting({ for: 'turn', detail: TURN }, row.queued_at, null)
  if (store.waitsForSite()) {
    const owner = store.commandLog.owner()?.workId
    return owner === row.id || owner === INBOX ? waitingForPoll(store, row) : turn
  }
  const atWork = store.runs.lastLeased()
  return atWork !== null && atWork !== row.id ? turn : null
}
