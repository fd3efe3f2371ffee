import {
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api, dataOf } from '../api/api.ts'
import type { Run, RunDetail } from '../api/types.ts'
import type { ListPage } from './items.ts'
import { keys } from './keys.ts'

const PAGE_SIZE = 10
/** A run that goes on is asked for so often; its steps are not pushed. */
const RUNNING_REFRESH_MS = 2_000

/** Whether a run still has something to do. */
export const isOpen = ({ status }: Pick<Run, 'status'>): boolean => status === 'queued' || status === 'running'

/** Runs of an integration, newest first, page by page. */
export const useRuns = (integrationId: string): UseInfiniteQueryResult<InfiniteData<ListPage<Run>>> =>
  useInfiniteQuery({
    queryKey: [...keys.runs(integrationId), 'list'],
    queryFn: ({ pageParam }) => {
      const query = { limit: PAGE_SIZE, ...(pageParam !== null && { cursor: pageParam }) }
      const path = { integration_id: integrationId }
      return dataOf(api.GET('/api/v1/integration/integrations/{integration_id}/runs', { params: { path, query } }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  })

const runPath = (integrationId: string, runId: string) => ({
  params: { path: { integration_id: integrationId, run_id: runId } },
})
// beside the run that is pushed, which has no steps
const detailKey = (integrationId: string, runId: string) => [...keys.run(integrationId, runId), 'detail']

/** A run with its steps; anew every other second while it goes on. */
export const useRun = (integrationId: string, runId: string): UseQueryResult<RunDetail> =>
  useQuery({
    queryKey: detailKey(integrationId, runId),
    queryFn: () =>
      dataOf(api.GET('/api/v1/integration/integrations/{integration_id}/runs/{run_id}', runPath(integrationId, runId))),
    refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? RUNNING_REFRESH_MS : false),
  })

/** Ends a run; what it has done stays. */
export function useCancelRun(integrationId: string, runId: string): UseMutationResult<Run, Error, void> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () =>
      dataOf(
        api.POST(
          '/api/v1/integration/integrations/{integration_id}/runs/{run_id}/cancel',
          runPath(integrationId, runId),
        ),
      ),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.runs(integrationId) })
      void client.invalidateQueries({ queryKey: keys.syncStatus(integrationId) })
      void client.invalidateQueries({ queryKey: keys.events(integrationId) })
    },
  })
}
