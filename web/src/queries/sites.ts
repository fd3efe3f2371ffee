import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { api, dataOf } from '../api/api.ts'
import type { Integration, Site } from '../api/types.ts'
import { keys } from './keys.ts'

/** One site. */
export const useSite = (siteId: string): UseQueryResult<Site> =>
  useQuery({
    queryKey: keys.site(siteId),
    queryFn: () => dataOf(api.GET('/api/v1/sites/{site_id}', { params: { path: { site_id: siteId } } })),
  })

/** The WordPress integration of a site; null while there is none. */
export const useIntegration = (siteId: string): UseQueryResult<Integration | null> =>
  useQuery({
    queryKey: keys.integration(siteId),
    queryFn: async () => {
      const query = { site_id: siteId, limit: 10 }
      const { results } = await dataOf(api.GET('/api/v1/integration/integrations', { params: { query } }))
      return results.find(({ platform }) => platform === 'wordpress') ?? null
    },
  })
