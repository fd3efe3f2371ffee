import { firstRow, type SiteDatabase } from '../database.ts'
import type { ItemRecord } from '../../items/record.ts'
import { toBeforeResolution, type BeforeResolution } from '../../items/conflict.ts'

/** What an item was before its conflict was settled; the newest one that stands can be undone. */
export class ResolutionTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  add(itemN: number, before: ItemRecord, now: number): void {
    this.#database.rows(
      'INSERT INTO resolutions (item_n, before, resolved_at) VALUES (?, ?, ?)',
      itemN,
      JSON.stringify(toBeforeResolution(before)),
      now,
    )
  }

  #last(itemN: number) {
    return firstRow<{ id: number; before: string }>(
      this.#database,
      'SELECT id, before FROM resolutions WHERE item_n = ? AND undone_at IS NULL ORDER BY id DESC LIMIT 1',
      itemN,
    )
  }

  canUndo(itemN: number): boolean {
    return this.#last(itemN) !== null
  }

  /** Takes the newest resolution back. @returns the item's sides as they were before it, or null when there is none */
  takeLast(itemN: number, now: number): BeforeResolution | null {
    const last = this.#last(itemN)
    if (!last) return null
    this.#database.rows('UPDATE resolutions SET undone_at = ? WHERE id = ?', now, last.id)
    return JSON.parse(last.before) as BeforeResolution
  }
}
