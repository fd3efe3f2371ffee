import { QueryClient } from '@tanstack/react-query'
import { ApiError } from '../api/errors.ts'

const MOST_RETRIES = 2
const FIRST_SERVER_ERROR = 500
/** Answers count as fresh for this long. The live connection updates the cache in between. */
const STALE_MS = 10_000

/** Retries requests without an answer or with a server error, but not those that the API refused. */
function mayRetry(failures: number, error: Error): boolean {
  if (error instanceof ApiError && error.status < FIRST_SERVER_ERROR) return false
  return failures < MOST_RETRIES
}

export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: { retry: mayRetry, staleTime: STALE_MS, networkMode: 'always' },
      // a failed change is not retried: the person sees the error and decides
      mutations: { retry: false, networkMode: 'always' },
    },
  })
