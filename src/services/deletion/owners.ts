import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'

/** Whether an account has an owner, other than `besides`, who is not to be deleted. */
export const hasStayingOwner = (accountId: SQL, besides = ''): SQL => sql`EXISTS (
  SELECT 1 FROM memberships AS other WHERE other.account_id = ${accountId} AND other.role = 'owner'
    AND other.user_id <> ${besides} AND NOT EXISTS (SELECT 1 FROM deletions AS going WHERE going.subject_id = other.user_id))`

/** The accounts that stay, and that nobody but this person would own any more. */
const soleOwned = (userId: string): SQL => sql`FROM memberships AS mine
  WHERE mine.user_id = ${userId} AND mine.role = 'owner'
    AND NOT EXISTS (SELECT 1 FROM deletions AS gone WHERE gone.subject_id = mine.account_id AND gone.phase <> 'resuming')
    AND NOT ${hasStayingOwner(sql`mine.account_id`, userId)}`

/** The condition under which a person may be deleted. */
export const ownsNothingAlone = (userId: string): SQL => sql`NOT EXISTS (SELECT 1 ${soleOwned(userId)})`

/** Names of the accounts that keep a person from being deleted; a few of them. */
export async function listSoleOwned(db: Db, userId: string): Promise<string[]> {
  const rows = await db.all<{ name: string }>(
    sql`SELECT (SELECT name FROM accounts WHERE id = mine.account_id) AS name ${soleOwned(userId)} LIMIT 10`,
  )
  return rows.map(({ name }) => name)
}
