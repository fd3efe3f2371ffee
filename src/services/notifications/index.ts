import { sql } from 'drizzle-orm'
import { notificationDeliveries, notificationMessages } from '../../db/events/schema.ts'
import type { Shard } from '../../db/events/shards.ts'
import { onEach } from '../retention/index.ts'
export { dispatchChanges } from './dispatch.ts'
export { type EndpointFailing, postOne, STATES, type StoredMessage } from './message.ts'
export { findDueAccounts } from './pending-changes.ts'
export {
  noteToldOfRequest,
  notToldOfRequest,
  SECURITY_SUBJECTS,
  type SecurityMessage,
  summarizeSecurity,
  tellSecurity,
} from './security.ts'
export { canGetEmail, getPreferences, NOTIFIED_ROLES, updatePreferences, wantsEmail } from './preferences.ts'

interface PruneInput {
  shards: readonly Shard[]
  /** Milliseconds since 1970. */
  now: number
  /** How long a message is kept, in milliseconds. */
  retentionMs: number
  /** Most rows to delete from each table of each database. */
  limit: number
}

/** Messages outlive their deliveries by this, because a delivery can be repeated. */
export const MESSAGE_MARGIN_MS = 4 * 86_400_000

/** Deletes deliveries and messages older than the retention, oldest first. @returns how many */
export async function pruneNotifications({ shards, now, retentionMs, limit }: PruneInput): Promise<number> {
  const old = (age: number) => sql`created_at < ${now - age} ORDER BY created_at LIMIT ${limit}`
  const deliveries = sql`SELECT account_id, id FROM ${notificationDeliveries}
    WHERE status <> 'pending' AND ${old(retentionMs)}`
  const messages = sql`SELECT account_id, id FROM ${notificationMessages} WHERE ${old(retentionMs + MESSAGE_MARGIN_MS)}`
  return onEach(shards, async ({ db }) => {
    const [first, second] = await db.batch([
      db
        .delete(notificationDeliveries)
        .where(sql`(${notificationDeliveries.accountId}, ${notificationDeliveries.id}) IN (${deliveries})`),
      db
        .delete(notificationMessages)
        .where(sql`(${notificationMessages.accountId}, ${notificationMessages.id}) IN (${messages})`),
    ])
    return first.meta.changes + second.meta.changes
  })
}
