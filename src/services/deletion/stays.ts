import { and, eq, ne, notExists, type SQL, sql } from 'drizzle-orm'
import { deletions } from '../../db/schema/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'

const going = (accountId: string) => and(eq(deletions.subjectId, accountId), ne(deletions.phase, 'resuming'))

/** Holds while an account is not to be deleted. For the statements that start something in it. */
export const stays = ({ db }: Pick<ServiceContext, 'db'>, accountId: string): SQL =>
  notExists(
    db
      .select({ one: sql`1` })
      .from(deletions)
      .where(going(accountId)),
  )

/** Refuses to start anything in an account that is to be deleted. @throws ServiceError `account_leaving` */
export async function assertStays({ db }: Pick<ServiceContext<Actor>, 'db'>, accountId: string): Promise<void> {
  const found = await db.select({ id: deletions.subjectId }).from(deletions).where(going(accountId)).limit(1)
  if (found.length > 0) throw new ServiceError('account_leaving')
}
