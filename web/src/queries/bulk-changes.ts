import {
  type InfiniteData,
  type QueryClient,
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { BulkAction, BulkItem, BulkJob, BulkPlan, BulkSelection, ItemSummary } from '../api/types.ts'
import { jobPath } from './bulk.ts'
import { keys } from './keys.ts'
import type { Page } from './paging.ts'

/** Items of a job that are named one by one. */
const NAMED = 100

/** What is to be done with which items. */
export interface BulkRequest {
  selection: BulkSelection
  action: BulkAction
}

const pathOf = (siteId: string) => ({ params: { path: { site_id: siteId } } })

/** What a change of many items would do. It is asked anew each time that somebody wants to know. */
export const useBulkPlan = (siteId: string, request: BulkRequest): UseQueryResult<BulkPlan | null> =>
  useQuery({
    queryKey: ['bulk-plan', siteId, request],
    queryFn: async () => {
      const body = { ...request, dry_run: true }
      return (await api.POST('/sites/{site_id}/bulk', { ...pathOf(siteId), body })).plan
    },
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })

/** The items of a job that stayed as they were, or could not be sent. */
export const useBulkItems = (
  siteId: string,
  job: BulkJob,
  outcome: 'refused' | 'failed',
  count: number,
): UseQueryResult<BulkItem[]> =>
  useQuery({
    queryKey: [...keys.bulkJob(siteId, job.id), outcome, count],
    queryFn: async () => {
      const { path } = jobPath(siteId, job.id).params
      const query = { outcome, limit: NAMED }
      return (await api.GET('/sites/{site_id}/bulk/{bulk_id}/items', { params: { path, query } })).results
    },
    enabled: count > 0,
  })

type List = InfiniteData<Page<ItemSummary>>

/** What an action makes of an item at once; null if only the API can say. */
function expected({ action }: BulkRequest): Partial<ItemSummary> | null {
  if (action.kind === 'status') return { status: action.status, state: 'local_ahead' }
  return action.kind === 'trash' ? { status: 'trash', state: 'local_ahead' } : null
}

/** Shows a change in the lists before the API has carried it out. @returns what takes it back */
function showAtOnce(client: QueryClient, siteId: string, request: BulkRequest): () => void {
  const change = expected(request)
  if (change === null || !('ids' in request.selection)) return () => undefined
  const ids = new Set(request.selection.ids)
  const queryKey = [...keys.items(siteId), 'list']
  const before = client.getQueriesData<List>({ queryKey })
  client.setQueriesData<List>(
    { queryKey },
    (list) =>
      list && {
        ...list,
        pages: list.pages.map((page) => ({
          ...page,
          results: page.results.map((item) => (ids.has(item.id) ? { ...item, ...change } : item)),
        })),
      },
  )
  return () => {
    for (const [key, data] of before) client.setQueryData(key, data)
  }
}

/** Starts a job. Its items are shown as they will be at once, and as they were if it is refused. */
export function useStartBulk(siteId: string): UseMutationResult<BulkJob, Error, BulkRequest, () => void> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (body) => {
      const { job } = await api.POST('/sites/{site_id}/bulk', { ...pathOf(siteId), body })
      if (!job) throw new Error('no job was started')
      return job
    },
    onMutate: (request) => showAtOnce(client, siteId, request),
    onSuccess: (job) => {
      client.setQueryData(keys.bulkJob(siteId, job.id), job)
      client.setQueryData([...keys.bulkJobs(siteId), 'newest'], job)
    },
    onError: (_error, _request, takeBack) => takeBack?.(),
  })
}

/** Takes a job back, or repeats it for what failed. The answer is a job of its own. */
export function useFollowUp(siteId: string): UseMutationResult<BulkJob, Error, { id: string; way: 'undo' | 'retry' }> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, way }) =>
      way === 'undo'
        ? api.POST('/sites/{site_id}/bulk/{bulk_id}/undo', jobPath(siteId, id))
        : api.POST('/sites/{site_id}/bulk/{bulk_id}/retry', jobPath(siteId, id)),
    onSuccess: (job, { id }) => {
      client.setQueryData(keys.bulkJob(siteId, job.id), job)
      client.setQueryData([...keys.bulkJobs(siteId), 'newest'], job)
      void client.invalidateQueries({ queryKey: keys.bulkJob(siteId, id) })
    },
  })
}
