import { and, inArray, isNotNull, lt } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Db } from '../../db/client.ts'
import type { Shard } from '../../db/events/shards.ts'
import { apiKeys, connectCodes, invitations, sessions, verifications } from '../../db/schema/index.ts'

/** A key that has ended stays in its site's list for this long. Its tombstone in KV lives for 30 days. */
const ENDED_KEY_MS = 90 * 86_400_000

export interface PruneInput {
  db: Db
  /** Milliseconds since 1970. */
  now: number
  /** Most rows to delete per table. */
  limit: number
}

/** Deletes the rows that ended before a time, oldest first. Needs an index on `endedAt`. @returns how many */
export async function pruneBefore(
  { db, limit }: PruneInput,
  table: SQLiteTable,
  { key, endedAt, before }: { key: SQLiteColumn; endedAt: SQLiteColumn; before: Date },
): Promise<number> {
  const ended = and(isNotNull(endedAt), lt(endedAt, before))
  const old = db.select({ key }).from(table).where(ended).orderBy(endedAt).limit(limit)
  return (await db.delete(table).where(inArray(key, old)).returning({ key })).length
}

/**
 * Deletes what has ended: sessions, links in mails, invitations, codes of connections and API keys. What else is kept, and for how long, is in
 * docs/operations.md.
 * @returns how many rows
 */
export async function pruneEnded(input: PruneInput): Promise<number> {
  const now = new Date(input.now)
  const longAgo = new Date(input.now - ENDED_KEY_MS)
  const pruned = [
    await pruneBefore(input, sessions, { key: sessions.id, endedAt: sessions.expiresAt, before: now }),
    await pruneBefore(input, verifications, { key: verifications.id, endedAt: verifications.expiresAt, before: now }),
    await pruneBefore(input, invitations, { key: invitations.tokenHash, endedAt: invitations.expiresAt, before: now }),
    await pruneBefore(input, connectCodes, { key: connectCodes.siteId, endedAt: connectCodes.expiresAt, before: now }),
    await pruneBefore(input, apiKeys, { key: apiKeys.id, endedAt: apiKeys.revokedAt, before: longAgo }),
    await pruneBefore(input, apiKeys, { key: apiKeys.id, endedAt: apiKeys.expiresAt, before: longAgo }),
  ]
  return pruned.reduce((sum, count) => sum + count, 0)
}

/**
 * Does work in each event database. One that is away stops none of the others.
 * @returns the sum of what the works return
 * @throws the first failure, after all have had their turn
 */
export async function onEach(shards: readonly Shard[], work: (shard: Shard) => Promise<number>): Promise<number> {
  const outcomes = await Promise.allSettled(shards.map((shard) => work(shard)))
  const failed = outcomes.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
  return outcomes.reduce((sum, outcome) => sum + (outcome.status === 'fulfilled' ? outcome.value : 0), 0)
}
