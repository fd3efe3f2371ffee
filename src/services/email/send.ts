import type { Config, EmailConfig } from '../../config.ts'
import { postJson } from '../../lib/post.ts'
import { emailOutcome, type Outcome } from '../deliveries/outcome.ts'
import type { EmailText } from './compose.ts'

const TIMEOUT_MS = 10_000

interface SendInput {
  email: EmailConfig
  environment: Config['environment']
  to: string
  text: EmailText
  /** The provider sends what has the same key once. */
  idempotencyKey: string
  now: number
}

/** Hands one e-mail to the configured provider. */
export async function sendEmail({ email, environment, to, text, idempotencyKey, now }: SendInput): Promise<Outcome> {
  const result = await postJson({
    url: email.apiUrl,
    headers: { authorization: `Bearer ${email.apiKey}`, 'idempotency-key': idempotencyKey },
    body: JSON.stringify({ from: email.from, to: [to], ...text }),
    timeoutMs: TIMEOUT_MS,
    allowLoopback: environment !== 'production',
    now,
  })
  return emailOutcome(result)
}
