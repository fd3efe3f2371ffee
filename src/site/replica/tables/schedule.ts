import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'
import { MAX_WAIT_MS } from '../../../lib/backoff.ts'

/** A recurring task of the object. */
export type Task = 'health'

/**
 * When recurring tasks are due. A due time further away than `MAX_WAIT_MS` can only come from a wrong clock, so the
 * task counts as due.
 */
export class ScheduleTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /** Schedules a task and replaces its due time. @param failures how often it has failed in a row */
  plan(task: Task, dueAt: number, failures: number): void {
    this.#database.rows(
      `INSERT INTO schedule (task, due_at, failures) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET due_at = excluded.due_at, failures = excluded.failures`,
      task,
      dueAt,
      failures,
    )
  }

  /** Schedules a task for this time, unless it is due earlier. */
  ensure(task: Task, dueAt: number): void {
    const sql = 'INSERT INTO schedule (task, due_at) VALUES (?, ?) ON CONFLICT DO NOTHING'
    this.#database.rows(sql, task, dueAt)
    this.makeDue(task, dueAt)
  }

  /** Moves a task to this time if it is due later. */
  makeDue(task: Task, dueAt: number): void {
    this.#database.rows('UPDATE schedule SET due_at = ?2 WHERE task = ?1 AND due_at > ?2', task, dueAt)
  }

  /** When a task is due, in milliseconds since 1970; null if it is not scheduled. */
  dueAt(task: Task): number | null {
    const sql = 'SELECT due_at AS due FROM schedule WHERE task = ?'
    return firstRow<SqlRow & { due: number }>(this.#database, sql, task)?.due ?? null
  }

  cancel(task: Task): void {
    this.#database.rows('DELETE FROM schedule WHERE task = ?', task)
  }

  isDue(task: Task, now: number): boolean {
    const sql = 'SELECT 1 FROM schedule WHERE task = ? AND due_at NOT BETWEEN ? AND ?'
    return this.#database.rows(sql, task, now + 1, now + MAX_WAIT_MS).length === 1
  }

  /** How often a task has failed in a row; 0 if it is not scheduled. */
  failures(task: Task): number {
    const sql = 'SELECT failures FROM schedule WHERE task = ?'
    return firstRow<SqlRow & { failures: number }>(this.#database, sql, task)?.failures ?? 0
  }

  /** When the next task is due, in milliseconds since 1970; null if none is scheduled. */
  nextDueAt(): number | null {
    const sql = 'SELECT min(due_at) AS due FROM schedule'
    return firstRow<SqlRow & { due: number | null }>(this.#database, sql)?.due ?? null
  }
}
