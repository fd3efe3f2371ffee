import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/api.ts'
import type { ContentTypes, ItemState } from '../../api/types.ts'
import { keys } from '../../queries/keys.ts'
import { useMay } from '../../queries/session.ts'
import { useIntegration } from '../../queries/sites.ts'

export type TypeRows = ContentTypes['post_types']

interface SiteTypes {
  /** Post types by slug; null while unknown, and always for viewers. */
  rows: TypeRows | null
  /** Id of the integration; null if there is none, undefined while unknown. */
  integrationId: string | null | undefined
}

/** The post types of a site with their counts. */
export function useTypeRows(siteId: string): SiteTypes {
  const mayRead = useMay('editor')
  const { data: integration } = useIntegration(siteId)
  const integrationId = integration === null ? null : integration?.id
  const { data } = useQuery({
    queryKey: keys.contentTypes(integrationId ?? ''),
    queryFn: () => {
      const path = { integration_id: integrationId ?? '' }
      return api.GET('/integration/integrations/{integration_id}/content-types', { params: { path } })
    },
    enabled: mayRead && typeof integrationId === 'string',
  })
  return { rows: data?.post_types ?? null, integrationId }
}

const COUNTED: Partial<Record<ItemState, 'synced_count' | 'failed_count' | 'conflict_count'>> = {
  synced: 'synced_count',
  failed: 'failed_count',
  conflict: 'conflict_count',
}

/** Number of items in a state, of one type or all; null if not counted. */
export function countOf(rows: TypeRows | null, state: ItemState, type: string | undefined): number | null {
  const field = COUNTED[state]
  if (!rows || !field) return null
  const asked = Object.entries(rows).filter(([slug]) => type === undefined || slug === type)
  return asked.reduce((sum, [, row]) => sum + row[field], 0)
}

/** Label of a type from the site, else its slug. */
export const typeLabel = (rows: TypeRows | null, type: string): string =>
  (rows && Object.hasOwn(rows, type) ? rows[type]?.label : undefined) ?? type
