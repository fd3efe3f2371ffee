import { firstRow, type SiteDatabase } from '../database.ts'
import type { ItemRecord } from '../../items/record.ts'
import { toConflictSnapshot, type ConflictSnapshot } from '../../items/conflict.ts'
import type { StoredResolution } from '../../items/file.ts'

/** How many resolutions of an item are kept, each with both texts. */
const KEPT_PER_ITEM = 20

/** Resolved conflicts as they were before; the newest one that was not undone can be undone. */
export class ResolutionTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  add(itemN: number, before: ItemRecord, now: number): void {
    this.#database.rows(
      'INSERT INTO resolutions (item_n, before, resolved_at) VALUES (?, ?, ?)',
      itemN,
      JSON.stringify(toConflictSnapshot(before)),
      now,
    )
    this.#database.rows(
      `DELETE FROM resolutions WHERE item_n = ?1 AND id NOT IN
         (SELECT id FROM resolutions WHERE item_n = ?1 ORDER BY id DESC LIMIT ?2)`,
      itemN,
      KEPT_PER_ITEM,
    )
  }

  /** The resolutions of an item, oldest first. */
  of(itemN: number): StoredResolution[] {
    const sql = `SELECT before, resolved_at AS resolvedAt, undone_at AS undoneAt FROM resolutions WHERE item_n = ? ORDER BY id`
    return this.#database
      .rows<{ before: string; resolvedAt: number; undoneAt: number | null }>(sql, itemN)
      .map(({ before, resolvedAt, undoneAt }) => ({
        before: JSON.parse(before) as ConflictSnapshot,
        resolvedAt,
        undoneAt,
      }))
  }

  /** Stores a resolution as an export has it. */
  copy(itemN: number, { before, resolvedAt, undoneAt }: StoredResolution): void {
    this.#database.rows(
      'INSERT INTO resolutions (item_n, before, resolved_at, undone_at) VALUES (?, ?, ?, ?)',
      itemN,
      JSON.stringify(before),
      resolvedAt,
      undoneAt,
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

  /** The newest conflict that was resolved, as it was before; null if there is none to undo. */
  last(itemN: number): ConflictSnapshot | null {
    const last = this.#last(itemN)
    return last && (JSON.parse(last.before) as ConflictSnapshot)
  }

  /** Marks the newest resolution as undone. @returns the conflict before it; null if there is none to undo */
  takeLast(itemN: number, now: number): ConflictSnapshot | null {
    const last = this.#last(itemN)
    if (!last) return null
    this.#database.rows('UPDATE resolutions SET undone_at = ? WHERE id = ?', now, last.id)
    return JSON.parse(last.before) as ConflictSnapshot
  }
}
