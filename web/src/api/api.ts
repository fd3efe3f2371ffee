import { chosenAccount } from './chosen-account.ts'
import { createApiClient } from './client.ts'
import { ApiError, NoAnswerError } from './errors.ts'
import type { Problem } from './types.ts'

/** The API that this page came from. */
export const api = createApiClient({
  baseUrl: window.location.origin,
  // looked up at each call, so that a test can replace it
  fetch: (request) => globalThis.fetch(request),
})

api.use({
  onRequest: ({ request }) => {
    const account = chosenAccount.get()
    if (account !== null) request.headers.set('x-account-id', account)
    return request
  },
})

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'code' in value && 'status' in value && 'detail' in value

function retryAfterOf({ headers }: Response): number | null {
  const seconds = Number.parseInt(headers.get('retry-after') ?? '', 10)
  return seconds > 0 ? seconds : null
}

/**
 * The data of an answer.
 * @throws ApiError what the API refused; NoAnswerError when it did not answer
 */
export async function dataOf<T>(request: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await request
  } catch (cause) {
    throw new NoAnswerError(cause)
  }
  if (answer.response.ok) return answer.data as T
  if (isProblem(answer.error)) throw new ApiError(answer.error, retryAfterOf(answer.response))
  throw new NoAnswerError(`HTTP ${answer.response.status}`)
}
