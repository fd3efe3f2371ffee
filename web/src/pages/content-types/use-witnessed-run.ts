import { useCallback, useEffect, useState } from 'react'
import type { Run, SyncState } from '../../api/types.ts'

const keyOf = (integrationId: string) => `igny8-run-${integrationId}`

interface WitnessedRun {
  /** The run under way, else the one whose end is still to be told. */
  run: Run | null
  dismiss: () => void
}

/** The run that is under way, and after its end that one until it is dismissed; runs that nobody watched are not told. */
export function useWitnessedRun(integrationId: string, state: SyncState | undefined): WitnessedRun {
  const key = keyOf(integrationId)
  const [witnessed, setWitnessed] = useState(() => sessionStorage.getItem(key))
  const currentId = state?.current_run?.id ?? null
  if (currentId !== null && currentId !== witnessed) setWitnessed(currentId)
  useEffect(() => {
    if (currentId !== null) sessionStorage.setItem(key, currentId)
  }, [key, currentId])
  const dismiss = useCallback(() => {
    sessionStorage.removeItem(key)
    setWitnessed(null)
  }, [key])
  const last = state?.last_run ?? null
  const run = state?.current_run ?? (last && last.id === witnessed ? last : null)
  return { run, dismiss }
}
