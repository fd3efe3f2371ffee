import type { WebhookEvent } from '../../../contract/content-link.ts'
import { firstRow, type SiteDatabase } from '../database.ts'

/** How long a handled event is remembered, so that its repeats are recognised; plugins retry for less. */
const REMEMBERED_MS = 3 * 86_400_000

/** The request that brought a webhook, and what the plugin calls it. */
export interface Origin {
  requestId?: string
  pluginRequestId?: string | undefined
}

/** Origins that a line of the log names at most. */
const NAMED_ORIGINS = 20

/** Webhooks as they came, until the posts that they name have been looked at. */
export class InboxTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /** @returns false for a repeat, which has no effect */
  add(webhookId: string, event: WebhookEvent, now: number, origin: Origin = {}): boolean {
    const added = this.#database.rows(
      `INSERT INTO inbox (webhook_id, event, post_id, post_type, received_at, due_at, request_id, plugin_request_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING RETURNING webhook_id`,
      webhookId,
      event.event,
      event.post_id,
      event.post_type,
      now,
      now,
      origin.requestId ?? null,
      origin.pluginRequestId ?? null,
    )
    return added.length === 1
  }

  /** Remembers a message that names no post. @returns false for a repeat */
  note(webhookId: string, now: number): boolean {
    const sql = `INSERT INTO inbox (webhook_id, event, post_id, received_at) VALUES (?, 'digest', 0, ?)
                 ON CONFLICT DO NOTHING RETURNING webhook_id`
    return this.#database.rows(sql, webhookId, now).length === 1
  }

  /** Asks for a look at a post at a later time; a reminder that is there already is moved. */
  remind(postId: number, dueAt: number, now: number): void {
    this.#database.rows(
      `INSERT INTO inbox (webhook_id, event, post_id, received_at, due_at) VALUES (?, 'reminder', ?, ?, ?)
       ON CONFLICT DO UPDATE SET due_at = excluded.due_at, received_at = excluded.received_at`,
      `reminder:${postId}`,
      postId,
      now,
      dueAt,
    )
  }

  /** When the site sent the last message that verified, in milliseconds since 1970. */
  lastHeardAt(): number | null {
    const sql = "SELECT received_at AS at FROM inbox WHERE event <> 'reminder' ORDER BY received_at DESC LIMIT 1"
    return firstRow<{ at: number }>(this.#database, sql)?.at ?? null
  }

  /** Posts that events ask to look at, the longest waiting first. */
  duePosts(now: number, limit: number): number[] {
    return this.#database
      .rows<{ post_id: number }>(
        'SELECT post_id, min(received_at) AS since FROM inbox WHERE due_at <= ? GROUP BY post_id ORDER BY since LIMIT ?',
        now,
        limit,
      )
      .map(({ post_id }) => post_id)
  }

  /** The requests that brought what is due, the longest waiting first. */
  origins(now: number): { request_id: string; plugin_request_id: string | null }[] {
    return this.#database.rows<{ request_id: string; plugin_request_id: string | null }>(
      `SELECT request_id, plugin_request_id FROM inbox WHERE due_at <= ? AND request_id IS NOT NULL
       ORDER BY received_at LIMIT ?`,
      now,
      NAMED_ORIGINS,
    )
  }

  /** Types that events say these posts have. */
  typesOf(postIds: readonly number[]): string[] {
    const sql = `SELECT DISTINCT post_type FROM inbox
                 WHERE due_at IS NOT NULL AND post_type IS NOT NULL AND post_id IN (SELECT value FROM json_each(?))`
    return this.#database.rows<{ post_type: string }>(sql, JSON.stringify(postIds)).map(({ post_type }) => post_type)
  }

  /**
   * Ends the events of posts that came before `askedAt`; a later one asks for another look.
   * @returns how many the site had sent
   */
  acknowledge(postIds: readonly number[], askedAt: number, now: number): number {
    const acknowledged = this.#database.rows<{ event: string }>(
      'UPDATE inbox SET due_at = NULL, error = NULL WHERE due_at IS NOT NULL AND received_at <= ? AND post_id IN (SELECT value FROM json_each(?)) RETURNING event',
      askedAt,
      JSON.stringify(postIds),
    )
    this.#database.rows('DELETE FROM inbox WHERE due_at IS NULL AND received_at < ?', now - REMEMBERED_MS)
    return acknowledged.filter(({ event }) => event !== 'reminder').length
  }

  /** Puts the look at these posts off, with the reason. @returns the most attempts that one of them has had */
  defer(postIds: readonly number[], until: (attempts: number) => number, error: string): void {
    const attempts = this.attempts(postIds) + 1
    this.#database.rows(
      'UPDATE inbox SET due_at = ?, attempts = ?, error = ? WHERE due_at IS NOT NULL AND post_id IN (SELECT value FROM json_each(?))',
      until(attempts),
      attempts,
      error,
      JSON.stringify(postIds),
    )
  }

  attempts(postIds: readonly number[]): number {
    const sql =
      'SELECT max(attempts) AS n FROM inbox WHERE due_at IS NOT NULL AND post_id IN (SELECT value FROM json_each(?))'
    return firstRow<{ n: number | null }>(this.#database, sql, JSON.stringify(postIds))?.n ?? 0
  }

  /** Ends every event: nobody is to look. */
  clear(): void {
    this.#database.rows('UPDATE inbox SET due_at = NULL WHERE due_at IS NOT NULL')
  }

  /** When the next event is due, and since when the oldest waits; milliseconds, null when none does. */
  pending(): { dueAt: number | null; since: number | null; n: number } {
    const sql =
      'SELECT min(due_at) AS dueAt, min(received_at) AS since, count(*) AS n FROM inbox WHERE due_at IS NOT NULL'
    return (
      firstRow<{ dueAt: number | null; since: number | null; n: number }>(this.#database, sql) ?? {
        dueAt: null,
        since: null,
        n: 0,
      }
    )
  }

  /** When the next event is due, in milliseconds since 1970; null when none waits. */
  nextDueAt(): number | null {
    const sql = 'SELECT min(due_at) AS dueAt FROM inbox WHERE due_at IS NOT NULL'
    return firstRow<{ dueAt: number | null }>(this.#database, sql)?.dueAt ?? null
  }
}
