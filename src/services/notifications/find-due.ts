import { lte } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { connectionWatch } from '../../db/schema/index.ts'

interface FindInput {
  db: Db
  /** Milliseconds since 1970. */
  now: number
  limit: number
}

/** Accounts that have something to be told. */
export async function findDueAccounts({ db, now, limit }: FindInput): Promise<string[]> {
  const rows = await db
    .selectDistinct({ accountId: connectionWatch.accountId })
    .from(connectionWatch)
    .where(lte(connectionWatch.dueAt, new Date(now)))
    .limit(limit)
  return rows.map(({ accountId }) => accountId)
}
