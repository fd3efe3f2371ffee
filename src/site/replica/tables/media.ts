import { firstRow, type SiteDatabase } from '../database.ts'

/** Images in the site's media library, by the hash of the URL from which they were uploaded. */
export class MediaTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  get(hash: string): { id: number; url: string } | null {
    return firstRow<{ id: number; url: string }>(
      this.#database,
      'SELECT external_id AS id, url FROM media WHERE hash = ?',
      hash,
    )
  }

  save(hash: string, id: number, url: string): void {
    this.#database.rows(
      'INSERT INTO media VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET external_id = excluded.external_id, url = excluded.url',
      hash,
      id,
      url,
    )
  }

  /** Moves image URLs from one address to another. @param done URLs below this address were moved already */
  relocate(from: string, to: string, done: string | null): void {
    this.#database.rows(
      `UPDATE media SET url = ?2 || substr(url, length(?1) + 1)
       WHERE substr(url, 1, length(?1) + 1) = ?1 || '/' AND (?3 IS NULL OR substr(url, 1, length(?3) + 1) <> ?3 || '/')`,
      from,
      to,
      done,
    )
  }

  /** Removes an image that is no longer on the site. */
  drop(externalId: number): void {
    this.#database.rows('DELETE FROM media WHERE external_id = ?', externalId)
  }
}
