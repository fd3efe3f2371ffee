import type { DeliveryErrorCode } from '../../contract/notifications.ts'
import type { PostResult } from '../../lib/outbound-http.ts'

/** The result of one delivery attempt. */
export type Outcome =
  | { ok: true; status: number }
  | {
      ok: false
      code: DeliveryErrorCode
      detail: string
      /** HTTP status; null if there was no response. */
      status: number | null
      retryAfterS: number | null
      /** A retry can't succeed. */
      isFinal: boolean
      /** The fault is not this message's: others to the same host would fail, too. */
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

/** A failure with the usual values for the fields not given. */
export const failure = (code: DeliveryErrorCode, detail: string, more: Partial<Extract<Outcome, { ok: false }>> = {}) =>
  ({ ok: false, code, detail, status: null, retryAfterS: null, isFinal: false, isOutage: false, ...more }) as const

function codeOfStatus(status: number): DeliveryErrorCode {
  if (status >= 300 && status < 400) return 'redirected'
  if (status === 410) return 'gone'
  if (status === 429) return 'too_many'
  return status >= 500 ? 'server_error' : 'refused'
}

/** Interprets an endpoint's response. */
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

/** Statuses below 500 with which the provider fails for reasons other than this e-mail. */
const PROVIDER_STATUSES = new Set([401, 403, 408, 409, 425, 429])

/** Interprets the e-mail provider's response: the provider may be down, or it may refuse this e-mail. */
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
