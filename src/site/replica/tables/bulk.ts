import type { BulkAction, BulkCounts, BulkJob } from '../../../contract/bulk.ts'
import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'
import { HISTORY_MS } from './history.ts'

/** Jobs that are kept. */
const KEPT = 50
/** Items in one row. */
export const PART_ITEMS = 500

/** A bulk job as it is stored. */
export interface BulkRow extends SqlRow {
  n: number
  id: string
  kind: BulkJob['kind']
  action: string
  source: string | null
  undone_by: string | null
  actor: string | null
  at: number
  finished_at: number | null
  as_of: number | null
  history_id: number
  total: number
  done: number
  counts: string
}

/**
 * An item of a job: its row number (null: there is none with this id), and once it is done what became of it: `changed`,
 * `unchanged`, or the code of the reason that it stays as it is.
 */
export type BulkEntry = [n: number | null, result?: string]

export type NewBulk = Pick<BulkRow, 'id' | 'kind' | 'source' | 'actor' | 'at' | 'as_of' | 'history_id'> & {
  action: BulkAction
  items: readonly (number | null)[]
}

const NO_BULK_COUNTS: BulkCounts = { changed: 0, unchanged: 0, refused: {} }

export const actionOf = ({ action }: Pick<BulkRow, 'action'>): BulkAction => JSON.parse(action) as BulkAction
export const countsOfBulk = ({ counts }: Pick<BulkRow, 'counts'>): BulkCounts => JSON.parse(counts) as BulkCounts

/** Changes of many items: those that wait, the one that is carried out, and those of the last 30 days. */
export class BulkTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  find(id: string): BulkRow | null {
    return firstRow<BulkRow>(this.#database, 'SELECT * FROM bulk_jobs WHERE id = ?', id)
  }

  /** The jobs that are not done, oldest first: the first one is at work. */
  unfinished(): BulkRow[] {
    return this.#database.rows<BulkRow>('SELECT * FROM bulk_jobs WHERE finished_at IS NULL ORDER BY n')
  }

  /** Newest first. @param before number of the last one of the page before */
  list(before: number | null, limit: number): BulkRow[] {
    const sql = 'SELECT * FROM bulk_jobs WHERE n < ? ORDER BY n DESC LIMIT ?'
    return this.#database.rows<BulkRow>(sql, before ?? Number.MAX_SAFE_INTEGER, limit)
  }

  add({ action, items, ...job }: NewBulk): void {
    const [row] = this.#database.rows<{ n: number }>(
      `INSERT INTO bulk_jobs (id, kind, action, source, actor, at, as_of, history_id, total, done, counts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?) RETURNING n`,
      job.id,
      job.kind,
      JSON.stringify(action),
      job.source,
      job.actor,
      job.at,
      job.as_of,
      job.history_id,
      items.length,
      JSON.stringify(NO_BULK_COUNTS),
    )
    for (let at = 0; at < items.length; at += PART_ITEMS) {
      const entries: BulkEntry[] = items.slice(at, at + PART_ITEMS).map((n) => [n])
      this.savePart(row?.n ?? 0, at / PART_ITEMS, entries)
    }
    this.#drop('DELETE FROM bulk_jobs WHERE finished_at IS NOT NULL AND n <= (SELECT max(n) FROM bulk_jobs) - ?', KEPT)
  }

  /** Drops what is older than the journal, without which nothing can be undone. */
  prune(now: number): void {
    this.#drop('DELETE FROM bulk_jobs WHERE finished_at < ?', now - HISTORY_MS)
  }

  #drop(sql: string, value: number): void {
    this.#database.rows(sql, value)
  }

  part(jobN: number, part: number): BulkEntry[] {
    const sql = 'SELECT items FROM bulk_parts WHERE job_n = ? AND part = ?'
    const row = firstRow<{ items: string }>(this.#database, sql, jobN, part)
    return row ? (JSON.parse(row.items) as BulkEntry[]) : []
  }

  savePart(jobN: number, part: number, entries: readonly BulkEntry[]): void {
    this.#database.rows(
      'INSERT INTO bulk_parts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET items = excluded.items',
      jobN,
      part,
      JSON.stringify(entries),
    )
  }

  /** All items of a job with what became of them, in their order. */
  entries({ n, total }: Pick<BulkRow, 'n' | 'total'>): BulkEntry[] {
    return Array.from({ length: Math.ceil(total / PART_ITEMS) }, (_, part) => this.part(n, part)).flat()
  }

  /** Stores how far it is. */
  save(n: number, done: number, counts: BulkCounts): void {
    this.#database.rows('UPDATE bulk_jobs SET done = ?, counts = ? WHERE n = ?', done, JSON.stringify(counts), n)
  }

  finish({ n }: Pick<BulkRow, 'n'>, at: number): void {
    this.#database.rows('UPDATE bulk_jobs SET finished_at = ? WHERE n = ?', at, n)
  }

  markUndone(id: string, by: string): void {
    this.#database.rows('UPDATE bulk_jobs SET undone_by = ? WHERE id = ?', by, id)
  }
}
