import { NO_COUNTS, type Run, type RunCounts, type RunDirection, type RunWaiting } from '../../../contract/sync.ts'
import { MAX_WAIT_MS } from '../../../lib/backoff.ts'
import type { RpcCall } from '../../rpc.ts'
import { firstRow, type SiteDatabase, type SqlRow, type SqlValue } from '../database.ts'
import type { RunCursor } from './run-cursor.ts'
import { presentRun, toLeasedRun, type LeasedRun, type RunRow, type StoredWaiting } from './run-rows.ts'

export type { LeasedRun } from './run-rows.ts'

/** How many finished runs are kept. */
const KEPT_RUNS = 100

/** The number of the run that ends next: finished runs are numbered in the order of their ends. */
const NEXT_FINISHED = '(SELECT ifnull(max(finished_n), 0) + 1 FROM runs WHERE finished_n IS NOT NULL)'

const NO_PROGRESS = { done: 0, total: 0, by_type: {} }

/** What a step of a run (Meter) cost: requests to the site, bytes of their bodies and answers, milliseconds. */
interface Spent {
  requests: number
  bytes: number
  durationMs: number
}

const sumOf = (steps: readonly Spent[]): Spent =>
  steps.reduce(
    (sum, { requests, bytes, durationMs }) => ({
      requests: sum.requests + requests,
      bytes: sum.bytes + bytes,
      durationMs: sum.durationMs + durationMs,
    }),
    { requests: 0, bytes: 0, durationMs: 0 },
  )

export interface RunFailure {
  code: string
  detail: string
  fix: string | null
}

/** The current run, the last one that ended, and the seconds since the current one was queued. */
export interface RunTableState {
  currentRun: Run | null
  lastRun: Run | null
  lagS: number | null
}

/**
 * The queue of runs. To work on a run, a holder leases it, which raises its attempt. A holder's writes to the run's
 * state name the attempt, so a holder whose run was taken again can't write them. `addSpent` only adds up and is
 * exempt. Before any other write, check `holds`. Every method is synchronous.
 */
export class RunTable {
  readonly #database: SiteDatabase

  /** Called after a change that watchers see. */
  onRun: (id: string) => void = () => undefined

