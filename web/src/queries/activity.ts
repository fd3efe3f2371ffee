import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { Activity } from '../api/types.ts'
import { keys } from './keys.ts'

/** Totals of an integration for each of the last days (UTC), oldest first. */
export const useActivity = (integrationId: string, days: number): UseQueryResult<Activity> =>
  useQuery({
    queryKey: [...keys.activity(integrationId), days],
    queryFn: () => {
      const path = { integration_id: integrationId }
      return api.GET('/integration/integrations/{integration_id}/activity', { params: { path, query: { days } } })
    },
    placeholderData: keepPreviousData,
  })
