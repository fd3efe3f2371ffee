import type { Command, CommandResult } from '../../../contract/link.ts'
import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'

/** Characters in one row's text. A row may have 2 MB, and a character up to three bytes. */
const PART_CHARACTERS = 500_000

/** Work id of the inbox; a run's work id is the run's id. */
export const INBOX = 'inbox'

/** After `SHARED_DELIVERIES` without a result the oldest command is sent alone; after `MAX_DELIVERIES` it fails. */
const SHARED_DELIVERIES = 3
const MAX_DELIVERIES = 6

/** A command for the site's next poll. `key` names what it asks, independent of its id. */
export interface QueuedCommand extends Command {
  key: string
}

/**
 * The work whose commands are in the log. Only one has commands at a time, so results apply in the order of the site.
 */
export interface CommandLogOwner {
  workId: string
  isAnswered: boolean
}

/**
 * Commands for a site that polls, and their results. A piece of work queues its commands and is suspended. When the
 * results are here it is replayed from its last commit: it asks the same questions, finds the results, and gets one
 * step further. Its entries are deleted when it commits.
 */
export class CommandLogTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /** The work that has commands in the log; null if there is none. Commands of a run that ended are deleted. */
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

  /** Since when the oldest command waits for its result, in milliseconds since 1970; null if none waits. */
  waitingForSiteSince(): number | null {
    const sql = 'SELECT min(queued_at) AS since FROM commands WHERE answered_at IS NULL'
    return firstRow<{ since: number | null }>(this.#database, sql)?.since ?? null
  }

  /** Queues commands. A command with a key that the work has queued already is ignored. */
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

  /** The results that have come for a work, by key. */
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
   * The next commands to send, oldest first: at least one, then as many as fit. Commands without a result are sent
   * again, because the site's answer may have been lost.
   */
  batch(limit: number, maxCharacters: number, now: number): Command[] {
    const rows = this.#database.rows<{ id: string; name: string; deliveries: number }>(
      'SELECT id, name, deliveries FROM commands WHERE answered_at IS NULL ORDER BY n LIMIT ?',
      limit,
    )
    const [oldest] = rows
    if (oldest && oldest.deliveries >= MAX_DELIVERIES) {
      const detail = 'The site ended its request each time it ran this command.'
      const failure = { ok: false, code: 'request_interrupted', detail, retryable: true, took_ms: 0 } as const
      this.answer({ id: oldest.id, ...failure }, now)
      return this.batch(limit, maxCharacters, now)
    }
    // the oldest command may be the one that ends the site's request: alone it takes no other with it
    if (oldest && oldest.deliveries >= SHARED_DELIVERIES) rows.splice(1)
    const batch: Command[] = []
    let characters = 0
    for (const { id, name } of rows) {
      const args = this.#read(`args ${id}`) as Command['args']
      characters += JSON.stringify(args).length
      if (batch.length > 0 && characters > maxCharacters) break
      batch.push({ id, name, args })
    }
    if (batch.length === 0) return []
    const ids = JSON.stringify(batch.map(({ id }) => id))
    this.#database.rows(
      'UPDATE commands SET sent_at = ?, deliveries = deliveries + 1 WHERE id IN (SELECT value FROM json_each(?))',
      now,
      ids,
    )
    return batch
  }

  /** Stores a result. @returns false if it is not expected: it came before, or its work has ended */
  answer(result: CommandResult, now: number): boolean {
    return this.#database.transaction(() => {
      const sql = 'UPDATE commands SET answered_at = ? WHERE id = ? AND answered_at IS NULL RETURNING n'
      if (this.#database.rows(sql, now, result.id).length === 0) return false
      this.#write(`result ${result.id}`, result)
      return true
    })
  }

  /** The decision that a work stored for its replay; null if there is none. */
  memo(workId: string): { value: unknown } | null {
    const value = this.#read(`memo ${workId}`)
    return value === undefined ? null : { value }
  }

  /** Stores a decision that a replay must reuse. */
  memoize(workId: string, value: unknown): void {
    this.#database.transaction(() => this.#write(`memo ${workId}`, value))
  }

  /** Deletes everything of a work. Call it in the transaction that commits the work, or when it has ended. */
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
      // JSON-encoded, because a piece may end within a surrogate pair, and half a pair survives only as an escape
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
