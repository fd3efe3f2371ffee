import type { DriftCheckSnapshot } from '../../../contract/drift-check.ts'
import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'

interface DriftCheckRow extends SqlRow {
  due_at: number | null
  asked: number
  outage: number
  result: string | null
}

/** When the next drift check is due, why, and how the last one ended. */
export class DriftCheckTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  #row(): DriftCheckRow {
    const row = firstRow<DriftCheckRow>(this.#database, 'SELECT due_at, asked, outage, result FROM drift_check')
    return row ?? { due_at: null, asked: 0, outage: 0, result: null }
  }

  /** Milliseconds since 1970; null before the first sync. */
  dueAt(): number | null {
    return this.#row().due_at
  }

  /** @param dueAt null for none: nothing is to be compared until a sync ends well */
  plan(dueAt: number | null): void {
    this.#database.rows('UPDATE drift_check SET due_at = ?', dueAt)
  }

  /** The site has lost track of its changes: if it can't digest, everything has to be read anew. */
  ask(): void {
    this.#database.rows('UPDATE drift_check SET asked = 1')
  }

  /** Whether the site had asked; it is said once. */
  takeAsked(): boolean {
    return this.#database.rows('UPDATE drift_check SET asked = 0 WHERE asked = 1 RETURNING one').length === 1
  }

  /** The site can't be reached: what it tells meanwhile may get lost. */
  noteOutage(): void {
    this.#database.rows('UPDATE drift_check SET outage = 1')
  }

  /** Whether there was an outage; it is said once. */
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
