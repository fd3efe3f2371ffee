import { and, asc, eq, inArray, lt, notInArray } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { integrations } from '../../db/schema/index.ts'
import { nextCheckAt, RESTING } from './connection.ts'

/**
 * Takes on integrations of all accounts whose next check is overdue at `now` (milliseconds), the longest overdue first.
 * Each is put off as after a failure at once, so that neither a tick that overlaps this one nor a check that breaks off
 * every time keeps the others waiting.
 */
export function claimDueChecks({ db, now, limit }: { db: Db; now: number; limit: number }) {
  const due = db
    .select({ id: integrations.id })
    .from(integrations)
    .where(
      and(
        lt(integrations.nextCheckAt, new Date(now)),
        eq(integrations.isActive, true),
        notInArray(integrations.connection, [...RESTING]),
      ),
    )
    .orderBy(asc(integrations.nextCheckAt), asc(integrations.id))
    .limit(limit)
  return db
    .update(integrations)
    .set({ nextCheckAt: nextCheckAt(now, false) })
    .where(inArray(integrations.id, due))
    .returning({ id: integrations.id, accountId: integrations.accountId })
}
