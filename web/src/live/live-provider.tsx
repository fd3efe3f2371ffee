import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { keys } from '../queries/keys.ts'
import { useIntegration } from '../queries/sites.ts'
import { type Live, LiveContext } from './live-context.ts'
import { loadLive, openLater } from './open-later.ts'
import type { OpenLive } from './open-live.ts'
import type { LiveStatus } from './status.ts'
import { usePolling } from './use-polling.ts'

const UNAUTHENTICATED = 401

/** Keeps the data of a site up to date, with one live connection for all its pages. */
export function LiveProvider({ siteId, children }: { siteId: string; children: ReactNode }): ReactNode {
  const { data: integration } = useIntegration(siteId)
  const live = useLiveConnection(siteId, integration?.id ?? null)
  return <LiveContext value={live}>{children}</LiveContext>
}

function useLiveConnection(siteId: string, integrationId: string | null): Live {
  const client = useQueryClient()
  const [status, setStatus] = useState<LiveStatus>({ kind: 'off' })
  const open = useRef<OpenLive>(null)
  useEffect(() => {
    // in parallel with the site's data
    loadLive().catch(() => undefined)
  }, [])
  useEffect(() => {
    if (integrationId === null) return undefined
    const opened = openLater(client, { siteId, integrationId }, setStatus)
    open.current = opened
    return () => {
      opened.close()
      open.current = null
      setStatus({ kind: 'off' })
    }
  }, [client, siteId, integrationId])
  useEffect(() => {
    // without a session the person is sent to sign in; without the integration the page shows what is left
    if (status.kind !== 'ended') return
    if (status.end.problem?.status === UNAUTHENTICATED) void client.invalidateQueries({ queryKey: keys.session })
    else void client.invalidateQueries({ queryKey: keys.integration(siteId) })
  }, [client, siteId, status])
  const isReconnecting = status.kind === 'reconnecting'
  const ask = useCallback(async () => {
    await open.current?.ask()
  }, [])
  const isStale = usePolling(isReconnecting, ask)
  const retryNow = useCallback(() => open.current?.retryNow(), [])
  return useMemo(
    () => ({
      status,
      isLive: status.kind === 'live',
      isReconnecting,
      isPolling: isReconnecting,
      isStale: isStale || status.kind === 'ended',
      retryNow,
    }),
    [status, isReconnecting, isStale, retryNow],
  )
}
