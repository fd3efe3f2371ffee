import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { keys } from '../queries/keys.ts'
import { useIntegration } from '../queries/sites.ts'
import { type Live, LiveContext } from './live-context.ts'
import type { OpenLive } from './open-live.ts'
import type { LiveStatus } from './status.ts'
import { usePolling } from './use-polling.ts'

const UNAUTHENTICATED = 401
/** Until what opens the connection is loaded again, if the network is away or a new release has replaced it. */
const LOAD_PAUSE_MS = 5_000

/** Loaded beside the page, which can be used before. */
const load = () => import('./open-live.ts')

/** Keeps the data of a site up to date, with one live connection for all its pages. */
export function LiveProvider({ siteId, children }: { siteId: string; children: ReactNode }): ReactNode {
  const { data: integration } = useIntegration(siteId)
  const live = useLiveConnection(siteId, integration?.id ?? null)
  return <LiveContext value={live}>{children}</LiveContext>
}

function useLiveConnection(siteId: string, integrationId: string | null): Live {
  const client = useQueryClient()
  const [status, setStatus] = useState<LiveStatus>({ kind: 'off' })
  const [attempt, setAttempt] = useState(0)
  const again = useCallback(() => setAttempt((before) => before + 1), [])
  const open = useRef<OpenLive>(null)
  useEffect(() => {
    // in parallel with the site's data
    load().catch(() => undefined)
  }, [])
  useEffect(() => {
    if (integrationId === null) return undefined
    let isLeft = false
    let timer: ReturnType<typeof setTimeout> | undefined
    setStatus((before) => (before.kind === 'reconnecting' ? before : { kind: 'connecting' }))
    load().then(
      ({ openLive }) => {
        if (!isLeft) open.current = openLive(client, { siteId, integrationId }, setStatus)
      },
      () => {
        if (isLeft) return
        setStatus({ kind: 'reconnecting', since: Date.now() })
        timer = setTimeout(again, LOAD_PAUSE_MS)
      },
    )
    return () => {
      isLeft = true
      clearTimeout(timer)
      open.current?.close()
      open.current = null
    }
  }, [client, siteId, integrationId, attempt, again])
  useEffect(() => () => setStatus({ kind: 'off' }), [siteId, integrationId])
  useEffect(() => {
    // without a session the person is sent to sign in; without the integration the page shows what is left
    if (status.kind !== 'ended') return
    if (status.end.problem?.status === UNAUTHENTICATED) void client.invalidateQueries({ queryKey: keys.session })
    else void client.invalidateQueries({ queryKey: keys.integration(siteId) })
  }, [client, siteId, status])
  const isReconnecting = status.kind === 'reconnecting'
  const ask = useCallback(async () => {
    if (!open.current) throw new Error('what opens the live connection is not loaded')
    await open.current.ask()
  }, [])
  const isStale = usePolling(isReconnecting, ask)
  const retryNow = useCallback(() => (open.current ? open.current.retryNow() : again()), [again])
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
