import { NO_COUNTS, type Run, type RunCounts, type RunDirection } from '../../../contract/sync.ts'
import { MAX_WAIT_MS } from '../../../lib/backoff.ts'
import type { RpcCall } from '../../rpc.ts'
import { firstRow, type SiteDatabase, type SqlRow, type SqlValue } from '../database.ts'
import type { RunCursor } from './run-cursor.ts'

/** A run as the object's database has it. */
interface RunRow extends SqlRow {
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

/** Finished runs that are kept as history. */
const KEPT_RUNS = 100

const NO_PROGRESS = { done: 0, total: 0, by_type: {} }

/** A run that this object has taken on. Every later write names its attempt: a holder whose lease ran out writes nothing. */
export interface LeasedRun {
  id: string
  integrationId: string
  accountId: string
  siteId: string
  direction: RunDirection
  attempt: number
  requestId: string
  /** When it was taken on first; milliseconds since 1970. */
  startedAt: number
  /** Leases in a row, this one included, that committed nothing. */
  failures: number
  /** Where the run is; null at its start. */
  cursor: RunCursor | null
}

export interface RunFailure {
  code: string
  detail: string
  fix: string | null
}

/** The run under way, the last one that ended, and for how many seconds the oldest has waited. */
export interface RunTableState {
  currentRun: Run | null
  lastRun: Run | null
  lagS: number | null
}

/**
 * The object's queue of runs. A run is taken by a lease; every later write names the attempt, so that a holder whose lease
 * ran out writes nothing. Every method is one synchronous step or one transaction.
 */
export class RunTable {
  readonly #database: SiteDatabase

  /** Told of every run that changed, inside the transaction that changes it. */
  onRun: (id: string) => void = () => undefined

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  #rows<R extends SqlRow>(sql: string, ...bindings: SqlValue[]): R[] {
    return this.#database.rows<R>(sql, ...bindings)
  }

