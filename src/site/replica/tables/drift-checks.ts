import type { DriftCheckSnapshot } from '../../../contract/drift-check.ts'
import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'

interface DriftCheckRow extends SqlRow {
  due_at: number | null
  asked: number
  outage: number
  result: string | null
}

/** When the next drift check is due, why, and the result of the last one. */
export class DriftCheckTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  #row(): DriftCheckRow {
    const row = firstRow<DriftCheckRow>(this.#database, 'SELECT due_at, asked, outage, result FROM drift_check')
    return row ?? { due_at: null, asked: 0, outage: 0, result: null }
  }

  /** When the next check is due, in milliseconds since 1970; null before the first sync. */
  dueAt(): number | null {
    return this.#row().due_at
  }

  /** Schedules the next check. @param dueAt null: none until a sync has succeeded */
  plan(dueAt: number | null): void {
    this.#database.rows('UPDATE drift_check SET due_at = ?', dueAt)
  }

  /** Records that the site lost track of its changes. If it does not support digests, everything must be read again. */
  ask(): void {
    this.#database.rows('UPDATE drift_check SET asked = 1')
  }

  /** Whether the site asked for a check; clears the flag. */
  takeAsked(): boolean {
    return this.#database.rows('UPDATE drift_check SET asked = 0 WHERE asked = 1 RETURNING one').length === 1
  }

  /** Records an outage: webhooks of that time may be lost. */
  noteOutage(): void {
    this.#database.rows('UPDATE drift_check SET outage = 1')
  }

  /** Whether there was an outage; clears the flag. */
  takeOutage(): boolean {
    return this.#database.rows('UPDATE drift_check SET outage = 0 WHERE outage = 1 RETURNING one').length === 1
  }

  result(): DriftCheckSnapshot | null {
    const { result } = this.#row()
    return result === null ? null : (JSON.parse(result) as DriftCheckSnapshot)
  }

  setResult(result: DriftCheckSnapshot): void {
    this.#database.rows('UPDATE drift_check SET result = ?', JSON.stringify(result))
  }
}
