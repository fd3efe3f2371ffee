import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError, isCode, NoAnswerError } from '../api/errors.ts'
import { reach } from '../offline/reach.ts'
import { keys } from '../queries/keys.ts'

const MOST_RETRIES = 2
const FIRST_SERVER_ERROR = 500
/** Answers count as fresh for this long. The live connection updates the cache in between. */
const STALE_MS = 10_000

/** Retries requests without an answer or with a server error, unless the API refused or the device has no network. */
function mayRetry(failures: number, error: Error): boolean {
  if (!navigator.onLine) return false
  if (error instanceof ApiError && error.status < FIRST_SERVER_ERROR) return false
  return failures < MOST_RETRIES
}

/** What the API answers to a request without a session that is valid. A wrong password is something else. */
const isSignedOut = (error: Error) => isCode(error, 'invalid_session') || isCode(error, 'credentials_missing')

/**
 * The app's cache. After an answer that the session has ended, the session is read again: if it has, whoever is on a page
 * signs in and comes back to it.
 */
export function createQueryClient({ retry = mayRetry }: { retry?: typeof mayRetry | false } = {}): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof NoAnswerError) reach.lose()
    else reach.regain()
    // asked, not assumed: the answer may belong to a request from before somebody signed in again
    if (isSignedOut(error)) void client.invalidateQueries({ queryKey: keys.session })
  }
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError, onSuccess: reach.regain }),
    mutationCache: new MutationCache({ onError, onSuccess: reach.regain }),
    defaultOptions: {
      queries: { retry, staleTime: STALE_MS, networkMode: 'always' },
      // a failed change is not retried: the person sees the error and decides
      mutations: { retry: false, networkMode: 'always' },
    },
  })
  return client
}
