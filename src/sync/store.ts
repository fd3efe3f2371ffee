import type { Direction, Run, RunCounts } from '../contract/sync.ts'
import { migrateSiteStore } from './migrations.ts'
import type { PortCall, RunsState } from './port.ts'

/** Finished runs that are kept as history. */
const KEPT_RUNS = 100

const NO_COUNTS: RunCounts = { created: 0, updated: 0, deleted: 0, unchanged: 0, failed: 0, conflicts: 0 }
const NO_PROGRESS = { done: 0, total: 0, by_type: {} }

interface RunRow extends Record<string, SqlStorageValue> {
  id: string
  integration_id: string
  account_id: string
  site_id: string
  direction: Direction
  status: Run['status']
  attempt: number
  lease_until: number | null
  next_attempt_at: number
  request_id: string
  progress: string
  counts: string
  error: string | null
  queued_at: number
  started_at: number | null
  finished_at: number | null
}

/** A run that this object has taken on. Every later write names its attempt: a holder whose lease ran out writes nothing. */
export interface LeasedRun {
  id: string
  integrationId: string
  accountId: string
  siteId: string
  direction: Direction
  attempt: number
  requestId: string
}

export interface RunFailure {
  code: string
  detail: string
  fix: string | null
}

const toTimestamp = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

