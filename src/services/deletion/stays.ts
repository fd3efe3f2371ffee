import { and, eq, ne } from 'drizzle-orm'
import { deletions } from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'

/** Refuses to start anything in an account that is to be deleted. @throws ServiceError `account_leaving` */
export async function assertStays({ db, actor }: Pick<ServiceContext, 'db' | 'actor'>): Promise<void> {
  const going = and(eq(deletions.subjectId, actor.accountId), ne(deletions.phase, 'resuming'))
  const found = await db.select({ id: deletions.subjectId }).from(deletions).where(going).limit(1)
  if (found.length > 0) throw new ServiceError('account_leaving')
}
