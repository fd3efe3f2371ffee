import type { Keyset } from '../../../contract/content-link.ts'
import { firstRow, type SiteDatabase } from '../database.ts'

/** A type has two watermarks: for passes that read bodies, and for passes that don't. */
export type Depth = 'full' | 'metadata'

const COLUMNS = { full: ['modified', 'last_id'], metadata: ['metadata_modified', 'metadata_last_id'] } as const

/** What the site's owner, or the site, does not allow of a type. */
export interface TypeLimits {
  slug: string
  isDenied: boolean
  isTrashless: boolean
}

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
       ON CONFLICT DO UPDATE SET ${modifiedColumn} = excluded.${modifiedColumn}, ${idColumn} = excluded.${idColumn}
         WHERE ${modifiedColumn} <> excluded.${modifiedColumn} OR ${idColumn} <> excluded.${idColumn}`,
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
      `INSERT INTO types (slug, limited) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET limited = excluded.limited WHERE limited <> excluded.limited`,
      type,
      Number(isLimited),
    )
  }

  limited(): Set<string> {
    return new Set(
      this.#database.rows<{ slug: string }>('SELECT slug FROM types WHERE limited = 1').map(({ slug }) => slug),
    )
  }

  /**
   * Stores which types the site's owner denies, and which have no trash, in place of what was known.
   * @returns types that were denied and no longer are
   */
  setLimits(limits: readonly TypeLimits[]): string[] {
    const denied = new Set(limits.flatMap((type) => (type.isDenied ? [type.slug] : [])))
    const allowed = [...this.denied()].filter((slug) => !denied.has(slug))
    const odd = limits.filter(({ isDenied, isTrashless }) => isDenied || isTrashless)
    this.#database.transaction(() => {
      const known = JSON.stringify(odd.map(({ slug }) => slug))
      this.#database.rows(
        `UPDATE types SET denied = 0, trashless = 0 WHERE (denied = 1 OR trashless = 1)
           AND slug NOT IN (SELECT value FROM json_each(?))`,
        known,
      )
      for (const { slug, isDenied, isTrashless } of odd)
        this.#database.rows(
          `INSERT INTO types (slug, denied, trashless) VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET denied = excluded.denied, trashless = excluded.trashless
             WHERE denied <> excluded.denied OR trashless <> excluded.trashless`,
          slug,
          Number(isDenied),
          Number(isTrashless),
        )
      for (const slug of allowed) this.recheck(slug)
    })
    return allowed
  }

  /** Types that the site's owner does not let IGNY8 read or write. */
  denied(): Set<string> {
    const rows = this.#database.rows<{ slug: string }>('SELECT slug FROM types WHERE denied = 1')
    return new Set(rows.map(({ slug }) => slug))
  }

  /** Whether the site moves posts of this type to a trash; it is taken for granted until the plugin says otherwise. */
  hasTrash(slug: string): boolean {
    return this.#database.rows('SELECT 1 FROM types WHERE slug = ? AND trashless = 1', slug).length === 0
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
        `SELECT id FROM pass_ids WHERE type = ? AND NOT EXISTS
           (SELECT 1 FROM items WHERE external_id = pass_ids.id AND state <> 'deleted') LIMIT ?`,
        type,
        limit,
      )
      .map(({ id }) => id)
  }
}
