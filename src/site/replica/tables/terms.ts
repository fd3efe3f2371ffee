import type { TermDocument } from '../../../contract/content-link.ts'
import type { Term, TermQuery } from '../../../contract/terms.ts'
import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'

interface StoredTerm extends SqlRow {
  taxonomy: string
  id: number
  name: string
  slug: string
  parent: number
}

const likeText = (text: string) => text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')
const capitalize = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

/** The site's terms by taxonomy. The etag of the last complete pass tells whether they changed since. */
export class TermTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /** Etag of the last complete pass; null if there is none. */
  etag(taxonomy: string): string | null {
    return (
      firstRow<{ etag: string | null }>(this.#database, 'SELECT etag FROM taxonomies WHERE slug = ?', taxonomy)?.etag ??
      null
    )
  }

  /** Stores a page of a pass. */
  savePage(taxonomy: string, pass: string, terms: readonly TermDocument[]): void {
    this.#database.rows(
      `INSERT INTO terms (taxonomy, id, name, slug, parent, pass)
       SELECT ?1, value ->> 'id', value ->> 'name', value ->> 'slug', value ->> 'parent', ?2 FROM json_each(?3) WHERE true
       ON CONFLICT DO UPDATE SET name = excluded.name, slug = excluded.slug, parent = excluded.parent, pass = excluded.pass`,
      taxonomy,
      pass,
      JSON.stringify(terms),
    )
  }

  /** Ends a pass and deletes the terms it did not read, unless it stopped at the limit. @returns the number of terms */
  endPass(taxonomy: string, pass: string, etag: string | null, isLimited: boolean): number {
    if (!isLimited) this.#database.rows('DELETE FROM terms WHERE taxonomy = ? AND pass <> ?', taxonomy, pass)
    const { n } = firstRow<{ n: number }>(
      this.#database,
      'SELECT count(*) AS n FROM terms WHERE taxonomy = ?',
      taxonomy,
    ) ?? { n: 0 }
    this.#database.rows(
      `INSERT INTO taxonomies (slug, etag, n, limited) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET etag = excluded.etag, n = excluded.n, limited = excluded.limited`,
      taxonomy,
      isLimited ? null : etag,
      n,
      Number(isLimited),
    )
    return n
  }

  /** Terms after one of them, by taxonomy and id. */
  after({ taxonomy, id }: Pick<StoredTerm, 'taxonomy' | 'id'>, limit: number): StoredTerm[] {
    return this.#database.rows<StoredTerm>(
      'SELECT taxonomy, id, name, slug, parent FROM terms WHERE (taxonomy, id) > (?, ?) ORDER BY taxonomy, id LIMIT ?',
      taxonomy,
      id,
      limit,
    )
  }

  /** Terms of a taxonomy by name, those that begin with the text first. A name that two terms have names neither. */
  search({ taxonomy, search = '', limit }: TermQuery): Term[] {
    const text = likeText(search)
    const rows = this.#database.rows<StoredTerm & { same: number }>(
      `SELECT * FROM (
         SELECT taxonomy, id, name, slug, parent, count(*) OVER (PARTITION BY name) AS same FROM terms WHERE taxonomy = ?1
       )
       WHERE name LIKE '%' || ?2 || '%' ESCAPE '\\' OR name LIKE '%' || ?3 || '%' ESCAPE '\\' OR slug LIKE ?2 || '%' ESCAPE '\\'
       ORDER BY name NOT LIKE ?2 || '%' ESCAPE '\\' AND name NOT LIKE ?3 || '%' ESCAPE '\\', name COLLATE NOCASE, id LIMIT ?4`,
      taxonomy,
      text,
      // LIKE ignores the case of A to Z alone
      capitalize(text),
      limit,
    )
    return rows.map(({ id, name, slug, parent, same }) => ({
      id,
      name,
      slug,
      parent: parent === 0 ? null : parent,
      value: same === 1 ? name : slug,
    }))
  }

  counts(): Record<string, { synced: number; limited: boolean }> {
    const rows = this.#database.rows<{ slug: string; n: number; limited: number }>(
      'SELECT slug, n, limited FROM taxonomies',
    )
    return Object.fromEntries(rows.map(({ slug, n, limited }) => [slug, { synced: n, limited: limited === 1 }]))
  }
}