  /** What a run waits for. That depends on other tables, so the store sets it. */
  waitingOf: (row: RunRow) => RunWaiting | null = () => null

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  #rows<R extends SqlRow>(sql: string, ...bindings: SqlValue[]): R[] {
    return this.#database.rows<R>(sql, ...bindings)
  }

  readonly #present = (row: RunRow): Run => presentRun(row, this.waitingOf(row))

  /** Queues a run, or returns the unfinished one of the same direction. */
  enqueue(id: string, call: RpcCall, direction: RunDirection, now: number): Run {
    return this.#database.transaction(() => {
      this.#rows(
        `INSERT INTO runs (id, integration_id, account_id, site_id, direction, status, next_attempt_at, request_id,
           actor, progress, counts, queued_at)
         VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        id,
        call.integrationId,
        call.accountId,
        call.siteId,
        direction,
        now,
        call.requestId,
        call.actor ?? 'system',
        JSON.stringify(NO_PROGRESS),
        JSON.stringify(NO_COUNTS),
        now,
      )
      const [row] = this.#rows<RunRow>('SELECT * FROM runs WHERE direction = ? AND finished_at IS NULL', direction)
      if (!row) throw new Error('a run was neither queued nor found')
      this.onRun(row.id)
      return this.#present(row)
    })
  }

  /**
   * Leases the oldest run that is due, or whose lease has expired. A due time further away than `MAX_WAIT_MS` can only
   * come from a wrong clock and counts as due.
   * @param only lease only this run
   */
  lease(now: number, leaseMs: number, only: string | null = null): LeasedRun | null {
    const [row] = this.#rows<RunRow>(
      `UPDATE runs SET status = 'running', attempt = attempt + 1, failures = failures + 1, lease_until = ?2, waiting = NULL,
         started_at = ifnull(started_at, ?1)
       WHERE id = (SELECT id FROM runs WHERE finished_at IS NULL
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
    return row ? toLeasedRun(row, now) : null
  }

  /** Whether the holder still has its lease. Check it after every await. */
  holds(run: LeasedRun, now: number): boolean {
    const held = "SELECT 1 FROM runs WHERE id = ? AND attempt = ? AND status = 'running' AND lease_until > ?"
    return this.#rows(held, run.id, run.attempt, now).length === 1
  }

  /** Whether the run was cancelled during this attempt. */
  isCancelled(run: LeasedRun): boolean {
    const sql = "SELECT 1 FROM runs WHERE id = ? AND attempt = ? AND status = 'cancelled'"
    return this.#rows(sql, run.id, run.attempt).length === 1
  }

  /** Ends a run as succeeded or failed. @returns false if the holder has lost its lease */
  finish(run: LeasedRun, now: number, failure: RunFailure | null, counts: Partial<RunCounts> = {}): boolean {
    const ended = this.#rows(
      `UPDATE runs SET status = ?, error = ?, counts = ?, finished_at = ?, finished_n = ${NEXT_FINISHED}, lease_until = NULL
       WHERE id = ? AND attempt = ? AND status = 'running' RETURNING id`,
      failure ? 'failed' : 'succeeded',
      failure && JSON.stringify(failure),
      JSON.stringify({ ...NO_COUNTS, ...counts }),
      now,
      run.id,
      run.attempt,
    )
    this.#rows(
      'DELETE FROM runs WHERE finished_n <= (SELECT max(finished_n) FROM runs WHERE finished_n IS NOT NULL) - ?',
      KEPT_RUNS,
    )
    this.onRun(run.id)
    return ended.length === 1
  }

  /** Queues a run again after a failed attempt, with the reason. */
  retry(run: LeasedRun, at: number, failure: RunFailure, waiting: StoredWaiting): void {
    this.#rows(
      `UPDATE runs SET status = 'queued', next_attempt_at = ?, error = ?, waiting = ?, lease_until = NULL
       WHERE id = ? AND attempt = ? AND status = 'running'`,
      at,
      JSON.stringify(failure),
      JSON.stringify(waiting),
      run.id,
      run.attempt,
    )
    this.onRun(run.id)
  }

  /** Stores the cursor. Call it in the transaction that commits the rows it covers. @param steps what was done for it */
  saveCursor(run: LeasedRun, cursor: RunCursor, steps: readonly Spent[] = []): void {
    const { requests, bytes, durationMs } = sumOf(steps)
    this.#rows(
      `UPDATE runs SET cursor = ?, progress = ?, counts = ?, failures = 0, error = NULL, requests = requests + ?,
         bytes = bytes + ?, duration_ms = duration_ms + ? WHERE id = ? AND attempt = ?`,
      JSON.stringify(cursor),
      JSON.stringify(cursor.progress),
      JSON.stringify(cursor.counts),
      requests,
      bytes,
      durationMs,
      run.id,
      run.attempt,
    )
    this.onRun(run.id)
  }

  /** Adds the cost of steps that no commit stored: of a failed attempt, or of a request that brought nothing. */
  addSpent({ id }: Pick<LeasedRun, 'id'>, steps: readonly Spent[]): void {
    if (steps.length === 0) return
    const { requests, bytes, durationMs } = sumOf(steps)
    const sql = 'UPDATE runs SET requests = requests + ?, bytes = bytes + ?, duration_ms = duration_ms + ? WHERE id = ?'
    this.#rows(sql, requests, bytes, durationMs, id)
  }

  /** Whether a run of this direction is queued or running. */
  isUnfinished(direction: RunDirection): boolean {
    const sql = 'SELECT 1 FROM runs WHERE direction = ? AND finished_at IS NULL'
    return this.#rows(sql, direction).length === 1
  }

  /** Attempts in a row that committed nothing. */
  failuresOf(run: LeasedRun): number {
    const sql = 'SELECT failures FROM runs WHERE id = ?'
    return firstRow<{ failures: number }>(this.#database, sql, run.id)?.failures ?? 0
  }

  /**
   * Ends a slice. The row stays `running`; its lease ends at `dueAt` (milliseconds since 1970), when the next alarm may
   * take it.
   */
  yield(run: LeasedRun, dueAt: number): void {
    const sql = "UPDATE runs SET lease_until = ? WHERE id = ? AND attempt = ? AND status = 'running'"
    this.#rows(sql, dueAt, run.id, run.attempt)
  }

  /**
   * Suspends a run whose answers come with a poll of the site. Its lease ends when they come, at the latest at `until`
   * (milliseconds since 1970). This does not count as a failed attempt.
   */
  suspend(run: LeasedRun, until: number): void {
    this.#rows('UPDATE runs SET failures = 0 WHERE id = ? AND attempt = ?', run.id, run.attempt)
    this.yield(run, until)
    this.onRun(run.id)
  }

  /** Stores the internal error of a run's holder as the reason why the run waits for its lease to end. */
  rest(run: LeasedRun, waiting: StoredWaiting): void {
    const sql = "UPDATE runs SET waiting = ? WHERE id = ? AND attempt = ? AND status = 'running'"
    this.#rows(sql, JSON.stringify(waiting), run.id, run.attempt)
    this.onRun(run.id)
  }

  /** Expires all leases: when a new instance starts, and when the results that runs wait for have come. */
  releaseLeases(now: number): void {
    this.#rows(
      "UPDATE runs SET lease_until = ? WHERE finished_at IS NULL AND status = 'running' AND lease_until > ?",
      now,
      now,
    )
  }

  /** Makes a running run repeat once at its end. */
  repeat(id: string): void {
    this.#rows("UPDATE runs SET again = 1 WHERE id = ? AND status = 'running'", id)
  }

  /** Whether the run must repeat; clears the flag. */
  takeRepeat(run: LeasedRun): boolean {
    const sql =
      "UPDATE runs SET again = 0 WHERE id = ? AND attempt = ? AND status = 'running' AND again = 1 RETURNING id"
    return this.#rows(sql, run.id, run.attempt).length === 1
  }

  /** Runs of an integration, newest first. @param before id of the last run of the previous page */
  list(integrationId: string, limit: number, before: string | null): Run[] {
    const sql = 'SELECT * FROM runs WHERE integration_id = ? AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3'
    return this.#rows<RunRow>(sql, integrationId, before, limit).map(this.#present)
  }

  /** A run with its integration; null if there is none. */
  find(id: string): { integrationId: string; requestId: string; run: Run } | null {
    const row = firstRow<RunRow>(this.#database, 'SELECT * FROM runs WHERE id = ?', id)
    return row && { integrationId: row.integration_id, requestId: row.request_id, run: this.#present(row) }
  }

  /** Cancels a run; one that has ended stays as it is. @returns the run, or null if there is none */
  cancel(integrationId: string, id: string, now: number): Run | null {
    this.#rows(
      `UPDATE runs SET status = 'cancelled', finished_at = ?, finished_n = ${NEXT_FINISHED}, lease_until = NULL
       WHERE id = ? AND integration_id = ? AND finished_at IS NULL`,
      now,
      id,
      integrationId,
    )
    this.onRun(id)
    const found = this.find(id)
    return found?.integrationId === integrationId ? found.run : null
  }

  /** Cancels all unfinished runs of an integration. */
  cancelAll(integrationId: string, now: number): void {
    const cancelled = this.#rows<{ id: string }>(
      `UPDATE runs SET status = 'cancelled', finished_at = ?, finished_n = ${NEXT_FINISHED}, lease_until = NULL
       WHERE finished_at IS NULL AND integration_id = ? RETURNING id`,
      now,
      integrationId,
    )
    for (const { id } of cancelled) this.onRun(id)
  }

  /** Makes the runs due that wait for their next attempt. @returns how many */
  makeDue(now: number): number {
    const waiting = this.#rows<{ id: string }>(
      `UPDATE runs SET next_attempt_at = ?1 WHERE finished_at IS NULL AND status = 'queued' AND next_attempt_at > ?1
       RETURNING id`,
      now,
    )
    for (const { id } of waiting) this.onRun(id)
    return waiting.length
  }

  /** The run at work; where runs wait for a poll, the one with the latest lease. */
  lastLeased(): string | null {
    const sql = "SELECT id FROM runs WHERE finished_at IS NULL AND status = 'running' ORDER BY lease_until DESC LIMIT 1"
    return firstRow<{ id: string }>(this.#database, sql)?.id ?? null
  }

  /** Tells watchers about all unfinished runs, because what they wait for has changed. */
  publishUnfinished(): void {
    const sql = 'SELECT id FROM runs WHERE finished_at IS NULL'
    for (const { id } of this.#rows<{ id: string }>(sql)) this.onRun(id)
  }

  /** When the next unfinished run is due, in milliseconds since 1970; null if there is none. */
  nextDueAt(): number | null {
    const sql = `SELECT min(CASE status WHEN 'queued' THEN next_attempt_at ELSE lease_until END) AS due
      FROM runs WHERE finished_at IS NULL`
    return firstRow<{ due: number | null }>(this.#database, sql)?.due ?? null
  }

  /**
   * The current run (a running one before a queued one) and the last one that ended.
   * @param integrationId null for the runs of all integrations of the site
   */
  state(now: number, integrationId: string | null = null): RunTableState {
    const [current] = this.#rows<RunRow>(
      `SELECT * FROM runs WHERE finished_at IS NULL AND integration_id = ifnull(?, integration_id)
       ORDER BY status DESC, queued_at LIMIT 1`,
      integrationId,
    )
    const [last] = this.#rows<RunRow>(
      `SELECT * FROM runs WHERE finished_n IS NOT NULL AND integration_id = ifnull(?, integration_id)
       ORDER BY finished_n DESC LIMIT 1`,
      integrationId,
    )
    return {
      currentRun: current ? this.#present(current) : null,
      lastRun: last ? this.#present(last) : null,
      lagS: current ? Math.max(0, (now - current.queued_at) / 1000) : null,
    }
  }
}
