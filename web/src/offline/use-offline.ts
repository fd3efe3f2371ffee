import type { QueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

interface SavesData {
  connection?: { saveData?: boolean }
}

const AFTER_LOAD_MS = 3_000

/** Has the browser keep the app's files, unless the person saves data. */
function keepAppFiles(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  if ((navigator as SavesData).connection?.saveData === true) return
  // without it the app works as before, with a network
  navigator.serviceWorker.register('/service-worker.js').catch(() => undefined)
}

/**
 * Prepares the app for having no network: keeps its files and the API's answers in the browser, and loads what it says
 * then. All of that some seconds after the start, so that the page itself comes first.
 */
export function useOffline(client: QueryClient): void {
  useEffect(() => {
    let stop: (() => void) | undefined
    const prepare = async () => {
      keepAppFiles()
      const [{ keepAnswers }] = await Promise.all([import('./last-known.ts'), import('../layout/lost-banner.tsx')])
      stop = keepAnswers(client)
    }
    const timer = setTimeout(() => void prepare().catch(() => undefined), AFTER_LOAD_MS)
    return () => {
      clearTimeout(timer)
      stop?.()
    }
  }, [client])
}
