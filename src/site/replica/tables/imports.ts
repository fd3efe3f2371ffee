import {
  IMPORT_CODES,
  type ImportCode,
  type ImportCounts,
  type ImportOptions,
  type SiteImport,
} from '../../../contract/imports.ts'
import { toTimestamp } from '../../../lib/timestamp.ts'
import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'
import type { FilePosition, ImportStart, StagedLine } from '../../rpc.ts'

/** A file that never came whole, or was not carried out, is kept this long; the outcome of one that was, longer. */
const FILE_MS = 86_400_000
const OUTCOME_MS = 7 * 86_400_000

/** The import of a site, as it is stored. */
export interface ImportRow extends SqlRow {
  id: string
  state: SiteImport['state']
  options: string
  actor: string
  target: string | null
  at: number
  parts: number
  lines: number
  bytes: number
  sum: string
  head: string | null
  cursor: number
  counts: string
}

/** What the first line of the file says, as far as it matters. */
export interface ImportHead {
  /** The address of the site that was connected. */
  siteUrl: string | null
}

interface LineRow extends SqlRow {
  line: number
  kind: string
  id: string | null
  text: string
}

interface RefusedRow extends LineRow {
  code: ImportCode
}

export const readImportCounts = ({ counts }: Pick<ImportRow, 'counts'>): ImportCounts =>
  JSON.parse(counts) as ImportCounts
export const readOptions = ({ options }: Pick<ImportRow, 'options'>): ImportOptions =>
  JSON.parse(options) as ImportOptions
export const readImportHead = ({ head }: Pick<ImportRow, 'head'>): ImportHead | null =>
  head === null ? null : (JSON.parse(head) as ImportHead)

const NO_COUNTS: ImportCounts = { created: 0, replaced: 0, unchanged: 0, linked: 0, refused: {} }

/** How many lines were refused, by the reason. */
export function addRefused(counts: ImportCounts, refused: ImportCounts['refused']): void {
  for (const code of IMPORT_CODES) {
    const more = refused[code] ?? 0
    if (more > 0) counts.refused[code] = (counts.refused[code] ?? 0) + more
  }
}

export function presentImport(row: ImportRow, siteId: string, isSameSite: boolean): SiteImport {
  return {
    id: row.id,
    site_id: siteId,
    state: row.state,
    ...readOptions(row),
    started_at: toTimestamp(row.at),
    next_part: row.parts + 1,
    lines: row.lines,
    lines_done: row.cursor,
    is_same_site: isSameSite,
    counts: readImportCounts(row),
  }
}

/** The file that is being imported into the site, line by line. There is one at a time. */
export class ImportTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  read(): ImportRow | null {
    return firstRow<ImportRow>(this.#database, 'SELECT * FROM imports')
  }

  /** Starts an import in place of the one before. */
  start({ id, options, actor, siteUrl }: ImportStart, sum: string, now: number): void {
    this.drop()
    this.#database.rows(
      `INSERT INTO imports (one, id, state, options, actor, target, at, parts, lines, bytes, sum, cursor, counts)
       VALUES (1, ?, 'receiving', ?, ?, ?, ?, 0, 0, 0, ?, 0, ?)`,
      id,
      JSON.stringify(options),
      actor,
      siteUrl,
      now,
      sum,
      JSON.stringify(NO_COUNTS),
    )
  }

  /** Forgets the import and its file. */
  drop(): void {
    this.#database.rows('DELETE FROM import_lines')
    this.#database.rows('DELETE FROM imports')
  }

  /** Stores lines of the file. */
  addLines(lines: readonly StagedLine[]): void {
    for (const { line, kind, id, postId, text } of lines)
      this.#database.rows(
        'INSERT INTO import_lines (line, kind, id, post_id, text) VALUES (?, ?, ?, ?, ?)',
        line,
        kind,
        id,
        postId,
        text,
      )
  }

  /** Stores that a part has come. */
  addPart({ lines, sum }: FilePosition, bytes: number, head: ImportHead | null): void {
    this.#database.rows(
      'UPDATE imports SET parts = parts + 1, lines = ?, bytes = bytes + ?, sum = ?, head = ifnull(?, head)',
      lines,
      bytes,
      sum,
      head && JSON.stringify(head),
    )
  }

  setTarget(siteUrl: string | null): void {
    this.#database.rows('UPDATE imports SET target = ?', siteUrl)
  }

  save(state: SiteImport['state'], cursor: number, counts: ImportCounts): void {
    const sql = 'UPDATE imports SET state = ?, cursor = ?, counts = ?'
    this.#database.rows(sql, state, cursor, JSON.stringify(counts))
  }

  /** Lines that are to be carried out, after one of them. */
  linesAfter(line: number, limit: number): LineRow[] {
    const sql = 'SELECT line, kind, id, text FROM import_lines WHERE line > ? ORDER BY line LIMIT ?'
    return this.#database.rows<LineRow>(sql, line, limit)
  }

  /** The line with the settings; null if the file has none. */
  settings(): string | null {
    const sql = "SELECT text FROM import_lines WHERE kind = 'integration' LIMIT 1"
    return firstRow<{ text: string }>(this.#database, sql)?.text ?? null
  }

  /** The item of a post, in the file. */
  itemOfPost(postId: number): string | null {
    const sql = 'SELECT id FROM import_lines WHERE post_id = ? AND post_id IS NOT NULL LIMIT 1'
    return firstRow<{ id: string }>(this.#database, sql, postId)?.id ?? null
  }

  /** Keeps of a line why it was refused, and the title of its item. */
  refuse(line: number, code: ImportCode, title: string): void {
    const sql = 'UPDATE import_lines SET code = ?, text = ? WHERE line = ?'
    this.#database.rows(sql, code, title.slice(0, 200), line)
  }

  /** Keeps of the settings why they were left out. */
  refuseSettings(code: ImportCode): void {
    this.#database.rows("UPDATE import_lines SET code = ?, text = '' WHERE kind = 'integration'", code)
  }

  /** Drops the texts of a file that was carried out. The reasons of refusals stay. */
  dropTexts(): void {
    this.#database.rows('DELETE FROM import_lines WHERE code IS NULL')
  }

  refusals(after: number, limit: number): RefusedRow[] {
    return this.#database.rows<RefusedRow>(
      `SELECT line, kind, id, text, code FROM import_lines WHERE code IS NOT NULL AND line > ? ORDER BY line LIMIT ?`,
      after,
      limit,
    )
  }

  /** When the object has something to do for it, in milliseconds since 1970: carry it out, or forget it. */
  dueAt(): number | null {
    const sql = 'SELECT state, at FROM imports'
    const row = firstRow<{ state: SiteImport['state']; at: number }>(this.#database, sql)
    if (!row) return null
    if (row.state === 'applying') return 0
    return row.at + (row.state === 'done' ? OUTCOME_MS : FILE_MS)
  }
}
