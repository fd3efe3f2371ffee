import { NoAnswerError } from '../api/errors.ts'
import { useIsLost } from './reach.ts'

/** An error to show beside data that is there. Not that the API can't be reached: the page says so at its top. */
export function useShownError(error: unknown): unknown {
  const isLost = useIsLost()
  return isLost && error instanceof NoAnswerError ? null : error
}
