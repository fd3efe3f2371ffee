import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type {
  ConnectionChangeAnswer,
  DebugStatus,
  DoctorReport,
  Integration,
  IntegrationUpdate,
  SiteAuthor,
  TestResult,
} from '../api/types.ts'
import { keys } from './keys.ts'
import type { Page } from './paging.ts'

/** Each read calls the site, so its answer is kept longer. */
const DEBUG_STALE_MS = 5 * 60_000

const pathOf = (id: string) => ({ params: { path: { integration_id: id } } })

/** The users of the site who may be authors, once the integration is known. */
export const useAuthors = (integrationId: string | undefined): UseQueryResult<Page<SiteAuthor>> =>
  useQuery({
    queryKey: keys.authors(integrationId ?? ''),
    queryFn: () => api.GET('/integration/integrations/{integration_id}/authors', pathOf(integrationId ?? '')),
    enabled: integrationId !== undefined,
  })

/** What the plugin reports, with a new probe of the site. */
export const useDebugStatus = (integrationId: string, isWanted: boolean): UseQueryResult<DebugStatus> =>
  useQuery({
    queryKey: keys.debugStatus(integrationId),
    queryFn: () => api.GET('/integration/integrations/{integration_id}/debug-status', pathOf(integrationId)),
    enabled: isWanted,
    staleTime: DEBUG_STALE_MS,
    refetchOnWindowFocus: false,
  })

/** The change of the connection that waits for a person. */
export const useConnectionChange = (
  integrationId: string,
  refetchInterval: number,
): UseQueryResult<ConnectionChangeAnswer> =>
  useQuery({
    queryKey: keys.connectionChange(integrationId),
    queryFn: () => api.GET('/integration/integrations/{integration_id}/connection-change', pathOf(integrationId)),
    refetchInterval,
  })

/** Reads again what a decision about a change may have changed. */
function useAfterDecision({ id, site_id: siteId }: Integration): () => Promise<unknown> {
  const client = useQueryClient()
  const changed = [keys.connectionChange(id), keys.integration(siteId), keys.contentTypes(id), keys.events(id)]
  return () => Promise.all(changed.map((queryKey) => client.invalidateQueries({ queryKey })))
}

/** Confirms a change of the connection: IGNY8 calls the site with the new secret. */
export function useConfirmChange(integration: Integration): UseMutationResult<TestResult, Error, string> {
  const onSettled = useAfterDecision(integration)
  return useMutation({
    mutationFn: (changeId) =>
      api.POST('/integration/integrations/{integration_id}/connection-change/confirm', {
        ...pathOf(integration.id),
        body: { change_id: changeId },
      }),
    onSettled,
  })
}

/** Refuses a change of the connection. */
export function useRefuseChange(integration: Integration): UseMutationResult<unknown, Error, string> {
  const onSettled = useAfterDecision(integration)
  return useMutation({
    mutationFn: (changeId) =>
      api.POST('/integration/integrations/{integration_id}/connection-change/refuse', {
        ...pathOf(integration.id),
        body: { change_id: changeId },
      }),
    onSettled,
  })
}

/** Runs the doctor, which names the layer at fault and changes nothing. */
export const useDoctor = (integrationId: string): UseMutationResult<DoctorReport, Error, void> =>
  useMutation({
    mutationFn: () => api.POST('/integration/integrations/{integration_id}/doctor', pathOf(integrationId)),
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

/** Deletes the integration with its counts. The site and its keys stay. */
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
