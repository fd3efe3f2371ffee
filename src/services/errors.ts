import { ERRORS, type ErrorCode, type FieldError } from '../contract/errors.ts'
import type { EvidenceStep } from '../contract/evidence.ts'
import type { PollingOffer } from '../contract/polling.ts'

interface ServiceErrorOptions {
  /** For the log alone. */
  cause?: unknown
  errors?: FieldError[]
  evidence?: EvidenceStep[]
  polling?: PollingOffer | undefined
  retryAfterS?: number
  /** Instead of the code's own, where the occurrence knows better. */
  fix?: string | undefined
}

/** A refusal with a code of the error table. Carries nothing of HTTP; `cause` never leaves the log. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ErrorCode
  readonly options: ServiceErrorOptions

  constructor(code: ErrorCode, detail?: string, options: ServiceErrorOptions = {}) {
    super(detail ?? ERRORS[code].title, { cause: options.cause })
    this.code = code
    this.options = options
  }
}
