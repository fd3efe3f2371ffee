import type { WebhookEvent } from '../../../contract/content-link.ts'
import { firstRow, type SiteDatabase } from '../database.ts'

/** How long a processed event is kept to recognise repeats. Plugins retry for a shorter time. */
const RETENTION_MS = 3 * 86_400_000

/** Ids of the request that brought a webhook: ours, and the one that the plugin states. */
export interface Origin {
  requestId?: string
  pluginRequestId?: string | undefined
}

/** A scheduled post is fetched once more when it should be live; until then, other fetches leave that as it is. */
const IS_OPEN = "(webhook_id NOT LIKE 'verify:%' OR due_at <= ?)"

/** How many origins a log line names. */
const MAX_ORIGINS = 20

/**
 * Webhooks that were received. An event names a post and has no content: processing it means fetching the post, so
 * order and repetition don't matter. `due_at` is set until the post was fetched. The same table has reminders to fetch
 * a post later.
 */
export class InboxTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /** Stores an event. @returns false for a repeat, which has no effect */
  add(webhookId: string, event: WebhookEvent, now: number, origin: Origin = {}): boolean {
    const added = this.#database.rows(
      `INSERT INTO inbox (webhook_id, event, post_id, post_type, received_at, due_at, request_id, plugin_request_id, saved_by)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING RETURNING webhook_id`,
      webhookId,
      event.event,
      event.post_id,
      event.post_type,
      now,
      now,
      origin.requestId ?? null,
      origin.pluginRequestId ?? null,
      event.saved_by ?? null,
    )
    return added.length === 1
  }

  /** Stores a message that names no post. @returns false for a repeat */
  note(webhookId: string, now: number): boolean {
    const sql = `INSERT INTO inbox (webhook_id, event, post_id, received_at) VALUES (?, 'digest', 0, ?)
                 ON CONFLICT DO NOTHING RETURNING webhook_id`
    return this.#database.rows(sql, webhookId, now).length === 1
  }

  /** Schedules a fetch of a post; moves the reminder if the post has one. */
  remind(postId: number, dueAt: number, now: number): void {
    this.#plan(`reminder:${postId}`, postId, dueAt, now)
  }

  /** Schedules the fetch that verifies that a scheduled post is live; moves it if the post has one. */
  verify(postId: number, dueAt: number, now: number): void {
    this.#plan(`verify:${postId}`, postId, dueAt, now)
  }

  #plan(id: string, postId: number, dueAt: number, now: number): void {
    this.#database.rows(
      `INSERT INTO inbox (webhook_id, event, post_id, received_at, due_at) VALUES (?, 'reminder', ?, ?, ?)
       ON CONFLICT DO UPDATE SET due_at = excluded.due_at, received_at = excluded.received_at`,
      id,
      postId,
      now,
      dueAt,
    )
  }

  /** When the last verified message of the site came, in milliseconds since 1970. */
  lastHeardAt(): number | null {
    const sql = "SELECT max(received_at) AS at FROM inbox WHERE event <> 'reminder'"
    return firstRow<{ at: number | null }>(this.#database, sql)?.at ?? null
  }

  /** Posts to fetch now, the longest waiting first. */
  duePosts(now: number, limit: number): number[] {
    return this.#database
      .rows<{ post_id: number }>(
        // `+` keeps SQLite from reading the posts in their order, those that are not due among them
        'SELECT post_id, min(received_at) AS since FROM inbox WHERE due_at <= ? GROUP BY +post_id ORDER BY since LIMIT ?',
        now,
        limit,
      )
      .map(({ post_id }) => post_id)
  }

  /** The requests that brought the due events, the oldest first. */
  origins(now: number): { request_id: string; plugin_request_id: string | null }[] {
    return this.#database.rows<{ request_id: string; plugin_request_id: string | null }>(
      `SELECT request_id, plugin_request_id FROM inbox WHERE due_at <= ? AND request_id IS NOT NULL
       ORDER BY received_at LIMIT ?`,
      now,
      MAX_ORIGINS,
    )
  }

  /** Post types of these posts, as their events state them. */
  typesOf(postIds: readonly number[]): string[] {
    const sql = `SELECT DISTINCT post_type FROM inbox
                 WHERE due_at IS NOT NULL AND post_type IS NOT NULL AND post_id IN (SELECT value FROM json_each(?))`
    return this.#database.rows<{ post_type: string }>(sql, JSON.stringify(postIds)).map(({ post_type }) => post_type)
  }

  /** Who saved these posts, as their latest events say that a fetch sees. */
  savedBy(postIds: readonly number[], askedAt: number): Map<number, string> {
    const rows = this.#database.rows<{ post_id: number; saved_by: string }>(
      // `+` has SQLite find the posts, not read all events in their order
      `SELECT post_id, saved_by FROM inbox WHERE due_at IS NOT NULL AND +received_at <= ? AND saved_by IS NOT NULL
         AND post_id IN (SELECT value FROM json_each(?)) ORDER BY +received_at`,
      askedAt,
      JSON.stringify(postIds),
    )
    return new Map(rows.map(({ post_id: postId, saved_by: name }) => [postId, name]))
  }

  /**
   * Marks the events of these posts as processed. Events that came after `askedAt`, when the fetch began, stay due.
   * @returns the number of acknowledged webhooks, and when the first of them came
   */
  acknowledge(postIds: readonly number[], askedAt: number, now: number): { webhooks: number; since: number | null } {
    const acknowledged = this.#database.rows<{ event: string; received_at: number }>(
      `UPDATE inbox SET due_at = NULL, error = NULL WHERE due_at IS NOT NULL AND received_at <= ? AND ${IS_OPEN}
         AND post_id IN (SELECT value FROM json_each(?)) RETURNING event, received_at`,
      askedAt,
      askedAt,
      JSON.stringify(postIds),
    )
    this.#database.rows('DELETE FROM inbox WHERE due_at IS NULL AND received_at < ?', now - RETENTION_MS)
    const times = acknowledged.flatMap(({ event, received_at: at }) => (event === 'reminder' ? [] : [at]))
    return { webhooks: times.length, since: times.length === 0 ? null : Math.min(...times) }
  }

  /** Defers the fetch of these posts after a failure. @param until due time for a number of attempts */
  defer(postIds: readonly number[], until: (attempts: number) => number, error: string, now: number): void {
    const attempts = this.attempts(postIds) + 1
    this.#database.rows(
      `UPDATE inbox SET due_at = ?, attempts = ?, error = ? WHERE due_at IS NOT NULL AND ${IS_OPEN}
         AND post_id IN (SELECT value FROM json_each(?))`,
      until(attempts),
      attempts,
      error,
      now,
      JSON.stringify(postIds),
    )
  }

  /** Makes the fetches due that were deferred after a failure. @returns how many events */
  makeDue(now: number): number {
    const sql = `UPDATE inbox SET due_at = ?1 WHERE due_at > ?1 AND error IS NOT NULL RETURNING webhook_id`
    return this.#database.rows(sql, now).length
  }

  /** The highest number of failed attempts among these posts. */
  attempts(postIds: readonly number[]): number {
    const sql =
      'SELECT max(attempts) AS n FROM inbox WHERE due_at IS NOT NULL AND post_id IN (SELECT value FROM json_each(?))'
    return firstRow<{ n: number | null }>(this.#database, sql, JSON.stringify(postIds))?.n ?? 0
  }

  /** Marks all events as processed, if nothing may be fetched any more. */
  clear(): void {
    this.#database.rows('UPDATE inbox SET due_at = NULL WHERE due_at IS NOT NULL')
  }

  /** When the next event is due, since when the oldest waits (milliseconds since 1970), and how many wait. */
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

  /** When the next event is due, in milliseconds since 1970; null if none waits. */
  nextDueAt(): number | null {
    const sql = 'SELECT min(due_at) AS dueAt FROM inbox WHERE due_at IS NOT NULL'
    return firstRow<{ dueAt: number | null }>(this.#database, sql)?.dueAt ?? null
  }
}
