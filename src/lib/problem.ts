import { ERRORS, type ErrorCode, type FieldError, type Problem } from '../contract/errors.ts'

interface ProblemOptions {
  detail?: string | undefined
  fix?: string | undefined
  errors?: FieldError[] | undefined
  evidence?: Problem['evidence']
  polling?: Problem['polling']
}

/** Builds the RFC 9457 document of an error code. `type` links to its entry in the docs. */
export function createProblem(code: ErrorCode, requestId: string, options: ProblemOptions = {}): Problem {
  const { status, title, fix } = ERRORS[code]
  return {
    type: `/docs/errors#${code}`,
    title,
    status,
    detail: options.detail ?? title,
    code,
    fix: options.fix ?? fix,
    request_id: requestId,
    ...(options.errors && { errors: options.errors }),
    ...(options.evidence && { evidence: options.evidence }),
    ...(options.polling && { polling: options.polling }),
  }
}
