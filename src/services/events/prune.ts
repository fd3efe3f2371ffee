import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { syncEvents } from '../../db/schema/index.ts'

interface PruneInput {
  db: Db
  /** Milliseconds since 1970. */
  now: number
  /** How long an event is kept, in milliseconds. */
  retentionMs: number
  /** Most rows that are deleted. */
  limit: number
}

/** The id that sorts before every event of a moment: ids are UUIDv7, which begin with the time in milliseconds. */
const firstEventId = (ms: number) => `evt_${Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0')}`

/** Deletes the oldest events that are past their time. @returns how many */
export async function pruneEvents({ db, now, retentionMs, limit }: PruneInput): Promise<number> {
  const expired = sql`SELECT ${syncEvents.integrationId}, ${syncEvents.id} FROM ${syncEvents}
    WHERE ${syncEvents.id} < ${firstEventId(now - retentionMs)} ORDER BY ${syncEvents.id} LIMIT ${limit}`
  const { meta } = await db
    .delete(syncEvents)
    .where(sql`(${syncEvents.integrationId}, ${syncEvents.id}) IN (${expired})`)
  return meta.changes
}
