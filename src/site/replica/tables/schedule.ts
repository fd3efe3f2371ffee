import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'
import { MAX_WAIT_MS } from '../../../lib/backoff.ts'

/** What the object does by itself, again and again. */
export type Task = 'health'

/**
 * When the object's own tasks are due. What seems to wait for longer than `MAX_WAIT_MS` was planned by a clock that was
 * wrong, and is due.
 */
export class ScheduleTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /** Plans a task anew. @param failures how often in a row it has failed */
  plan(task: Task, dueAt: number, failures: number): void {
    this.#database.rows(
      `INSERT INTO schedule (task, due_at, failures) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET due_at = excluded.due_at, failures = excluded.failures`,
      task,
      dueAt,
      failures,
    )
  }

  /** Plans a task for this time, unless it is due before. */
  ensure(task: Task, dueAt: number): void {
    const sql = 'INSERT INTO schedule (task, due_at) VALUES (?, ?) ON CONFLICT DO NOTHING'
    this.#database.rows(sql, task, dueAt)
    this.makeDue(task, dueAt)
  }

  /** Brings a task forward that is planned for later. */
  makeDue(task: Task, dueAt: number): void {
    this.#database.rows('UPDATE schedule SET due_at = ?2 WHERE task = ?1 AND due_at > ?2', task, dueAt)
  }

  cancel(task: Task): void {
    this.#database.rows('DELETE FROM schedule WHERE task = ?', task)
  }

  isDue(task: Task, now: number): boolean {
    const sql = 'SELECT 1 FROM schedule WHERE task = ? AND due_at NOT BETWEEN ? AND ?'
    return this.#database.rows(sql, task, now + 1, now + MAX_WAIT_MS).length === 1
  }

  /** How often in a row a task has failed; 0 for one that is not planned. */
  failures(task: Task): number {
    const sql = 'SELECT failures FROM schedule WHERE task = ?'
    return firstRow<SqlRow & { failures: number }>(this.#database, sql, task)?.failures ?? 0
  }

  /** Milliseconds since 1970; null when nothing is planned. */
  nextDueAt(): number | null {
    const sql = 'SELECT min(due_at) AS due FROM schedule'
    return firstRow<SqlRow & { due: number | null }>(this.#database, sql)?.due ?? null
  }
}
