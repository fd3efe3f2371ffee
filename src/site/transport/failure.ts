import * as z from 'zod'
import { ERRORS, type ErrorCode } from '../../contract/errors.ts'
import { LinkError } from './direct/errors.ts'

/** Why an attempt failed, as a run and its event show it; `cause` is for the log alone. */
export interface SiteFailure {
  code: ErrorCode
  detail: string
  fix: string
  retryable: boolean
  retryAfterS: number
  /** As the answer of the site names it; null where there was none. */
  pluginRequestId: string | null
  cause: unknown
}

/** Names a failure: the link's by its own code, anything else as an error of ours, whose words stay in the log. */
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
