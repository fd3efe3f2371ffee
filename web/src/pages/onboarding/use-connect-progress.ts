import type { Integration } from '../../api/types.ts'
import { useIntegration } from '../../queries/sites.ts'

const REFRESH_MS = 3_000

/** How far connecting the site has come. */
export interface ConnectProgress {
  isPending: boolean
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
  return {
    isPending: connection.isPending,
    integration,
    isReady,
    types: countTypes(integration),
    asOf: connection.dataUpdatedAt > 0 ? new Date(connection.dataUpdatedAt).toISOString() : null,
    error: connection.error,
  }
}
