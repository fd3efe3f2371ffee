import { and, eq, exists, inArray, isNull } from 'drizzle-orm'
import { DELIVERY_ERRORS, type DeliveryErrorCode } from '../../contract/notifications.ts'
import { memberships, notificationEndpoints, users } from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'
import type { Failure } from './record.ts'
import { type EndpointRow, isEndpoint } from '../endpoints/index.ts'
import { canGetEmail, type EndpointFailing, postOne, NOTIFIED_ROLES, wantsEmail } from '../notifications/index.ts'

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

const adminsOf = ({ db }: AlertContext, accountId: string) =>
  db
    .select({ userId: memberships.userId })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.accountId, accountId),
        inArray(memberships.role, [...NOTIFIED_ROLES]),
        canGetEmail,
        wantsEmail,
      ),
    )

/**
 * E-mails the owners and admins, once, that an endpoint has been failing for an hour or has answered 410. Does nothing
 * if e-mail is not configured; the endpoint's state shows the failure.
 * @param input.endpoint as it was before the failed attempt
 * @returns whether a message was posted
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
  const people = await adminsOf(ctx, accountId)
  const message = {
    accountId,
    message: messageOf(endpoint, failure, now),
    summary: `The webhook “${endpoint.name}” can’t be reached`,
    changes: 0,
    endpointIds: [],
    userIds: people.map(({ userId }) => userId),
  }
  const isNews = and(isEndpoint(accountId, endpoint.id), isNull(notificationEndpoints.failingToldAt))
  const when = exists(ctx.db.select({ id: notificationEndpoints.id }).from(notificationEndpoints).where(isNews))
  const markAlerted = ctx.db
    .update(notificationEndpoints)
    .set({ failingToldAt: new Date(now) })
    .where(isNews)
    .returning({ id: notificationEndpoints.id })
  const [, alerted] = await ctx.db.batch([postOne({ ...ctx, now }, message, when), markAlerted])
  return alerted.length > 0
}
