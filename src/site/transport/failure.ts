import * as z from 'zod'
import { ERRORS, type ErrorCode } from '../../contract/errors.ts'
import { LinkError } from './direct/errors.ts'

/** Why an attempt failed, as runs and events show it. `cause` goes to the log only. */
export interface SiteFailure {
  code: ErrorCode
  detail: string
  fix: string
  retryable: boolean
  retryAfterS: number
  /** The request id that the site's answer states; null if there is none. */
  pluginRequestId: string | null
  cause: unknown
}

/** Describes an error: a LinkError by its code, anything else as `internal_error`, whose message stays in the log. */
export function describeFailure(cause: unknown): SiteFailure {
  if (cause instanceof z.ZodError) {
    const issue = cause.issues[0]
    const detail = `The site’s data is not as agreed: ${issue?.path.join('.')}: ${issue?.message}.`
    return describeFailure(new LinkError({ code: 'response_invalid', detail }, [], { cause }))
  }
  if (cause instanceof LinkError) {
    const { code, detail, retryable, retryAfterS, pluginRequestId } = cause
    return { code, detail, fix: ERRORS[code].fix, retryable, retryAfterS: retryAfterS ?? 0, pluginRequestId, cause }
  }
  const { title, fix } = ERRORS.internal_error
  return { code: 'internal_error', detail: title, fix, retryable: true, retryAfterS: 0, pluginRequestId: null, cause }
}