function presentRun(row: RunRow): Run {
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

/** The site object's SQLite. Every method is synchronous: what it does is one step, or one transaction. */
export class SiteStore {
  readonly #storage: DurableObjectStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
    migrateSiteStore(storage)
  }

  #rows<R extends Record<string, SqlStorageValue>>(sql: string, ...bindings: unknown[]): R[] {
    return this.#storage.sql.exec<R>(sql, ...bindings).toArray()
  }

  /** Queues a run, or returns the unfinished one of the same direction. */
  enqueueRun(id: string, call: PortCall, direction: Direction, now: number): Run {
    return this.#storage.transactionSync(() => {
      this.#rows(
        `INSERT INTO runs (id, integration_id, account_id, site_id, direction, status, next_attempt_at, request_id,
           progress, counts, queued_at)
         VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        id,
        call.integrationId,
        call.accountId,
        call.siteId,
        direction,
        now,
        call.requestId,
        JSON.stringify(NO_PROGRESS),
        JSON.stringify(NO_COUNTS),
        now,
      )
      const [row] = this.#rows<RunRow>(
        "SELECT * FROM runs WHERE direction = ? AND status IN ('queued', 'running')",
        direction,
      )
      if (!row) throw new Error('a run was neither queued nor found')
      return presentRun(row)
    })
  }

  /** Takes on the oldest run that is due, or whose holder's lease ran out. */
  leaseRun(now: number, leaseMs: number): LeasedRun | null {
    const [row] = this.#rows<RunRow>(
      `UPDATE runs SET status = 'running', attempt = attempt + 1, lease_until = ?2, started_at = ifnull(started_at, ?1)
       WHERE id = (SELECT id FROM runs WHERE (status = 'queued' AND next_attempt_at <= ?1)
                   OR (status = 'running' AND lease_until <= ?1) ORDER BY queued_at, id LIMIT 1)
       RETURNING *`,
      now,
      now + leaseMs,
    )
    return row
      ? {
          id: row.id,
          integrationId: row.integration_id,
          accountId: row.account_id,
          siteId: row.site_id,
          direction: row.direction,
          attempt: row.attempt,
          requestId: row.request_id,
        }
      : null
  }

  /** Whether the run is still this holder's, to be asked after every await. */
  holdsRun(run: LeasedRun, now: number): boolean {
    const held = "SELECT 1 FROM runs WHERE id = ? AND attempt = ? AND status = 'running' AND lease_until > ?"
    return this.#rows(held, run.id, run.attempt, now).length === 1
  }

  /** Whether somebody ended the run while this holder was at it. */
  isCancelled(run: LeasedRun): boolean {
    const cancelled = "SELECT 1 FROM runs WHERE id = ? AND attempt = ? AND status = 'cancelled'"
    return this.#rows(cancelled, run.id, run.attempt).length === 1
  }

  /** Ends a run. @returns false when it is no longer this holder's */
  finishRun(run: LeasedRun, now: number, failure: RunFailure | null, counts: Partial<RunCounts> = {}): boolean {
    const ended = this.#rows(
      `UPDATE runs SET status = ?, error = ?, counts = ?, finished_at = ?, lease_until = NULL
       WHERE id = ? AND attempt = ? AND status = 'running' RETURNING id`,
      failure ? 'failed' : 'succeeded',
      failure && JSON.stringify(failure),
      JSON.stringify({ ...NO_COUNTS, ...counts }),
      now,
      run.id,
      run.attempt,
    )
    this.#rows(
      `DELETE FROM runs WHERE finished_at IS NOT NULL AND id NOT IN
         (SELECT id FROM runs WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT ?)`,
      KEPT_RUNS,
    )
    return ended.length === 1
  }

  /** Puts a failed attempt back into the queue, with its reason visible. */
  retryRun(run: LeasedRun, at: number, failure: RunFailure): void {
    this.#rows(
      `UPDATE runs SET status = 'queued', next_attempt_at = ?, error = ?, lease_until = NULL
       WHERE id = ? AND attempt = ? AND status = 'running'`,
      at,
      JSON.stringify(failure),
      run.id,
      run.attempt,
    )
  }

  /** Records progress of a run that is under way. */
  setProgress(run: LeasedRun, progress: Run['progress']): void {
    this.#rows(
      'UPDATE runs SET progress = ? WHERE id = ? AND attempt = ?',
      JSON.stringify(progress),
      run.id,
      run.attempt,
    )
  }

  /** Cancels what is unfinished for an integration. */
  cancelRuns(integrationId: string, now: number): void {
    this.#rows(
      `UPDATE runs SET status = 'cancelled', finished_at = ?, lease_until = NULL
       WHERE integration_id = ? AND status IN ('queued', 'running')`,
      now,
      integrationId,
    )
  }

  /** When the next thing is due, in milliseconds since 1970; null when nothing is. */
  nextDueAt(): number | null {
    const [row] = this.#rows<{ due: number | null }>(
      `SELECT min(CASE status WHEN 'queued' THEN next_attempt_at ELSE lease_until END) AS due
       FROM runs WHERE status IN ('queued', 'running')`,
    )
    return row?.due ?? null
  }

  /** The run under way, the last one that ended, and for how long the oldest has waited. */
  runsState(now: number): RunsState {
    const [current] = this.#rows<RunRow>(
      "SELECT * FROM runs WHERE status IN ('queued', 'running') ORDER BY status DESC, queued_at LIMIT 1",
    )
    const [last] = this.#rows<RunRow>(
      'SELECT * FROM runs WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1',
    )
    return {
      currentRun: current ? presentRun(current) : null,
      lastRun: last ? presentRun(last) : null,
      lagS: current ? Math.max(0, (now - current.queued_at) / 1000) : null,
    }
  }

  /** What this object knows of a key, and since when. */
  keyStatus(keyId: string): { status: string; checkedAt: number } | null {
    const [row] = this.#rows<{ status: string; checked_at: number }>(
      'SELECT status, checked_at FROM key_gate WHERE key_id = ?',
      keyId,
    )
    return row ? { status: row.status, checkedAt: row.checked_at } : null
  }

  /** Has every key that is not revoked looked up again: what it may do here may have changed. */
  distrustKeys(): void {
    this.#rows("DELETE FROM key_gate WHERE status <> 'revoked'")
  }

  /** Remembers a key's status; a revocation is never undone. */
  setKeyStatus(keyId: string, status: 'active' | 'revoked', now: number): void {
    this.#rows(
      `INSERT INTO key_gate (key_id, status, checked_at) VALUES (?, ?, ?)
       ON CONFLICT (key_id) DO UPDATE SET status = excluded.status, checked_at = excluded.checked_at
       WHERE key_gate.status <> 'revoked'`,
      keyId,
      status,
      now,
    )
  }
}
