import { ERRORS, type ErrorCode, type FieldError } from '../contract/errors.ts'
import type { EvidenceStep } from '../contract/evidence.ts'
import type { PollingOffer } from '../contract/polling.ts'

interface ServiceErrorOptions {
  /** Logged, never sent to the client. */
  cause?: unknown
  errors?: FieldError[]
  evidence?: EvidenceStep[]
  polling?: PollingOffer | undefined
  retryAfterS?: number
  /** Replaces the code's general fix with one for this case. */
  fix?: string | undefined
}

/** A refusal with a code of the error table; the HTTP layer maps the code to a status. */
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

/** The refusal of one field. @param path where the field is, as in `body.url` */
export const invalidField = (path: string, message: string, code = 'custom') =>
  new ServiceError('validation_error', `${path}: ${message}`, { errors: [{ path, code, message }] })
