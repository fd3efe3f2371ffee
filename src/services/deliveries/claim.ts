import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { notificationDeliveries } from '../../db/schema/index.ts'

/** Longer than a page of attempts takes; after that it counts as broken off, and is made again. */
const LEASE_MS = 3 * 60_000
/** Of so many that are due the next page is chosen. */
const LOOKED_AT = 500

interface ClaimInput {
  db: Db
  /** Milliseconds since 1970. */
  now: number
  limit: number
  /** E-mail waits while its provider is away. */
  withEmail: boolean
}

/**
 * Takes on a page of deliveries: one of each endpoint, the one that was tried least, and endpoints that are well before
 * those that fail, so that a hanging one holds up no other. The lease is part of the claim: two ticks at once take on
 * each one once, and what breaks off is due again.
 */
export async function claimDeliveries({ db, now, limit, withEmail }: ClaimInput) {
  const channel = withEmail ? sql`` : sql`AND channel <> 'email'`
  const due = sql`SELECT account_id, id, endpoint_id, attempts, next_attempt_at FROM notification_deliveries
    WHERE next_attempt_at <= ${now} ${channel} ORDER BY next_attempt_at LIMIT ${LOOKED_AT}`
  const ranked = sql`SELECT due.account_id, due.id, due.next_attempt_at, endpoint.failing_since IS NOT NULL AS is_ill,
      row_number() OVER (PARTITION BY ifnull(due.endpoint_id, due.id) ORDER BY due.attempts, due.id) AS place
    FROM (${due}) AS due LEFT JOIN notification_endpoints AS endpoint
      ON endpoint.account_id = due.account_id AND endpoint.id = due.endpoint_id`
  const page = sql`SELECT account_id, id FROM (${ranked}) WHERE place = 1 ORDER BY is_ill, next_attempt_at LIMIT ${limit}`
  return db
    .update(notificationDeliveries)
    .set({ nextAttemptAt: new Date(now + LEASE_MS), attempts: sql`${notificationDeliveries.attempts} + 1` })
    .where(sql`(${notificationDeliveries.accountId}, ${notificationDeliveries.id}) IN (${page})`)
    .returning()
}
export type ClaimedDelivery = Awaited<ReturnType<typeof claimDeliveries>>[number]
