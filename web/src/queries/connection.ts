import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { DebugStatus, DoctorReport, Integration, IntegrationUpdate, Site, TestResult } from '../api/types.ts'
import { keys } from './keys.ts'

/** The site is asked anew for this, so it is not done at every glance. */
const DEBUG_STALE_MS = 5 * 60_000

const pathOf = (id: string) => ({ params: { path: { integration_id: id } } })

/** What the plugin tells of itself, with a fresh look at the site. */
export const useDebugStatus = (integrationId: string, isWanted: boolean): UseQueryResult<DebugStatus> =>
  useQuery({
    queryKey: keys.debugStatus(integrationId),
    queryFn: () => api.GET('/integration/integrations/{integration_id}/debug-status', pathOf(integrationId)),
    enabled: isWanted,
    staleTime: DEBUG_STALE_MS,
    refetchOnWindowFocus: false,
  })

/** Looks thoroughly, and names the layer at fault. Changes nothing. */
export const useDoctor = (integrationId: string): UseMutationResult<DoctorReport, Error, void> =>
  useMutation({
    mutationFn: () => api.POST('/integration/integrations/{integration_id}/doctor', pathOf(integrationId)),
  })

/** Looks at a site that isn't connected yet: whether WordPress is there, and whether the plugin is. */
export const useLookAtSite = ({ id, url }: Site): UseMutationResult<TestResult, Error, void> =>
  useMutation({
    mutationFn: () => {
      const body = { site_id: id, site_url: url, platform: 'wordpress' as const }
      return api.POST('/integration/integrations/test-connection', { body })
    },
  })

export function useUpdateIntegration({
  id,
  site_id: siteId,
}: Integration): UseMutationResult<Integration, Error, IntegrationUpdate> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body) => api.PATCH('/integration/integrations/{integration_id}', { ...pathOf(id), body }),
    onSuccess: (integration) => {
      client.setQueryData(keys.integration(siteId), integration)
      return Promise.all(
        [keys.contentTypes(id), keys.integrations].map((queryKey) => client.invalidateQueries({ queryKey })),
      )
    },
  })
}

/** Ends the connection: the integration goes with its numbers, the site and its keys stay. */
export function useDisconnect({ id, site_id: siteId }: Integration): UseMutationResult<unknown, Error, void> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.DELETE('/integration/integrations/{integration_id}', pathOf(id)),
    onSuccess: () => {
      client.setQueryData(keys.integration(siteId), null)
      return client.invalidateQueries({ queryKey: keys.integrations })
    },
  })
}
