import type { QueryClient } from '@tanstack/react-query'
import type { openLive, OpenLive } from './open-live.ts'
import type { LiveStatus } from './status.ts'

/** Pause before what opens the connection is loaded again: the network is away, or a new release has replaced it. */
const LOAD_PAUSE_MS = 5_000

/** Beside the page, which can be used before. */
export const loadLive = () => import('./open-live.ts')

/** Loads what opens the live connection of an integration, and opens it. @param load for tests */
export function openLater(
  client: QueryClient,
  ids: { siteId: string; integrationId: string },
  onStatus: (status: LiveStatus) => void,
  load: () => Promise<{ openLive: typeof openLive }> = loadLive,
): OpenLive {
  let opened: OpenLive | null = null
  let isClosed = false
  let timer: ReturnType<typeof setTimeout> | null = null
  async function tryToOpen(): Promise<void> {
    timer = null
    try {
      const loaded = await load()
      if (!isClosed) opened = loaded.openLive(client, ids, onStatus)
    } catch {
      if (isClosed) return
      onStatus({ kind: 'reconnecting', since: Date.now() })
      timer = setTimeout(() => void tryToOpen(), LOAD_PAUSE_MS)
    }
  }
  onStatus({ kind: 'connecting' })
  void tryToOpen()
  return {
    retryNow: () => {
      if (opened) opened.retryNow()
      if (timer === null) return
      clearTimeout(timer)
      void tryToOpen()
    },
    ask: async () => {
      if (!opened) throw new Error('what opens the live connection is not loaded')
      await opened.ask()
    },
    close: () => {
      isClosed = true
      if (timer !== null) clearTimeout(timer)
      opened?.close()
    },
  }
}
