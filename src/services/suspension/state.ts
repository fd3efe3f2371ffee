import { and, eq, isNotNull, notExists, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { accounts } from '../../db/schema/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'

const suspended = (accountId: string | SQLiteColumn) => and(eq(accounts.id, accountId), isNotNull(accounts.suspendedAt))

/** Holds while an account is not suspended. For the statements that write into an account from outside of it. */
export const isOpen = ({ db }: Pick<ServiceContext, 'db'>, accountId: string | SQLiteColumn): SQL =>
  notExists(
    db
      .select({ one: sql`1` })
      .from(accounts)
      .where(suspended(accountId)),
  )

/** Refuses to write into an account that is suspended. @throws ServiceError `account_suspended` */
export async function assertOpen({ db }: Pick<ServiceContext<Actor>, 'db'>, accountId: string): Promise<void> {
  const [found] = await db
    .select({ reason: accounts.suspensionReason })
    .from(accounts)
    .where(suspended(accountId))
    .limit(1)
  if (found) throw new ServiceError('account_suspended')
}

/** Accounts that are suspended, up to a bound: the jobs of the cron leave them alone. */
export async function listSuspended({ db }: Pick<ServiceContext, 'db'>, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(isNotNull(accounts.suspension), isNotNull(accounts.suspendedAt)))
    .limit(limit)
  return rows.map(({ id }) => id)
}
