import { firstRow, type SiteDatabase } from '../database.ts'
import type { ItemRecord } from '../item/record.ts'
import { toSettled, type Settled } from '../item/settle.ts'

/** What an item was before its conflict was settled; the newest one that stands can be undone. */
export class SettlementTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  add(itemN: number, before: ItemRecord, now: number): void {
    this.#database.rows(
      'INSERT INTO settlements (item_n, before, settled_at) VALUES (?, ?, ?)',
      itemN,
      JSON.stringify(toSettled(before)),
      now,
    )
  }

  #last(itemN: number) {
    return firstRow<{ id: number; before: string }>(
      this.#database,
      'SELECT id, before FROM settlements WHERE item_n = ? AND undone_at IS NULL ORDER BY id DESC LIMIT 1',
      itemN,
    )
  }

  canUndo(itemN: number): boolean {
    return this.#last(itemN) !== null
  }

  /** Takes the newest settlement back. @returns the item's sides as they were before it, or null when there is none */
  takeLast(itemN: number, now: number): Settled | null {
    const last = this.#last(itemN)
    if (!last) return null
    this.#database.rows('UPDATE settlements SET undone_at = ? WHERE id = ?', now, last.id)
    return JSON.parse(last.before) as Settled
  }
}
