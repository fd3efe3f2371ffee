import type { Run, RunCounts, RunDirection } from '../contract/sync.ts'
import type { SqlRow } from './database.ts'

/** A run as the object's database has it. */
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
  failures: number
  cursor: string | null
  queued_at: number
  started_at: number | null
  finished_at: number | null
}

const toTimestamp = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

/** A run as the API shows it. */
export function presentRun(row: RunRow): Run {
  return {
    id: row.id,
    direction: row.direction,
    status: row.status,
    progress: JSON.parse(row.progress) as Run['progress'],
    counts: JSON.parse(row.counts) as RunCounts,
    queued_at: new Date(row.queued_at).toISOString(),
    started_at: toTimestamp(row.started_at),
    finished_at: toTimestamp(row.finished_at),
    error: row.error === null ? null : (JSON.parse(row.error) as Run['error']),
  }
}
