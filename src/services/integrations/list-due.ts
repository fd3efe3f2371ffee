import { and, asc, eq, lt } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { integrations } from '../../db/schema/index.ts'

/** Active integrations of all accounts whose next check is overdue at `now` (milliseconds), the longest overdue first. */
export function listDueChecks({ db, now, limit }: { db: Db; now: number; limit: number }) {
  return db
    .select({ id: integrations.id, accountId: integrations.accountId })
    .from(integrations)
    .where(and(lt(integrations.nextCheckAt, new Date(now)), eq(integrations.isActive, true)))
    .orderBy(asc(integrations.nextCheckAt), asc(integrations.id))
    .limit(limit)
}
