import { QueryClient } from '@tanstack/react-query'
import { ApiError } from '../api/errors.ts'

const MOST_RETRIES = 2
const FIRST_SERVER_ERROR = 500
/** Answers are taken for fresh this long; what is pushed over the live channel is fresh anyway. */
const STALE_MS = 10_000

/** What the API refused stays refused; only what didn't answer, or broke, is asked again. */
function mayRetry(failures: number, error: Error): boolean {
  if (error instanceof ApiError && error.status < FIRST_SERVER_ERROR) return false
  return failures < MOST_RETRIES
}

export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: { retry: mayRetry, staleTime: STALE_MS, networkMode: 'always' },
      // a change is never repeated by itself: the person who made it sees that it failed
      mutations: { retry: false, networkMode: 'always' },
    },
  })
