import type { ApiKey, Integration } from '../../api/types.ts'
import { useApiKeys } from '../../queries/api-keys.ts'
import { entriesOf } from '../../queries/paging.ts'
import { useIntegration } from '../../queries/sites.ts'

const REFRESH_MS = 3_000

/** How far connecting the site has come. */
export interface ConnectProgress {
  isPending: boolean
  /** The key used last, or created last if none was used; null without keys. */
  newestKey: ApiKey | null
  integration: Integration | null
  isReady: boolean
  /** Number of content types that the plugin reported; null before that. */
  types: number | null
  asOf: string | null
  error: Error | null
}

/** Number of types in the plugin's structure. Its shape is checked, since it comes from the plugin. */
function countTypes(integration: Integration | null): number | null {
  const structure = integration?.config_json.content_types
  if (typeof structure !== 'object' || structure === null) return null
  const { post_types: postTypes, taxonomies } = structure as Record<string, unknown>
  const sizeOf = (part: unknown) => (typeof part === 'object' && part !== null ? Object.keys(part).length : 0)
  return sizeOf(postTypes) + sizeOf(taxonomies)
}

/** Polls the API until the connection is ready. */
export function useConnectProgress(siteId: string): ConnectProgress {
  const connection = useIntegration(siteId, (integration) =>
    integration?.health.state === 'ready' ? false : REFRESH_MS,
  )
  const integration = connection.data ?? null
  const isReady = integration?.health.state === 'ready'
  const keys = useApiKeys(siteId, isReady ? false : REFRESH_MS)
  const usable = entriesOf(keys.data).filter(({ status }) => status === 'active' || status === 'expiring')
  return {
    isPending: connection.isPending || keys.isPending,
    newestKey: usable.find(({ last_used_at: usedAt }) => usedAt !== null) ?? usable[0] ?? null,
    integration,
    isReady,
    types: countTypes(integration),
    asOf: connection.dataUpdatedAt > 0 ? new Date(connection.dataUpdatedAt).toISOString() : null,
    error: connection.error ?? keys.error,
  }
}
