import { isNotNull } from 'drizzle-orm'
import { accounts } from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'

/** Accounts that are moved at once, at most. */
export const MOST_MOVING = 100

/** Accounts that are being moved to another event database. No query where there is one. */
export async function listMovingAccounts({ db, events }: Pick<ServiceContext, 'db' | 'events'>): Promise<string[]> {
  if (events.all().length <= 1) return []
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(isNotNull(accounts.eventsTarget))
    .limit(MOST_MOVING)
  return rows.map(({ id }) => id)
}
export { type DatabaseSize, MOST_BYTES, readSizes, recordSizes, SIZES_EVERY_MS } from './sizes.ts'
export { takeOver } from './take-over.ts'
