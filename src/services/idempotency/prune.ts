import { asc, inArray, lt } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { idempotencyKeys } from '../../db/schema/index.ts'

/** Deletes answers that nobody can ask for any more, the oldest first. @returns how many */
export async function pruneIdempotencyKeys({
  db,
  now,
  limit,
}: {
  db: Db
  now: number
  limit: number
}): Promise<number> {
  const expired = db
    .select({ id: idempotencyKeys.id })
    .from(idempotencyKeys)
    .where(lt(idempotencyKeys.expiresAt, new Date(now)))
    .orderBy(asc(idempotencyKeys.expiresAt))
    .limit(limit)
  const pruned = await db
    .delete(idempotencyKeys)
    .where(inArray(idempotencyKeys.id, expired))
    .returning({ id: idempotencyKeys.id })
  return pruned.length
}