  /** Queues a run, or returns the unfinished one of the same direction. */
  enqueue(id: string, call: RpcCall, direction: RunDirection, now: number): Run {
    return this.#database.transaction(() => {
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
      this.onRun(row.id)
      return presentRun(row)
    })
  }

  /** Takes on the oldest run that is due, or whose holder's lease ran out. @param only the run whose turn it is */
  lease(now: number, leaseMs: number, only: string | null = null): LeasedRun | null {
    const [row] = this.#rows<RunRow>(
      `UPDATE runs SET status = 'running', attempt = attempt + 1, failures = failures + 1, lease_until = ?2, started_at = ifnull(started_at, ?1)
       WHERE id = (SELECT id FROM runs WHERE status IN ('queued', 'running')
                   AND CASE status WHEN 'queued' THEN next_attempt_at ELSE lease_until END NOT BETWEEN ?1 + 1 AND ?3
                   AND (?4 IS NULL OR id = ?4)
                   ORDER BY queued_at, id LIMIT 1)
       RETURNING *`,
      now,
      now + leaseMs,
      now + MAX_WAIT_MS,
      only,
    )
    if (row) this.onRun(row.id)
    return row
      ? {
          id: row.id,
          integrationId: row.integration_id,
          accountId: row.account_id,
          siteId: row.site_id,
          direction: row.direction,
          attempt: row.attempt,
          requestId: row.request_id,
          startedAt: row.started_at ?? now,
          failures: row.failures,
          cursor: row.cursor === null ? null : (JSON.parse(row.cursor) as RunCursor),
        }
      : null
  }

  /** Whether the run is still this holder's, to be asked after every await. */
  holds(run: LeasedRun, now: number): boolean {
    const held = "SELECT 1 FROM runs WHERE id = ? AND attempt = ? AND status = 'running' AND lease_until > ?"
    return this.#rows(held, run.id, run.attempt, now).length === 1
  }

  /** Whether somebody ended the run while this holder was at it. */
  isCancelled(run: LeasedRun): boolean {
    const sql = "SELECT 1 FROM runs WHERE id = ? AND attempt = ? AND status = 'cancelled'"
    return this.#rows(sql, run.id, run.attempt).length === 1
  }

  /** Ends a run. @returns false when it is no longer this holder's */
  finish(run: LeasedRun, now: number, failure: RunFailure | null, counts: Partial<RunCounts> = {}): boolean {
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
    this.onRun(run.id)
    return ended.length === 1
  }

  /** Puts a failed attempt back into the queue, with its reason visible. */
  retry(run: LeasedRun, at: number, failure: RunFailure): void {
    this.#rows(
      `UPDATE runs SET status = 'queued', next_attempt_at = ?, error = ?, lease_until = NULL
       WHERE id = ? AND attempt = ? AND status = 'running'`,
      at,
      JSON.stringify(failure),
      run.id,
      run.attempt,
    )
    this.onRun(run.id)
  }

  /** Commits where a run is, to be called in the transaction of the rows that it covers. */
  saveCursor(run: LeasedRun, cursor: RunCursor): void {
    this.#rows(
      'UPDATE runs SET cursor = ?, progress = ?, counts = ?, failures = 0, error = NULL WHERE id = ? AND attempt = ?',
      JSON.stringify(cursor),
      JSON.stringify(cursor.progress),
      JSON.stringify(cursor.counts),
      run.id,
      run.attempt,
    )
    this.onRun(run.id)
  }

  /** Leases in a row that committed nothing. */
  failuresOf(run: LeasedRun): number {
    const sql = 'SELECT failures FROM runs WHERE id = ?'
    return firstRow<{ failures: number }>(this.#database, sql, run.id)?.failures ?? 0
  }

  /** Ends a slice: the run goes on as soon as it is its turn. */
  yield(run: LeasedRun, now: number): void {
    const sql = "UPDATE runs SET lease_until = ? WHERE id = ? AND attempt = ? AND status = 'running'"
    this.#rows(sql, now, run.id, run.attempt)
  }

  /** Lets a run wait for the site's next call; that is no failed attempt. */
  suspend(run: LeasedRun, until: number): void {
    this.#rows('UPDATE runs SET failures = 0 WHERE id = ? AND attempt = ?', run.id, run.attempt)
    this.yield(run, until)
  }

  /** Frees what a holder that is gone had: when a new instance begins, and when what runs waited for has come. */
  releaseLeases(now: number): void {
    this.#rows("UPDATE runs SET lease_until = ? WHERE status = 'running' AND lease_until > ?", now, now)
  }

  /** Has a run that is under way go round once more when it comes to its end. */
  repeat(id: string): void {
    this.#rows("UPDATE runs SET again = 1 WHERE id = ? AND status = 'running'", id)
  }

  /** Whether a run was asked to go round once more; it is asked once. */
  takeRepeat(run: LeasedRun): boolean {
    const sql =
      "UPDATE runs SET again = 0 WHERE id = ? AND attempt = ? AND status = 'running' AND again = 1 RETURNING id"
    return this.#rows(sql, run.id, run.attempt).length === 1
  }

  /** Runs of an integration, newest first. @param before id of the last one shown */
  list(integrationId: string, limit: number, before: string | null): Run[] {
    const sql = 'SELECT * FROM runs WHERE integration_id = ? AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3'
    return this.#rows<RunRow>(sql, integrationId, before, limit).map(presentRun)
  }

  /** One run and whose it is; null when there is none. */
  find(id: string): { integrationId: string; requestId: string; run: Run } | null {
    const row = firstRow<RunRow>(this.#database, 'SELECT * FROM runs WHERE id = ?', id)
    return row && { integrationId: row.integration_id, requestId: row.request_id, run: presentRun(row) }
  }

  /** Cancels one run of an integration; one that has ended stays as it is. @returns the run, or null when there is none */
  cancel(integrationId: string, id: string, now: number): Run | null {
    this.#rows(
      `UPDATE runs SET status = 'cancelled', finished_at = ?, lease_until = NULL
       WHERE id = ? AND integration_id = ? AND status IN ('queued', 'running')`,
      now,
      id,
      integrationId,
    )
    this.onRun(id)
    const found = this.find(id)
    return found?.integrationId === integrationId ? found.run : null
  }

  /** Cancels what is unfinished for an integration. */
  cancelAll(integrationId: string, now: number): void {
    const cancelled = this.#rows<{ id: string }>(
      `UPDATE runs SET status = 'cancelled', finished_at = ?, lease_until = NULL
       WHERE integration_id = ? AND status IN ('queued', 'running') RETURNING id`,
      now,
      integrationId,
    )
    for (const { id } of cancelled) this.onRun(id)
  }

  /** When the next unfinished run is due, in milliseconds since 1970; null when there is none. */
  nextDueAt(): number | null {
    const sql = `SELECT min(CASE status WHEN 'queued' THEN next_attempt_at ELSE lease_until END) AS due
      FROM runs WHERE status IN ('queued', 'running')`
    return firstRow<{ due: number | null }>(this.#database, sql)?.due ?? null
  }

  /**
   * The run under way, the last one that ended, and for how long the oldest has waited.
   * @param integrationId null for those of the whole site
   */
  state(now: number, integrationId: string | null = null): RunTableState {
    const [current] = this.#rows<RunRow>(
      `SELECT * FROM runs WHERE status IN ('queued', 'running') AND integration_id = ifnull(?, integration_id)
       ORDER BY status DESC, queued_at LIMIT 1`,
      integrationId,
    )
    const [last] = this.#rows<RunRow>(
      `SELECT * FROM runs WHERE finished_at IS NOT NULL AND integration_id = ifnull(?, integration_id)
       ORDER BY finished_at DESC LIMIT 1`,
      integrationId,
    )
    return {
      currentRun: current ? presentRun(current) : null,
      lastRun: last ? presentRun(last) : null,
      lagS: current ? Math.max(0, (now - current.queued_at) / 1000) : null,
    }
  }
}
