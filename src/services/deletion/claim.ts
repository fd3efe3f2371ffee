import { and, asc, eq, lte } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { deletions } from '../../db/schema/index.ts'

export type ClaimedDeletion = typeof deletions.$inferSelect

/** How long nobody else works on a claimed deletion: longer than a tick lasts. */
const LEASE_MS = 5 * 60_000

/**
 * Takes the deletion that has been due longest, if one is. Two ticks at once never take the same: the update names the
 * time that was read. A tick that crashes leaves it to the next one, after the lease.
 */
export async function claimDeletion({ db, now }: { db: Db; now: number }): Promise<ClaimedDeletion | null> {
  const [row] = await db
    .select()
    .from(deletions)
    .where(lte(deletions.nextAt, new Date(now)))
    .orderBy(asc(deletions.nextAt))
    .limit(1)
  if (!row) return null
  const [claimed] = await db
    .update(deletions)
    .set({ nextAt: new Date(now + LEASE_MS) })
    .where(and(eq(deletions.subjectId, row.subjectId), eq(deletions.nextAt, row.nextAt)))
    .returning()
  return claimed ?? null
}
