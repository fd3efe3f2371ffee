import type { DeliveryErrorCode } from '../../contract/notifications.ts'
import type { PostResult } from '../../lib/outbound-http.ts'

/** How one attempt went. */
export type Outcome =
  | { ok: true; status: number }
  | {
      ok: false
      code: DeliveryErrorCode
      detail: string
      /** HTTP status; null where there was no answer. */
      status: number | null
      retryAfterS: number | null
      /** No further attempt could go better. */
      isFinal: boolean
      /** It was not this message: whatever else goes the same way would fail, too. */
      isOutage: boolean
    }

type Unanswered = Exclude<PostResult, { kind: 'answered' | 'address_refused' }>['kind']

const UNANSWERED: Record<Unanswered, { code: DeliveryErrorCode; words: string }> = {
  timed_out: { code: 'timed_out', words: 'did not answer in time' },
  name_not_found: { code: 'name_not_found', words: 'has no address' },
  tls: { code: 'tls_failed', words: 'offers no TLS connection that can be trusted' },
  lost: { code: 'connection_failed', words: 'closed the connection without an answer' },
  no_connection: { code: 'connection_failed', words: 'can’t be connected to' },
}

/** A failure, with what is so for most of them. */
export const failure = (code: DeliveryErrorCode, detail: string, more: Partial<Extract<Outcome, { ok: false }>> = {}) =>
  ({ ok: false, code, detail, status: null, retryAfterS: null, isFinal: false, isOutage: false, ...more }) as const

function codeOfStatus(status: number): DeliveryErrorCode {
  if (status >= 300 && status < 400) return 'redirected'
  if (status === 410) return 'gone'
  if (status === 429) return 'too_many'
  return status >= 500 ? 'server_error' : 'refused'
}

/** What the answer of an endpoint means. */
export function webhookOutcome(result: PostResult, host: string): Outcome {
  if (result.kind === 'address_refused') return failure('address_refused', result.detail)
  if (result.kind !== 'answered') {
    const { code, words } = UNANSWERED[result.kind]
    return failure(code, `${host} ${words}.`, { isOutage: true })
  }
  const { status, retryAfterS } = result
  if (status >= 200 && status < 300) return { ok: true, status }
  return failure(codeOfStatus(status), `${host} answered ${status}.`, { status, retryAfterS })
}

/** Statuses of a provider that say nothing of the e-mail itself. */
const PROVIDER_STATUSES = new Set([401, 403, 408, 409, 425, 429])

/** What the answer of the e-mail provider means: it can be away, or refuse this very e-mail. */
export function emailOutcome(result: PostResult): Outcome {
  const outage = { isOutage: true }
  if (result.kind === 'address_refused') return failure('email_unavailable', result.detail, outage)
  if (result.kind !== 'answered') {
    return failure('email_unavailable', `The e-mail provider ${UNANSWERED[result.kind].words}.`, outage)
  }
  const { status, retryAfterS } = result
  if (status >= 200 && status < 300) return { ok: true, status }
  const detail = `The e-mail provider answered ${status}.`
  const isProvider = status < 400 || status >= 500 || PROVIDER_STATUSES.has(status)
  if (isProvider) return failure('email_unavailable', detail, { status, retryAfterS, ...outage })
  return failure('email_refused', detail, { status, isFinal: true })
}
