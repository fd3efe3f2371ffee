import { and, desc, eq, inArray, isNull } from 'drizzle-orm'
import { DELIVERY_ERRORS, type DeliveryErrorCode } from '../../contract/notifications.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { memberships, notificationEndpoints, notificationMessages, users } from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'
import type { Failure } from './record.ts'
import { type EndpointRow, isEndpoint } from '../endpoints/index.ts'
import { type EndpointFailing, postMessages, NOTIFIED_ROLES, wantsEmail } from '../notifications/index.ts'

/** Failures shorter than this are not reported. */
const ALERT_AFTER_MS = 3_600_000

type AlertContext = Pick<ServiceContext, 'db' | 'config' | 'newId'>

const isLong = ({ failingSince, failingToldAt }: EndpointRow, code: DeliveryErrorCode, now: number) =>
  failingToldAt === null &&
  (code === 'gone' || (failingSince !== null && now - failingSince.getTime() >= ALERT_AFTER_MS))

function messageOf(endpoint: EndpointRow, { code, detail }: Failure, now: number): EndpointFailing {
  const { fix } = DELIVERY_ERRORS[code]
  return {
    type: 'endpoint.failing',
    timestamp: new Date(now).toISOString(),
    data: {
      endpoint_id: endpoint.id,
      name: endpoint.name,
      host: URL.parse(endpoint.url)?.host ?? '',
      since: (endpoint.failingSince ?? new Date(now)).toISOString(),
      detail,
      fix,
    },
  }
}

/** The number of an account's newest message. */
const lastSeq = ({ db }: AlertContext, accountId: string) =>
  db
    .select({ seq: notificationMessages.seq })
    .from(notificationMessages)
    .where(eq(notificationMessages.accountId, accountId))
    .orderBy(desc(notificationMessages.seq))
    .limit(1)

const adminsOf = ({ db }: AlertContext, accountId: string) =>
  db
    .select({ userId: memberships.userId })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.accountId, accountId),
        inArray(memberships.role, [...NOTIFIED_ROLES]),
        eq(users.isActive, true),
        eq(users.emailVerified, true),
        wantsEmail,
      ),
    )

/**
 * E-mails the owners and admins, once, that an endpoint has been failing for an hour or has answered 410. Does nothing
 * if e-mail is not configured; the endpoint's state shows the failure.
 * @param input.endpoint as it was before the failed attempt
 * @returns whether a message was stored
 */
export async function alertFailing({
  ctx,
  input: { endpoint, failure, now },
}: {
  ctx: AlertContext
  input: { endpoint: EndpointRow; failure: Failure; now: number }
}): Promise<boolean> {
  if (!ctx.config.email || !isLong(endpoint, failure.code, now)) return false
  const { accountId } = endpoint
  const found = isEndpoint(accountId, endpoint.id)
  const [[newest], people] = await ctx.db.batch([lastSeq(ctx, accountId), adminsOf(ctx, accountId)])
  const input = {
    accountId,
    seq: (newest?.seq ?? 0) + 1,
    message: messageOf(endpoint, failure, now),
    summary: `The webhook “${endpoint.name}” can’t be reached`,
    changes: 0,
    endpointIds: [],
    userIds: people.map(({ userId }) => userId),
  }
  const markAlerted = ctx.db
    .update(notificationEndpoints)
    .set({ failingToldAt: new Date(now) })
    .where(and(found, isNull(notificationEndpoints.failingToldAt)))
  try {
    await ctx.db.batch([...postMessages({ ...ctx, now }, [input]), markAlerted])
    return true
  } catch (error) {
    // another message of the account took this number; the next failed attempt alerts
    if (isUniqueViolation(error, 'notification_messages')) return false
    throw error
  }
}
