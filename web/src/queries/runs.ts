import {
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { Run, RunDetail } from '../api/types.ts'
import { keys } from './keys.ts'
import { byCursor, type Page, pageQuery } from './paging.ts'

const PAGE_SIZE = 10
/** Refetch interval of an open run, since live messages don't contain its steps. */
const RUNNING_REFRESH_MS = 2_000

/** Whether a run is queued or running. */
export const isOpen = ({ status }: Pick<Run, 'status'>): boolean => status === 'queued' || status === 'running'

/** Runs of an integration, newest first, paged. */
export const useRuns = (integrationId: string): UseInfiniteQueryResult<InfiniteData<Page<Run>>> =>
  useInfiniteQuery({
    queryKey: [...keys.runs(integrationId), 'list'],
    queryFn: ({ pageParam }) => {
      const query = pageQuery(pageParam, PAGE_SIZE)
      const path = { integration_id: integrationId }
      return api.GET('/integration/integrations/{integration_id}/runs', { params: { path, query } })
    },
    ...byCursor,
  })

/** A run with its steps. Refetched every two seconds while it is open; live messages update counts and progress. */
export const useRun = (integrationId: string, runId: string): UseQueryResult<RunDetail> =>
  useQuery({
    queryKey: keys.run(integrationId, runId),
    queryFn: () => {
      const params = { path: { integration_id: integrationId, run_id: runId } }
      return api.GET('/integration/integrations/{integration_id}/runs/{run_id}', { params })
    },
    refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? RUNNING_REFRESH_MS : false),
  })
