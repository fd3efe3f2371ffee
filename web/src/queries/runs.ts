import {
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useQuery,
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

/** A run with its steps; anew every other second while it goes on. Its counts and progress are pushed in between. */
export const useRun = (integrationId: string, runId: string): UseQueryResult<RunDetail> =>
  useQuery({
    queryKey: keys.run(integrationId, runId),
    queryFn: () => {
      const params = { path: { integration_id: integrationId, run_id: runId } }
      return dataOf(api.GET('/api/v1/integration/integrations/{integration_id}/runs/{run_id}', { params }))
    },
    refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? RUNNING_REFRESH_MS : false),
  })
