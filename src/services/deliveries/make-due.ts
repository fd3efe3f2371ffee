import { and, eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { notificationDeliveries } from '../../db/schema/index.ts'

/** Has what waits for an endpoint be tried with the next tick: it is well again, or is somewhere else. */
export function makePendingDue(db: Db, endpoint: { accountId: string; id: string }, now: number) {
  return db
    .update(notificationDeliveries)
    .set({ nextAttemptAt: new Date(now) })
    .where(
      and(
        eq(notificationDeliveries.accountId, endpoint.accountId),
        eq(notificationDeliveries.endpointId, endpoint.id),
        eq(notificationDeliveries.status, 'pending'),
      ),
    )
}
