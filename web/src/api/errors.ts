import type { Problem } from './types.ts'

/** The API refused a request. `problem` is its answer. */
export class ApiError extends Error {
  readonly problem: Problem
  /** Seconds to wait before repeating the request, from `Retry-After`; null if the API sent none. */
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

/** No answer from the API: no network, or something in between answered. */
export class NoAnswerError extends Error {
  constructor(cause: unknown) {
    super('The API did not answer', { cause })
    this.name = 'NoAnswerError'
  }
}

export const isCode = (error: unknown, code: string): boolean => error instanceof ApiError && error.code === code

/** Error messages by form field: the path `body.url` belongs to the field `url`. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {}
  const entries = (error.problem.errors ?? []).map(({ path, message }) => [path.replace(/^body\./, ''), message])
  return Object.fromEntries(entries) as Record<string, string>
}
