import { useEffect, useState } from 'react'

const PAUSE_MS = 5_000

/**
 * Calls `ask` at once and then every five seconds, while `isOn` and the page is visible.
 * @returns whether the last request got no answer
 */
export function usePolling(isOn: boolean, ask: () => Promise<void>): boolean {
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => {
    if (!isOn) return undefined
    let isCurrent = true
    let timer: ReturnType<typeof setTimeout>
    const round = async () => {
      const isSeen = document.visibilityState !== 'hidden'
      const failed = isSeen
        ? await ask().then(
            () => false,
            () => true,
          )
        : null
      if (!isCurrent) return
      if (failed !== null) setFailed(failed)
      timer = setTimeout(() => void round(), PAUSE_MS)
    }
    void round()
    return () => {
      isCurrent = false
      clearTimeout(timer)
      setFailed(false)
    }
  }, [isOn, ask])
  return hasFailed
}
