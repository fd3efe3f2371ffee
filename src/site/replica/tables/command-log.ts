import type { Command, CommandResult } from '../../../contract/link.ts'
import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'

/** Characters of one row's text: the platform stores 2 MB a row, and a character may take three bytes. */
const PART_CHARACTERS = 500_000

/** Names the work of looking at what webhooks named; a run's is named by its id. */
export const INBOX = 'inbox'

/** A command that waits to be carried out; `key` says what it asks, whatever its id. */
export interface QueuedCommand extends Command {
  key: string
}

/** Whose answers are awaited. Only one work is open at a time, so that answers are taken in as the site gave them. */
export interface CommandLogOwner {
  workId: string
  isAnswered: boolean
}

/**
 * What a piece of work has asked of a site that can't be called, and what came back; kept until the work has committed.
 * The work is then played again from its start, finds its answers here, and gets one step further.
 */
export class CommandLogTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /** The work that has asked something and has not committed; null where none is. That of a run which ended is dropped. */
  owner(): CommandLogOwner | null {
    const sql = `SELECT work_id AS workId, min(answered_at IS NOT NULL) AS isAnswered,
        work_id = ? OR EXISTS (SELECT 1 FROM runs WHERE id = work_id AND status IN ('queued', 'running')) AS isAlive
      FROM commands GROUP BY work_id LIMIT 1`
    const row = firstRow<{ workId: string; isAnswered: number; isAlive: number }>(this.#database, sql, INBOX)
    if (row === null) return null
    if (row.isAlive === 1) return { workId: row.workId, isAnswered: row.isAnswered === 1 }
    this.forget(row.workId)
    return this.owner()
  }

  /** Since when the oldest command waits for its answer, in milliseconds since 1970; null when none does. */
  waitingForSiteSince(): number | null {
    const sql = 'SELECT min(queued_at) AS since FROM commands WHERE answered_at IS NULL'
    return firstRow<{ since: number | null }>(this.#database, sql)?.since ?? null
  }

  /** Queues commands of a work; one that asks the same as another of it is not asked twice. */
  queue(workId: string, commands: readonly QueuedCommand[], now: number): void {
    this.#database.transaction(() => {
      for (const { key, id, name, args } of commands) {
        const added = this.#database.rows(
          `INSERT INTO commands (work_id, key, id, name, queued_at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT DO NOTHING RETURNING n`,
          workId,
          key,
          id,
          name,
          now,
        )
        if (added.length > 0) this.#write(`args ${id}`, args)
      }
    })
  }

  /** Answers to what a work asks, by key. */
  answers(workId: string, keys: readonly string[]): Map<string, CommandResult> {
    const rows = this.#database.rows<{ key: string; id: string }>(
      `SELECT key, id FROM commands WHERE work_id = ? AND answered_at IS NOT NULL
         AND key IN (SELECT value FROM json_each(?))`,
      workId,
      JSON.stringify(keys),
    )
    return new Map(rows.map(({ key, id }) => [key, this.#read(`result ${id}`) as CommandResult]))
  }

  /**
   * The next commands to send, oldest first: at least one, then as many as fit. Those that were sent and not answered are
   * sent again, since an answer may have been lost.
   */
  batch(limit: number, maxCharacters: number, now: number): Command[] {
    const rows = this.#database.rows<{ id: string; name: string }>(
      'SELECT id, name FROM commands WHERE answered_at IS NULL ORDER BY n LIMIT ?',
      limit,
    )
    const batch: Command[] = []
    let characters = 0
    for (const { id, name } of rows) {
      const args = this.#read(`args ${id}`) as Command['args']
      characters += JSON.stringify(args).length
      if (batch.length > 0 && characters > maxCharacters) break
      batch.push({ id, name, args })
    }
    const ids = JSON.stringify(batch.map(({ id }) => id))
    this.#database.rows('UPDATE commands SET sent_at = ? WHERE id IN (SELECT value FROM json_each(?))', now, ids)
    return batch
  }

  /** Stores an answer. @returns false where nobody waits for it: it came before, or its work has ended */
  answer(result: CommandResult, now: number): boolean {
    return this.#database.transaction(() => {
      const sql = 'UPDATE commands SET answered_at = ? WHERE id = ? AND answered_at IS NULL RETURNING n'
      if (this.#database.rows(sql, now, result.id).length === 0) return false
      this.#write(`result ${result.id}`, result)
      return true
    })
  }

  /** What a work decided before it asked, as it was then; null before it did. */
  memo(workId: string): { value: unknown } | null {
    const value = this.#read(`memo ${workId}`)
    return value === undefined ? null : { value }
  }

  memoize(workId: string, value: unknown): void {
    this.#database.transaction(() => this.#write(`memo ${workId}`, value))
  }

  /** Drops what a work has asked and heard; to be called in the transaction that commits it, or when it has ended. */
  forget(workId: string): void {
    const rows = this.#database.rows<{ id: string }>('DELETE FROM commands WHERE work_id = ? RETURNING id', workId)
    const names = [`memo ${workId}`, ...rows.flatMap(({ id }) => [`args ${id}`, `result ${id}`])]
    this.#database.rows(
      'DELETE FROM command_texts WHERE name IN (SELECT value FROM json_each(?))',
      JSON.stringify(names),
    )
  }

  #write(name: string, value: unknown): void {
    const text = JSON.stringify(value)
    this.#database.rows('DELETE FROM command_texts WHERE name = ?', name)
    for (let part = 0; part * PART_CHARACTERS < text.length; part++) {
      const piece = text.slice(part * PART_CHARACTERS, (part + 1) * PART_CHARACTERS)
      // quoted: a piece may end in the middle of a surrogate pair, which only survives as an escape
      this.#database.rows('INSERT INTO command_texts VALUES (?, ?, ?)', name, part, JSON.stringify(piece))
    }
  }

  #read(name: string): unknown {
    const sql = 'SELECT text FROM command_texts WHERE name = ? ORDER BY part'
    const parts = this.#database.rows<SqlRow & { text: string }>(sql, name)
    if (parts.length === 0) return undefined
    return JSON.parse(parts.map(({ text }) => JSON.parse(text) as string).join('')) as unknown
  }
}
