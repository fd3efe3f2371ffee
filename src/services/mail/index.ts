import { log } from '../../lib/log.ts'
import { failure, type Outcome } from '../channels/outcome.ts'
import { admitMail, type MailContext } from './admit.ts'
import type { LetterKind, MailKind, MailLocale } from './kinds.ts'
import { composeLetter } from './letters.ts'
import type { MailText } from './render.ts'
import { suppressAddress } from './suppress.ts'
import { handOver } from './transport.ts'
import { unsubscribeInvitations } from './unsubscribe.ts'
export { MAIL_BUDGETS } from './admit.ts'
export { type LetterKind, MAIL_LOCALES, type MailKind, type MailLocale } from './kinds.ts'
export { type MailText, type Paragraph, renderMail } from './render.ts'
export { emptySink, readSink, type SunkMail } from './sink.ts'
export { pruneMail } from './suppress.ts'
export { getSubscription, setSubscribed, unsubscribeNotices } from './unsubscribe.ts'

interface Delivery {
  to: string
  kind: MailKind
  /** Composes the mail in the recipient's language; null where that is not known. */
  compose: (locale: MailLocale | null) => Promise<MailText & { headers: Record<string, string> }>
  /** The provider sends one mail per key. */
  idempotencyKey: string
  /** Tries once more when the provider is away, for a mail that nobody repeats later. */
  triesAgain?: boolean
}

/** Sends one mail, if its address may have it; see admit.ts. Every mail goes through here. */
export async function deliverMail(
  ctx: MailContext,
  { to, kind, compose, idempotencyKey, triesAgain = false }: Delivery,
): Promise<Outcome> {
  if (!ctx.config.email) return failure('email_not_configured', 'E-mail is not configured.', { isFinal: true })
  const { refused, locale } = await admitMail(ctx, { to, kind })
  if (refused) return refused
  const mail = { ...(await compose(locale)), to, kind }
  const outcome = await handOver(mail, { config: ctx.config, idempotencyKey, triesAgain, now: ctx.now() })
  if (!outcome.ok && outcome.code === 'email_suppressed') await suppressAddress(ctx, to)
  return outcome
}

export interface SendMail {
  to: string
  kind: LetterKind
  /** By default the recipient's own, as far as it is known. */
  locale?: MailLocale
  /** `link` must lead to PUBLIC_URL; all others are words, see {@link composeLetter}. */
  params: Record<string, string>
  /** For a mail that its caller repeats after an outage: the provider sends one per key. By default it is tried twice at once. */
  idempotencyKey?: string
}

/** An invitation can be left by one click. Security mail can't: it is how an owner learns of a stranger. */
async function composeWithHeaders({ config }: MailContext, { to, kind, params }: SendMail, locale: MailLocale) {
  const { publicUrl } = config
  if (kind !== 'invitation') return { ...composeLetter({ kind, locale, params, publicUrl }), headers: {} }
  const { url, headers } = await unsubscribeInvitations(config, to)
  return { ...composeLetter({ kind, locale, params, publicUrl, unsubscribe: url }), headers }
}

/**
 * Composes and sends one letter. Unless the caller repeats it, an outage is tried once more with the same key, so that it
 * arrives once.
 * @returns the outcome, for callers that show it
 */
export async function trySendMail({ ctx, input }: { ctx: MailContext; input: SendMail }): Promise<Outcome> {
  const { to, kind } = input
  const outcome = await deliverMail(ctx, {
    to,
    kind,
    compose: (known) => composeWithHeaders(ctx, input, input.locale ?? known ?? 'en'),
    idempotencyKey: input.idempotencyKey ?? crypto.randomUUID(),
    triesAgain: input.idempotencyKey === undefined,
  })
  if (!outcome.ok) log.warn('mail not sent', { kind, code: outcome.code, status: outcome.status })
  return outcome
}

/**
 * Sends one letter. Resolves whether or not it could be sent: callers answer the same, so that nobody learns from an
 * answer which addresses exist. The log says what was not sent, never to whom.
 * @throws Error for a link that leads elsewhere than to PUBLIC_URL
 */
export async function sendMail(args: { ctx: MailContext; input: SendMail }): Promise<void> {
  await trySendMail(args)
}
