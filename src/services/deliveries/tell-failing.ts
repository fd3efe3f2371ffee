import { and, eq, inArray, isNull } from 'drizzle-orm'
import { DELIVERY_ERRORS } from '../../contract/notifications.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { memberships, notificationEndpoints, users } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { isEndpoint, type EndpointRow } from '../endpoints/internal.ts'
import type { EndpointFailing } from '../notifications/message.ts'
import { postMessage } from '../notifications/post-message.ts'
import { lastSeq, wantsEmail } from '../notifications/read-account.ts'

/** Shorter failures are an endpoint's own business. */
const TOLD_AFTER_MS = 3_600_000

type TellContext = Pick<Context, 'db' | 'config' | 'newId'>

const isLong = ({ failingSince, failingToldAt, errorCode }: EndpointRow, now: number) =>
  failingSince !== null &&
  failingToldAt === null &&
  (errorCode === 'gone' || now - failingSince.getTime() >= TOLD_AFTER_MS)

function messageOf(endpoint: EndpointRow, now: number): EndpointFailing {
  const code = endpoint.errorCode ?? 'server_error'
  const { title, fix } = DELIVERY_ERRORS[code]
  return {
    type: 'endpoint.failing',
    timestamp: new Date(now).toISOString(),
    data: {
      endpoint_id: endpoint.id,
      name: endpoint.name,
      host: URL.parse(endpoint.url)?.host ?? '',
      since: (endpoint.failingSince ?? new Date(now)).toISOString(),
      detail: endpoint.errorDetail ?? title,
      fix,
    },
  }
}

const adminsOf = ({ db }: TellContext, accountId: string) =>
  db
    .select({ userId: memberships.userId })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.accountId, accountId),
        inArray(memberships.role, ['owner', 'admin']),
        eq(users.isActive, true),
        wantsEmail,
      ),
    )

/**
 * Tells the owners and admins by e-mail, once, that an endpoint has been failing for an hour, or says that it is gone.
 * Where e-mail is not configured the endpoint's own state tells it.
 * @returns whether anybody was told
 */
export async function tellFailing({
  ctx,
  input: { accountId, endpointId, now },
}: {
  ctx: TellContext
  input: { accountId: string; endpointId: string; now: number }
}): Promise<boolean> {
  if (!ctx.config.email) return false
  const found = isEndpoint(accountId, endpointId)
  const [endpoint] = await ctx.db.select().from(notificationEndpoints).where(found).limit(1)
  if (!endpoint || !isLong(endpoint, now)) return false
  const [[newest], people] = await ctx.db.batch([lastSeq(ctx.db, accountId), adminsOf(ctx, accountId)])
  const input = {
    accountId,
    seq: (newest?.seq ?? 0) + 1,
    message: messageOf(endpoint, now),
    summary: `The webhook “${endpoint.name}” can’t be reached`,
    changes: 0,
    endpointIds: [],
    userIds: people.map(({ userId }) => userId),
  }
  const told = ctx.db
    .update(notificationEndpoints)
    .set({ failingToldAt: new Date(now) })
    .where(and(found, isNull(notificationEndpoints.failingToldAt)))
  try {
    await ctx.db.batch([...postMessage({ ...ctx, now }, input), told])
    return true
  } catch (error) {
    // another message of the account was first: the next attempt that fails tells it
    if (isUniqueViolation(error, 'notification_messages')) return false
    throw error
  }
}
