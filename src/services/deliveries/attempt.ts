import { log } from '../../lib/log.ts'
import type { Context } from '../context.ts'
import { composeEmail } from '../email/compose.ts'
import { sendEmail } from '../email/send.ts'
import type { StoredMessage } from '../notifications/message.ts'
import type { PreparedDelivery } from './load.ts'
import { failure, type Outcome } from './outcome.ts'
import { sendWebhook } from './send-webhook.ts'

type AttemptContext = Pick<Context, 'config' | 'now'>

const isFinal = { isFinal: true }
const GONE = failure('recipient_gone', 'There is nobody to deliver this to any more.', isFinal)

async function attemptWebhook(ctx: AttemptContext, { delivery, endpoint, body }: PreparedDelivery): Promise<Outcome> {
  if (!endpoint) return GONE
  if (!endpoint.isActive) return failure('switched_off', 'The endpoint was switched off.', isFinal)
  return sendWebhook({ ctx, input: { endpoint, id: delivery.messageId, body } })
}

async function attemptEmail(ctx: AttemptContext, prepared: PreparedDelivery): Promise<Outcome> {
  const { email, environment, publicUrl } = ctx.config
  const { delivery, body, summary, address } = prepared
  if (!email) return failure('email_not_configured', 'E-mail is not configured.', isFinal)
  if (address === null) return GONE
  const text = composeEmail(JSON.parse(body) as StoredMessage, summary, publicUrl)
  return sendEmail({ email, environment, to: address, text, idempotencyKey: delivery.id, now: ctx.now() })
}

/** Makes one attempt to deliver; whatever happens is an outcome, a fault of ours, too, so that it is not tried for ever. */
export async function attemptDelivery(ctx: AttemptContext, prepared: PreparedDelivery): Promise<Outcome> {
  try {
    return await (prepared.delivery.channel === 'email' ? attemptEmail(ctx, prepared) : attemptWebhook(ctx, prepared))
  } catch (cause) {
    log.error('delivery broke off', { delivery: prepared.delivery.id, cause })
    return failure('internal_error', 'The attempt broke off here.')
  }
}
