import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api, dataOf } from '../api/api.ts'
import type { Integration, TestResult } from '../api/types.ts'
import { keys } from './keys.ts'

const PAGE = 100
/** How often the list of sites looks how they are; a site's own pages are told. */
const LOOK_MS = 15_000

async function readAll(): Promise<Integration[]> {
  const all: Integration[] = []
  let cursor: string | undefined
  do {
    const query = { limit: PAGE, ...(cursor !== undefined && { cursor }) }
    const page = await dataOf(api.GET('/api/v1/integration/integrations', { params: { query } }))
    all.push(...page.results)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return all
}

/** The WordPress integrations of the account by their site's id, for the list of sites. */
export const useIntegrations = (): UseQueryResult<Map<string, Integration>> =>
  useQuery({
    queryKey: keys.integrations,
    queryFn: readAll,
    refetchInterval: LOOK_MS,
    select: bySite,
  })

const bySite = (all: Integration[]): Map<string, Integration> =>
  new Map(all.filter(({ platform }) => platform === 'wordpress').map((one) => [one.site_id, one]))

/** Calls the site now, and has read anew how it is. */
export function useTestConnection({ id, site_id: siteId }: Integration): UseMutationResult<TestResult, Error, void> {
  const client = useQueryClient()
  const params = { path: { integration_id: id } }
  return useMutation({
    mutationFn: () => dataOf(api.POST('/api/v1/integration/integrations/{integration_id}/test-connection', { params })),
    onSettled: () =>
      Promise.all(
        [keys.integration(siteId), keys.contentTypes(id), keys.events(id)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  })
}

/** Switches an integration, or the sync of it, on again. */
export function useSwitchOn({ id, site_id: siteId }: Integration): UseMutationResult<Integration, Error, void> {
  const client = useQueryClient()
  const params = { path: { integration_id: id } }
  return useMutation({
    mutationFn: () =>
      dataOf(
        api.PATCH('/api/v1/integration/integrations/{integration_id}', {
          params,
          body: { is_active: true, sync_enabled: true },
        }),
      ),
    onSuccess: (integration) => {
      client.setQueryData(keys.integration(siteId), integration)
      return client.invalidateQueries({ queryKey: keys.contentTypes(id) })
    },
  })
}
