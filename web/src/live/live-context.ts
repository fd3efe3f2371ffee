import { createContext, useContext } from 'react'
import type { LiveStatus } from './status.ts'

export interface Live {
  status: LiveStatus
  /** What changes is on the screen at once. */
  isLive: boolean
  /** The connection was lost, and is tried again. */
  isReconnecting: boolean
  /** Meanwhile the API is asked every few seconds. */
  isPolling: boolean
  /** Neither told nor answered: what is shown may be out of date. */
  isStale: boolean
  /** Tries now instead of after the pause. */
  retryNow: () => void
}

const OFF: Live = {
  status: { kind: 'off' },
  isLive: false,
  isReconnecting: false,
  isPolling: false,
  isStale: false,
  retryNow: () => undefined,
}

export const LiveContext = createContext<Live>(OFF)

/** How fresh what is shown of the site is. */
export const useLive = (): Live => useContext(LiveContext)
