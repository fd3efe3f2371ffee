import { and, eq } from 'drizzle-orm'
import { memberships, notificationEndpoints, notificationMessages, users } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { composeEmail } from '../email/compose.ts'
import { sendEmail } from '../email/send.ts'
import { isEndpoint } from '../endpoints/internal.ts'
import type { StoredMessage } from '../notifications/message.ts'
import { wantsEmail } from '../notifications/read-account.ts'
import type { ClaimedDelivery } from './claim.ts'
import { failure, type Outcome } from './outcome.ts'
import { sendWebhook } from './send-webhook.ts'

type AttemptContext = Pick<Context, 'db' | 'config' | 'now'>

const isFinal = { isFinal: true }
const GONE = failure('recipient_gone', 'There is nobody to deliver this to any more.', isFinal)

const messageOf = ({ db }: AttemptContext, { accountId, messageId }: ClaimedDelivery) =>
  db
    .select({ body: notificationMessages.body, summary: notificationMessages.summary })
    .from(notificationMessages)
    .where(and(eq(notificationMessages.accountId, accountId), eq(notificationMessages.id, messageId)))
    .limit(1)

async function attemptWebhook(ctx: AttemptContext, delivery: ClaimedDelivery): Promise<Outcome> {
  const [[message], [endpoint]] = await ctx.db.batch([
    messageOf(ctx, delivery),
    ctx.db
      .select()
      .from(notificationEndpoints)
      .where(isEndpoint(delivery.accountId, delivery.endpointId ?? ''))
      .limit(1),
  ])
  if (!message || !endpoint) return GONE
  if (!endpoint.isActive) return failure('switched_off', 'The endpoint was switched off.', isFinal)
  return sendWebhook({ ctx, input: { endpoint, id: delivery.messageId, body: message.body } })
}

/** To members alone who still want it: who has left is told nothing of the account. */
async function attemptEmail(ctx: AttemptContext, delivery: ClaimedDelivery): Promise<Outcome> {
  const { email, environment, publicUrl } = ctx.config
  if (!email) return failure('email_not_configured', 'E-mail is not configured.', isFinal)
  const [[message], [person]] = await ctx.db.batch([
    messageOf(ctx, delivery),
    ctx.db
      .select({ address: users.email })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(
        and(
          eq(memberships.accountId, delivery.accountId),
          eq(memberships.userId, delivery.userId ?? ''),
          eq(users.isActive, true),
          wantsEmail,
        ),
      )
      .limit(1),
  ])
  if (!message || !person) return GONE
  const text = composeEmail(JSON.parse(message.body) as StoredMessage, message.summary, publicUrl)
  return sendEmail({ email, environment, to: person.address, text, idempotencyKey: delivery.id, now: ctx.now() })
}

/** Makes one attempt to deliver; whatever happens is an outcome. */
export function attemptDelivery(ctx: AttemptContext, delivery: ClaimedDelivery): Promise<Outcome> {
  return delivery.channel === 'email' ? attemptEmail(ctx, delivery) : attemptWebhook(ctx, delivery)
}
