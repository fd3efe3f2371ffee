import type { Problem } from './types.ts'

/** An answer of the API that refuses: its problem document. */
export class ApiError extends Error {
  readonly problem: Problem
  /** From `Retry-After`: seconds to wait before the same may be asked again; null where the API names none. */
  readonly retryAfterS: number | null

  constructor(problem: Problem, retryAfterS: number | null = null) {
    super(problem.detail)
    this.name = 'ApiError'
    this.problem = problem
    this.retryAfterS = retryAfterS
  }

  get status(): number {
    return this.problem.status
  }

  get code(): string {
    return this.problem.code
  }
}

/** No answer came, or one that isn't the API's: no network, or something between that answers for it. */
export class NoAnswerError extends Error {
  constructor(cause: unknown) {
    super('The API did not answer', { cause })
    this.name = 'NoAnswerError'
  }
}

export const isCode = (error: unknown, code: string): boolean => error instanceof ApiError && error.code === code

/** Message per field of a form, from the refusal of its values: `body.url` is the field `url`. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {}
  const entries = (error.problem.errors ?? []).map(({ path, message }) => [path.replace(/^body\./, ''), message])
  return Object.fromEntries(entries) as Record<string, string>
}
