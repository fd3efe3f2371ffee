import { and, eq, ne } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { auditLog } from '../../db/schema/index.ts'

/**
 * The statement that removes from where a person acted, in all accounts. Their records keep their user id, which then
 * names nobody, and the chain still verifies.
 */
export const eraseOrigins = (db: Db, userId: string) =>
  db
    .update(auditLog)
    .set({ origin: '' })
    .where(and(eq(auditLog.actor, `user:${userId}`), ne(auditLog.origin, '')))
