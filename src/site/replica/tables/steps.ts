import { MAX_RUN_STEPS, type RunDetail, type RunPhase, type RunStep } from '../../../contract/activity.ts'
import type { SiteDatabase, SqlRow } from '../database.ts'

/** Work of one phase and type, as measured by the engine. */
export interface StepInput {
  /** Milliseconds since 1970. */
  at: number
  phase: RunPhase
  type: string | null
  requests: number
  bytes: number
  items: number
  durationMs: number
  error: RunStep['error']
}

/** Identifies the slice of a step. */
interface Slice {
  id: string
  attempt: number
}

interface StepRow extends SqlRow {
  at: number
  phase: RunPhase
  type: string | null
  requests: number
  bytes: number
  items: number
  duration_ms: number
  error: string | null
}

/** The history of runs: what each slice did. */
export class StepTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /**
   * Adds a step, or extends the last one if it has the same slice, phase and type. Call it in the transaction that
   * adds its requests, bytes and time to the run.
   */
  add({ id, attempt }: Slice, step: StepInput): void {
    const { at, phase, type, requests, bytes, items, durationMs, error } = step
    const joined = this.#database.rows(
      `UPDATE run_steps SET requests = requests + ?, bytes = bytes + ?, items = items + ?, duration_ms = duration_ms + ?, error = ?
       WHERE run_id = ?6 AND n = (SELECT max(n) FROM run_steps WHERE run_id = ?6)
         AND attempt = ? AND phase = ? AND type IS ? AND error IS NULL RETURNING n`,
      requests,
      bytes,
      items,
      durationMs,
      error && JSON.stringify(error),
      id,
      attempt,
      phase,
      type,
    )
    if (joined.length > 0) return
    this.#database.rows(
      `INSERT INTO run_steps (run_id, n, attempt, at, phase, type, requests, bytes, items, duration_ms, error)
       SELECT ?1, ifnull(max(n), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM run_steps WHERE run_id = ?1`,
      id,
      attempt,
      at,
      phase,
      type,
      requests,
      bytes,
      items,
      durationMs,
      error && JSON.stringify(error),
    )
    this.#database.rows(
      'DELETE FROM run_steps WHERE run_id = ?1 AND n <= (SELECT max(n) FROM run_steps WHERE run_id = ?1) - ?2',
      id,
      MAX_RUN_STEPS,
    )
  }

  /** Steps (oldest first) and totals of a run. */
  describe(runId: string): Pick<RunDetail, 'steps' | 'requests' | 'bytes' | 'duration_ms'> {
    const steps = this.#database.rows<StepRow>('SELECT * FROM run_steps WHERE run_id = ? ORDER BY n', runId)
    const [totals] = this.#database.rows<{ requests: number; bytes: number; duration_ms: number }>(
      'SELECT requests, bytes, duration_ms FROM runs WHERE id = ?',
      runId,
    )
    return {
      ...(totals ?? { requests: 0, bytes: 0, duration_ms: 0 }),
      steps: steps.map(({ at, phase, type, requests, bytes, items, duration_ms, error }) => ({
        at: new Date(at).toISOString(),
        phase,
        type,
        requests,
        bytes,
        items,
        duration_ms,
        error: error === null ? null : (JSON.parse(error) as RunStep['error']),
      })),
    }
  }
}
