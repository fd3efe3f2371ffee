import { useCallback, useEffect, useState } from 'react'
import type { Run, SyncState } from '../../api/types.ts'

const keyOf = (integrationId: string) => `igny8-run-${integrationId}`

interface WatchedRun {
  /** The current run, or the ended one that is still shown. */
  run: Run | null
  dismiss: () => void
}

/** The current run, then its result until dismissed. Runs that ended before the page was opened are not shown. */
export function useWatchedRun(integrationId: string, state: SyncState | undefined): WatchedRun {
  const key = keyOf(integrationId)
  const [watched, setWatched] = useState(() => sessionStorage.getItem(key))
  const currentId = state?.current_run?.id ?? null
  if (currentId !== null && currentId !== watched) setWatched(currentId)
  useEffect(() => {
    if (currentId !== null) sessionStorage.setItem(key, currentId)
  }, [key, currentId])
  const dismiss = useCallback(() => {
    sessionStorage.removeItem(key)
    setWatched(null)
  }, [key])
  const last = state?.last_run ?? null
  const run = state?.current_run ?? (last && last.id === watched ? last : null)
  return { run, dismiss }
}
