import {
  keepPreviousData,
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { Direction, SyncEvent } from '../api/types.ts'
import { keys } from './keys.ts'
import { byCursor, type Page, pageQuery } from './paging.ts'

const PAGE_SIZE = 25

/** What a list of events is narrowed to; absent is everything. */
export interface EventFilter {
  action?: string
  success?: 'true' | 'false'
  direction?: Direction
  run_id?: string
}

/** What happened on an integration, newest first, page by page. */
export const useEvents = (
  integrationId: string,
  filter: EventFilter,
): UseInfiniteQueryResult<InfiniteData<Page<SyncEvent>>> =>
  useInfiniteQuery({
    queryKey: [...keys.events(integrationId), 'list', filter],
    queryFn: ({ pageParam }) => {
      const query = { ...filter, ...pageQuery(pageParam, PAGE_SIZE) }
      const path = { integration_id: integrationId }
      return api.GET('/integration/integrations/{integration_id}/events', { params: { path, query } })
    },
    ...byCursor,
    placeholderData: keepPreviousData,
  })
