import { and, eq, inArray } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { notificationMessages } from '../../db/events/schema.ts'
import { memberships, notificationEndpoints, users } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { failure, type Outcome, sendEmail, sendWebhook } from '../channels/index.ts'
import type { ServiceContext } from '../context.ts'
import type { EndpointRow } from '../endpoints/index.ts'
import type { ClaimedDelivery } from './claim.ts'
import { canGetEmail, type StoredMessage, wantsEmail } from '../notifications/index.ts'

/** A claimed delivery with its message and recipient; both recipients are null if it no longer exists. */
export interface PreparedDelivery {
  delivery: ClaimedDelivery
  body: string
  endpoint: EndpointRow | null
  address: string | null
}

/** Messages of a page of deliveries. */
const listMessages = (shard: Db, page: readonly ClaimedDelivery[]) =>
  shard
    .select({ id: notificationMessages.id, body: notificationMessages.body })
    .from(notificationMessages)
    .where(
      and(
        inArray(notificationMessages.accountId, [...new Set(page.map(({ accountId }) => accountId))]),
        inArray(
          notificationMessages.id,
          page.map(({ messageId }) => messageId),
        ),
      ),
    )

/** Recipients of a page of deliveries. A person must still be a member who wants e-mail: people who left learn nothing. */
function listRecipients(db: Db, page: readonly ClaimedDelivery[]) {
  const accounts = [...new Set(page.map(({ accountId }) => accountId))]
  const endpoints = page.map(({ endpointId }) => endpointId ?? '')
  const people = page.map(({ userId }) => userId ?? '')
  return db.batch([
    db
      .select()
      .from(notificationEndpoints)
      .where(and(inArray(notificationEndpoints.accountId, accounts), inArray(notificationEndpoints.id, endpoints))),
    db
      .select({ accountId: memberships.accountId, userId: memberships.userId, address: users.email })
      .from(memberships)
      .innerJoin(users, and(eq(users.id, memberships.userId), canGetEmail))
      .where(and(inArray(memberships.accountId, accounts), inArray(memberships.userId, people), wantsEmail)),
  ])
}

/**
 * Loads messages and recipients of a page of deliveries, in three queries.
 * @param db the control database
 * @param shard the event database that the page is from
 */
export async function loadDeliveries(db: Db, shard: Db, page: readonly ClaimedDelivery[]): Promise<PreparedDelivery[]> {
  const [messages, [endpoints, people]] = await Promise.all([listMessages(shard, page), listRecipients(db, page)])
  return page.map((delivery) => {
    const { accountId, endpointId, userId, messageId } = delivery
    const isOwn = (row: { accountId: string }) => row.accountId === accountId
    const message = messages.find(({ id }) => id === messageId)
    if (!message) return { delivery, body: '', endpoint: null, address: null }
    return {
      delivery,
      body: message.body,
      endpoint: endpoints.find((row) => isOwn(row) && row.id === endpointId) ?? null,
      address: people.find((row) => isOwn(row) && row.userId === userId)?.address ?? null,
    }
  })
}

type AttemptContext = Pick<ServiceContext, 'db' | 'config' | 'now'>

const isFinal = { isFinal: true }

const GONE = failure('recipient_gone', 'The recipient no longer exists.', isFinal)

async function attemptWebhook(ctx: AttemptContext, { delivery, endpoint, body }: PreparedDelivery): Promise<Outcome> {
  if (!endpoint) return GONE
  if (!endpoint.isActive) return failure('switched_off', 'The endpoint was switched off.', isFinal)
  return sendWebhook({ ctx, input: { endpoint, id: delivery.messageId, body } })
}

async function attemptEmail(ctx: AttemptContext, prepared: PreparedDelivery): Promise<Outcome> {
  const { delivery, body, address } = prepared
  if (address === null) return GONE
  const message = JSON.parse(body) as StoredMessage
  const { accountId, userId, id: idempotencyKey } = delivery
  return sendEmail({ ctx, input: { to: address, message, accountId, userId: userId ?? '', idempotencyKey } })
}

/** Makes one delivery attempt. Never throws: a fault of ours is an outcome, too, so that retries end. */
export async function attemptDelivery(ctx: AttemptContext, prepared: PreparedDelivery): Promise<Outcome> {
  try {
    return await (prepared.delivery.channel === 'email' ? attemptEmail(ctx, prepared) : attemptWebhook(ctx, prepared))
  } catch (cause) {
    log.error('delivery broke off', { delivery: prepared.delivery.id, cause })
    return failure('internal_error', 'The attempt was interrupted by a fault of ours.')
  }
}
