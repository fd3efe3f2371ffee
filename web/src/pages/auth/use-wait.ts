import { useState } from 'react'
import { ApiError } from '../../api/errors.ts'
import { useNow } from '../../components/relative-time.tsx'

const MS_PER_S = 1000
const DEFAULT_WAIT_S = 60

/** Seconds left to wait after the last refusal; 0 if none. */
export function useWait(error: unknown): number {
  const now = useNow()
  const [refusal, setRefusal] = useState<{ error: unknown; until: number }>({ error: null, until: 0 })
  if (error !== refusal.error) {
    const isRefused =
      error instanceof ApiError && (error.code === 'too_many_requests' || error.code === 'too_many_attempts')
    const waitS = isRefused ? (error.retryAfterS ?? DEFAULT_WAIT_S) : 0
    // eslint-disable-next-line react-hooks/purity -- time at which the refusal arrived
    setRefusal({ error, until: waitS > 0 ? Date.now() + waitS * MS_PER_S : 0 })
  }
  return Math.max(0, Math.ceil((refusal.until - now) / MS_PER_S))
}
