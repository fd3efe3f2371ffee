import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { BulkJob } from '../api/types.ts'
import { keys } from './keys.ts'

const RUNNING_MS = 700
const SENDING_MS = 4_000

export const jobPath = (siteId: string, id: string) => ({ params: { path: { site_id: siteId, bulk_id: id } } })

const isUnfinished = (job: BulkJob | undefined): boolean => job !== undefined && job.state !== 'done'

/** How far a job is, asked often while it is carried out, and now and then while its items are being sent. */
export function useBulkJob(siteId: string, id: string | null): UseQueryResult<BulkJob> {
  return useQuery({
    queryKey: keys.bulkJob(siteId, id ?? ''),
    queryFn: () => api.GET('/sites/{site_id}/bulk/{bulk_id}', jobPath(siteId, id ?? '')),
    enabled: id !== null,
    refetchInterval: ({ state: { data } }) => {
      if (isUnfinished(data)) return RUNNING_MS
      return (data?.sending.waiting ?? 0) > 0 ? SENDING_MS : false
    },
  })
}

/** The newest job of a site: somebody may have reloaded the page while it is carried out. */
export const useNewestBulkJob = (siteId: string, isAsked: boolean): UseQueryResult<BulkJob | null> =>
  useQuery({
    queryKey: [...keys.bulkJobs(siteId), 'newest'],
    queryFn: async () => {
      const query = { limit: 1 }
      const page = await api.GET('/sites/{site_id}/bulk', { params: { path: { site_id: siteId }, query } })
      return page.results[0] ?? null
    },
    enabled: isAsked,
  })
