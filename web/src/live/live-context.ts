import { createContext, useContext } from 'react'
import type { LiveStatus } from './status.ts'

export interface Live {
  status: LiveStatus
  /** Whether changes appear at once. */
  isLive: boolean
  /** Whether the connection was lost and is being retried. */
  isReconnecting: boolean
  /** Whether the page polls the API every few seconds. */
  isPolling: boolean
  /** Whether neither live messages nor polling work, so that data may be out of date. */
  isStale: boolean
  /** Connects now instead of after the pause. */
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

/** Live status of the site's data. */
export const useLive = (): Live => useContext(LiveContext)
