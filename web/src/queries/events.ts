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

/** Filter of a list of events; absent fields don't filter. */
export interface EventFilter {
  action?: string
  success?: 'true' | 'false'
  direction?: Direction
  run_id?: string
}

/** Events of an integration, newest first, paged. */
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
