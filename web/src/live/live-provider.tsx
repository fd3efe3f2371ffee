import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { chosenAccount } from '../api/chosen-account.ts'
import { keys } from '../queries/keys.ts'
import { useIntegration } from '../queries/sites.ts'
import { LiveConnection } from './connection.ts'
import { LiveCache } from './live-cache.ts'
import { type Live, LiveContext } from './live-context.ts'
import { poll, whyRefused } from './poll.ts'
import type { LiveStatus } from './status.ts'
import { usePolling } from './use-polling.ts'

const UNAUTHENTICATED = 401

/** URL of the live connection. It names the account, since browsers can't send headers with a WebSocket. */
function liveUrl(integrationId: string): string {
  const path = `/api/v1/integration/integrations/${encodeURIComponent(integrationId)}/live`
  const url = new URL(path, window.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const account = chosenAccount.get()
  if (account !== null) url.searchParams.set('account_id', account)
  return url.href
}

/** Keeps the data of a site up to date, with one live connection for all its pages. */
export function LiveProvider({ siteId, children }: { siteId: string; children: ReactNode }): ReactNode {
  const { data: integration } = useIntegration(siteId)
  const live = useLiveConnection(siteId, integration?.id ?? null)
  return <LiveContext value={live}>{children}</LiveContext>
}

function useLiveConnection(siteId: string, integrationId: string | null): Live {
  const client = useQueryClient()
  const [status, setStatus] = useState<LiveStatus>({ kind: 'off' })
  const connection = useRef<LiveConnection>(null)
  const cache = useRef<LiveCache>(null)
  useEffect(() => {
    if (integrationId === null) return undefined
    const written = new LiveCache(client, { siteId, integrationId })
    const opened = new LiveConnection({
      url: () => liveUrl(integrationId),
      onMessage: (message) => written.apply(message),
      onStatus: setStatus,
      whyRefused: () => whyRefused(integrationId),
    })
    cache.current = written
    connection.current = opened
    opened.start()
    return () => {
      opened.close()
      written.stop()
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
    if (cache.current && integrationId !== null) await poll(cache.current, integrationId)
  }, [integrationId])
  const isStale = usePolling(isReconnecting, ask)
  const retryNow = useCallback(() => connection.current?.retryNow(), [])
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
