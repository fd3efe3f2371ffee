import type { Run, RunCounts, RunDirection, RunWaiting } from '../../../contract/sync.ts'
import { parseActor } from '../../../lib/actor-name.ts'
import { toTimestamp } from '../../../lib/timestamp.ts'
import type { SqlRow } from '../database.ts'
import type { RunCursor } from './run-cursor.ts'

/** A row of `runs`. */
export interface RunRow extends SqlRow {
  id: string
  integration_id: string
  account_id: string
  site_id: string
  direction: RunDirection
  status: Run['status']
  attempt: number
  lease_until: number | null
  next_attempt_at: number
  request_id: string
  progress: string
  counts: string
  error: string | null
  waiting: string | null
  actor: string | null
  failures: number
  cursor: string | null
  queued_at: number
  started_at: number | null
  finished_at: number | null
}

/** Why a run waits, as its row stores it; `since` in milliseconds since 1970. */
export type StoredWaiting = Pick<RunWaiting, 'for' | 'detail'> & { since: number }

export const readStoredWaiting = ({ waiting }: RunRow): StoredWaiting | null =>
  waiting === null ? null : (JSON.parse(waiting) as StoredWaiting)

export const isUnfinished = ({ status }: RunRow): boolean => status === 'queued' || status === 'running'

/** A run as the API returns it. One that waits is `queued`, whoever holds its lease. */
export function presentRun(row: RunRow, waiting: RunWaiting | null): Run {
  return {
    id: row.id,
    direction: row.direction,
    status: waiting ? 'queued' : row.status,
    waiting,
    progress: JSON.parse(row.progress) as Run['progress'],
    counts: JSON.parse(row.counts) as RunCounts,
    queued_at: toTimestamp(row.queued_at),
    started_at: toTimestamp(row.started_at),
    finished_at: toTimestamp(row.finished_at),
    error: row.error === null ? null : (JSON.parse(row.error) as Run['error']),
    actor: row.actor === null ? null : { ...parseActor(row.actor), name: null },
  }
}

/** A run as its holder knows it. `attempt` identifies the lease: every write of the holder names it. */
export interface LeasedRun {
  id: string
  integrationId: string
  accountId: string
  siteId: string
  direction: RunDirection
  attempt: number
  requestId: string
  /** Who asked for it. */
  actor: string | null
  /** When the first attempt started, in milliseconds since 1970. */
  startedAt: number
  /** Attempts in a row that committed nothing, this one included. */
  failures: number
  /** Progress of the run; null at its start. */
  cursor: RunCursor | null
}

/** @param now start time of a first attempt */
export const toLeasedRun = (row: RunRow, now: number): LeasedRun => ({
  id: row.id,
  integrationId: row.integration_id,
  accountId: row.account_id,
  siteId: row.site_id,
  direction: row.direction,
  attempt: row.attempt,
  requestId: row.request_id,
  actor: row.actor,
  startedAt: row.started_at ?? now,
  failures: row.failures,
  cursor: row.cursor === null ? null : (JSON.parse(row.cursor) as RunCursor),
})
