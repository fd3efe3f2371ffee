import type { ApiKey, Integration } from '../../api/types.ts'
import { useApiKeys } from '../../queries/api-keys.ts'
import { entriesOf } from '../../queries/paging.ts'
import { useIntegration } from '../../queries/sites.ts'

const LOOK_EVERY_MS = 3_000

/** What can be known of how far the connecting has come. */
export interface Sight {
  isPending: boolean
  /** The key that was used last or, where none was used yet, that was made last; null where there is none. */
  newestKey: ApiKey | null
  integration: Integration | null
  isReady: boolean
  /** Content types that the plugin has named; null before it did. */
  types: number | null
  asOf: string | null
  error: Error | null
}

/** Number of types in the structure that the plugin pushed; its shape is the plugin's, so nothing is taken for granted. */
function countTypes(integration: Integration | null): number | null {
  const structure = integration?.config_json.content_types
  if (typeof structure !== 'object' || structure === null) return null
  const { post_types: postTypes, taxonomies } = structure as Record<string, unknown>
  const sizeOf = (part: unknown) => (typeof part === 'object' && part !== null ? Object.keys(part).length : 0)
  return sizeOf(postTypes) + sizeOf(taxonomies)
}

/** Asks the API for what there is; again and again until the connection is ready, and never from memory. */
export function useSight(siteId: string): Sight {
  const connection = useIntegration(siteId, (integration) =>
    integration?.health.state === 'ready' ? false : LOOK_EVERY_MS,
  )
  const integration = connection.data ?? null
  const isReady = integration?.health.state === 'ready'
  const keys = useApiKeys(siteId, isReady ? false : LOOK_EVERY_MS)
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
