import type { Config } from '../../config.ts'
import { log } from '../../lib/log.ts'
import type { Outcome } from '../channels/outcome.ts'
import type { LetterKind, MailLocale } from './kinds.ts'
import { composeLetter } from './letters.ts'
import { handOver, type Mail } from './transport.ts'
export { type LetterKind, MAIL_LOCALES, type MailKind, type MailLocale } from './kinds.ts'
export { type MailText, type Paragraph, renderMail } from './render.ts'
export { emptySink, readSink, type SunkMail } from './sink.ts'
export { handOver, type Mail } from './transport.ts'

interface MailContext {
  config: Config
  now: () => number
}

export interface SendMail {
  to: string
  kind: LetterKind
  /** By default the recipient's own, as far as it is known. */
  locale?: MailLocale
  /** `link` must lead to PUBLIC_URL; all others are words, see {@link composeLetter}. */
  params: Record<string, string>
}

/**
 * Composes and sends one letter. An outage is tried once more with the same key, so that it arrives once.
 * @returns the outcome, for callers that show it
 */
export async function trySendMail({ ctx, input }: { ctx: MailContext; input: SendMail }): Promise<Outcome> {
  const { to, kind, params, locale = 'en' } = input
  const letter = composeLetter({ kind, locale, params, publicUrl: ctx.config.publicUrl })
  const mail: Mail = { ...letter, to, kind, headers: {} }
  const options = { config: ctx.config, idempotencyKey: crypto.randomUUID(), now: ctx.now() }
  const first = await handOver(mail, options)
  const outcome = !first.ok && first.isOutage ? await handOver(mail, options) : first
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
