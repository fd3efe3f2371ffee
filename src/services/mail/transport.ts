import { allowsLoopback, type Config, type MailTransport } from '../../config.ts'
import { postJson } from '../../lib/outbound-http.ts'
import { emailOutcome, failure, type Outcome } from '../channels/outcome.ts'
import type { MailKind } from './kinds.ts'
import type { MailText } from './render.ts'
import { sink } from './sink.ts'

export interface Mail extends MailText {
  to: string
  kind: MailKind
  headers: Record<string, string>
}

const TIMEOUT_MS = 10_000

/** One mailbox: no list, no display name, nothing that ends a header's line. */
const MAILBOX = /^[^\s@<>()[\]\\,;:"\p{C}]{1,64}@[^\s@<>()[\]\\,;:"\p{C}]{1,253}$/u

/** Whether a text fits into one header (RFC 5322). */
const isHeader = (text: string) => text.length > 0 && text.length <= 998 && !/\p{C}/u.test(text)

/** Codes of Cloudflare's email binding that concern this mail. The others concern the sender, a limit, or an outage. */
const REFUSED = new Set(['E_RECIPIENT_NOT_ALLOWED', 'E_VALIDATION_ERROR', 'E_FIELD_MISSING', 'E_CONTENT_TOO_LARGE'])

function parseFrom(from: string): string | EmailAddress {
  const named = /^\s*(.*?)\s*<([^<>]+)>\s*$/.exec(from)
  return named?.[1] && named[2] ? { name: named[1].replaceAll('"', ''), email: named[2] } : from
}

function bindingFailure(error: unknown): Outcome {
  const given = error instanceof Error && 'code' in error ? String(error.code) : ''
  const code = /^E_[A-Z_]{1,60}$/.test(given) ? given : 'no code'
  const detail = `The e-mail service refused it (${code}).`
  if (code === 'E_RECIPIENT_SUPPRESSED') return failure('email_suppressed', detail, { isFinal: true })
  if (REFUSED.has(code)) return failure('email_refused', detail, { isFinal: true })
  return failure('email_unavailable', detail, { isOutage: true })
}

async function sendByBinding({ binding, from }: Extract<MailTransport, { kind: 'binding' }>, mail: Mail) {
  const { to, subject, text, html, headers } = mail
  try {
    await binding.send({ from: parseFrom(from), to, subject, text, html, headers })
    return { ok: true, status: 202 } as const
  } catch (error) {
    return bindingFailure(error)
  }
}

interface SendOptions {
  config: Pick<Config, 'email' | 'environment'>
  /** The provider sends one mail per key. */
  idempotencyKey: string
  /** Tries once more, with the same key, when the provider is away. */
  triesAgain: boolean
  now: number
}

async function sendByHttp(transport: Extract<MailTransport, { kind: 'http' }>, mail: Mail, options: SendOptions) {
  const { to, subject, text, html, headers } = mail
  const result = await postJson({
    url: transport.apiUrl,
    headers: { authorization: `Bearer ${transport.apiKey}`, 'idempotency-key': options.idempotencyKey },
    body: JSON.stringify({ from: transport.from, to: [to], subject, text, html, headers }),
    timeoutMs: TIMEOUT_MS,
    allowLoopback: allowsLoopback(options.config),
    now: options.now,
  })
  return emailOutcome(result)
}

async function handOverOnce(mail: Mail, options: SendOptions): Promise<Outcome> {
  const transport = options.config.email
  if (!transport) return failure('email_not_configured', 'E-mail is not configured.', { isFinal: true })
  if (transport.kind === 'http') return sendByHttp(transport, mail, options)
  if (transport.kind === 'binding') return sendByBinding(transport, mail)
  sink(mail, options.now)
  return { ok: true, status: 202 }
}

/** Hands one mail to whatever is configured: Cloudflare's email binding, an HTTP provider, or the sink. */
export async function handOver(mail: Mail, options: SendOptions): Promise<Outcome> {
  if (!MAILBOX.test(mail.to)) return failure('email_refused', 'The address can’t get mail.', { isFinal: true })
  const headers = [...Object.entries(mail.headers).flat(), mail.subject]
  if (!headers.every(isHeader)) throw new Error('a header of a mail is not one line')
  const outcome = await handOverOnce(mail, options)
  const isWorthAnother = options.triesAgain && !outcome.ok && outcome.isOutage
  return isWorthAnother ? handOverOnce(mail, options) : outcome
}
