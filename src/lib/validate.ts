import type * as z from 'zod'
import { isErrorCode, type ErrorCode, type FieldError } from '../contract/errors.ts'

const MAX_FIELD_ERRORS = 20
/** A message lists all unknown keys of a body, so its length must be limited. */
const MAX_MESSAGE_CHARACTERS = 300

/** A validation error: a code of the error table and the invalid fields. */
export interface InputFault {
  code: ErrorCode
  detail: string
  errors: FieldError[]
}

/** The code of an issue. A schema can set one of the error table with `params.code`. */
function codeOf(issue: z.core.$ZodIssue): string {
  const params = issue.code === 'custom' ? issue.params : undefined
  return typeof params?.['code'] === 'string' ? params['code'] : issue.code
}

/**
 * Combines a schema's issues into one fault. Its code is the first of the error table among them, else
 * `validation_error`. Lists at most 20 fields.
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
