import { and, eq } from 'drizzle-orm'
import { sessions, users } from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { readCredentials, verifySessionToken } from './credentials.ts'

/** For how long after signing in, or typing the password again, sensitive changes are allowed. */
export const FRESH_MS = 15 * 60_000

/** Until when a session allows sensitive changes, in milliseconds since 1970. */
export const freshUntil = ({ createdAt, confirmedAt }: { createdAt: Date; confirmedAt: Date | null }): number =>
  Math.max(createdAt.getTime(), confirmedAt?.getTime() ?? 0) + FRESH_MS

type Person = typeof users.$inferSelect
type OwnSession = typeof sessions.$inferSelect

/**
 * The person who asks, and the session that they ask with.
 * @throws ServiceError `invalid_session`, `person_required`
 */
export async function loadSelf(
  ctx: ServiceContext,
  headers: Headers,
): Promise<{ person: Person; session: OwnSession }> {
  const credentials = readCredentials(ctx.config, headers)
  if (ctx.actor.kind !== 'user' || credentials.kind !== 'session') throw new ServiceError('person_required')
  const token = await verifySessionToken(ctx.config.sessionSecret, credentials.signedToken)
  if (token === null) throw new ServiceError('invalid_session')
  const isMine = and(eq(sessions.token, token), eq(sessions.userId, ctx.actor.userId))
  const [found] = await ctx.db
    .select({ person: users, session: sessions })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(isMine)
    .limit(1)
  if (!found) throw new ServiceError('invalid_session')
  return found
}
