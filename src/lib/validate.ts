import type * as z from 'zod'
import { isErrorCode, type ErrorCode, type FieldError } from '../contract/errors.ts'

const MAX_FIELD_ERRORS = 20
/** Messages name unknown keys, of which a body may have as many as fit in. */
const MAX_MESSAGE_CHARACTERS = 300

/** What a schema found, as the error table's code and a list of fields. */
export interface InputFault {
  code: ErrorCode
  detail: string
  errors: FieldError[]
}

/** Schemas name a code of the error table in an issue's `params.code`. */
function codeOf(issue: z.core.$ZodIssue): string {
  const params = issue.code === 'custom' ? issue.params : undefined
  return typeof params?.['code'] === 'string' ? params['code'] : issue.code
}

/**
 * Turns a schema's issues into one fault. The first issue with a code of the error table gives the fault its code,
 * else it is `validation_error`. At most 20 fields are listed.
 * @param where `body`, `query` or `params`
 */
export function describeIssues(issues: readonly z.core.$ZodIssue[], where: string): InputFault {
  const errors = issues.slice(0, MAX_FIELD_ERRORS).map((issue) => ({
    path: [where, ...issue.path.map(String)].join('.').slice(0, 300),
    code: codeOf(issue),
    message: issue.message.slice(0, MAX_MESSAGE_CHARACTERS),
  }))
  const code = errors.map((error) => error.code).find(isErrorCode) ?? 'validation_error'
  const first = errors[0]
  const detail = first ? `${first.path}: ${first.message}` : 'The request is not valid.'
  return { code, detail, errors }
}
