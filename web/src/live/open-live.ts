import type { QueryClient } from '@tanstack/react-query'
import { chosenAccount } from '../api/chosen-account.ts'
import { LiveConnection } from './connection.ts'
import { LiveCache } from './live-cache.ts'
import { poll, whyRefused } from './poll.ts'
import type { LiveStatus } from './status.ts'

/** What is open for one integration. */
export interface OpenLive {
  retryNow: () => void
  /** Reads what the connection would have sent. @throws ApiError, NoAnswerError */
  ask: () => Promise<void>
  close: () => void
}

/** URL of the live connection. It names the account, since browsers can't send headers with a WebSocket. */
function liveUrl(integrationId: string): string {
  const path = `/api/v1/integration/integrations/${encodeURIComponent(integrationId)}/live`
  const url = new URL(path, window.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const account = chosenAccount.get()
  if (account !== null) url.searchParams.set('account_id', account)
  return url.href
}

/** Opens the live connection of an integration, which writes into the cache. */
export function openLive(
  client: QueryClient,
  ids: { siteId: string; integrationId: string },
  onStatus: (status: LiveStatus) => void,
): OpenLive {
  const cache = new LiveCache(client, ids)
  const connection = new LiveConnection({
    url: () => liveUrl(ids.integrationId),
    onMessage: (message) => cache.apply(message),
    onStatus,
    whyRefused: () => whyRefused(ids.integrationId),
  })
  connection.start()
  return {
    retryNow: () => connection.retryNow(),
    ask: () => poll(cache, ids.integrationId),
    close: () => {
      connection.close()
      cache.stop()
    },
  }
}
