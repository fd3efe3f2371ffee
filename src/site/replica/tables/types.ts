import type { Keyset } from '../../../contract/content-link.ts'
import { firstRow, type SiteDatabase } from '../database.ts'

/** A type has two watermarks: for passes that read bodies, and for passes that don't. */
export type Depth = 'full' | 'metadata'

const COLUMNS = { full: ['modified', 'last_id'], metadata: ['metadata_modified', 'metadata_last_id'] } as const

/** How far each post type was read, and whether the next run must check all of it. */
export class TypeTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /** Where the next pass starts; null: at the beginning. */
  watermark(type: string, depth: Depth): Keyset | null {
    const [modified, lastId] = COLUMNS[depth]
    const row = firstRow<{ modified: number; id: number }>(
      this.#database,
      `SELECT ${modified} AS modified, ${lastId} AS id FROM types WHERE slug = ?`,
      type,
    )
    return row === null || (row.modified === 0 && row.id === 0) ? null : [row.modified, row.id]
  }

  setWatermark(type: string, depth: Depth, [modified, id]: Keyset): void {
    const [modifiedColumn, idColumn] = COLUMNS[depth]
    this.#database.rows(
      `INSERT INTO types (slug, ${modifiedColumn}, ${idColumn}) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET ${modifiedColumn} = excluded.${modifiedColumn}, ${idColumn} = excluded.${idColumn}`,
      type,
      modified,
      id,
    )
  }

  /** Makes the next pass over every type start at the beginning and compare all ids. Unchanged posts cost no write. */
  recheckAll(): void {
    this.#database.rows('UPDATE types SET modified = 0, last_id = 0, recheck = 1')
  }

  /** Like {@link recheckAll}, for one type. */
  recheck(type: string): void {
    this.#database.rows('UPDATE types SET modified = 0, last_id = 0, recheck = 1 WHERE slug = ?', type)
  }

  /** Whether all ids of a type must be compared; clears the flag. */
  takeRecheck(type: string): boolean {
    return (
      this.#database.rows('UPDATE types SET recheck = 0 WHERE slug = ? AND recheck = 1 RETURNING slug', type).length ===
      1
    )
  }

  setLimited(type: string, isLimited: boolean): void {
    this.#database.rows(
      'INSERT INTO types (slug, limited) VALUES (?, ?) ON CONFLICT DO UPDATE SET limited = excluded.limited',
      type,
      Number(isLimited),
    )
  }

  limited(): Set<string> {
    return new Set(
      this.#database.rows<{ slug: string }>('SELECT slug FROM types WHERE limited = 1').map(({ slug }) => slug),
    )
  }

  /** Clears the ids that a pass over a type has read. */
  clearPass(type: string): void {
    this.#database.rows('DELETE FROM pass_ids WHERE type = ?', type)
  }

  addToPass(type: string, ids: readonly number[]): void {
    this.#database.rows(
      'INSERT INTO pass_ids SELECT ?, value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING',
      type,
      JSON.stringify(ids),
    )
  }

  dropFromPass(type: string, ids: readonly number[]): void {
    this.#database.rows(
      'DELETE FROM pass_ids WHERE type = ? AND id IN (SELECT value FROM json_each(?))',
      type,
      JSON.stringify(ids),
    )
  }

  /** Post ids that a pass read and that no item has; at most `limit`. */
  unknownIds(type: string, limit: number): number[] {
    return this.#database
      .rows<{ id: number }>(
        `SELECT id FROM pass_ids WHERE type = ? AND id NOT IN
           (SELECT external_id FROM items WHERE external_id IS NOT NULL AND state <> 'deleted') LIMIT ?`,
        type,
        limit,
      )
      .map(({ id }) => id)
  }
}
