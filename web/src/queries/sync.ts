import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { Direction, Run, SyncState } from '../api/types.ts'
import { mergeRun, reconcile } from '../live/merge-run.ts'
import { choicesScope } from './content-types.ts'
import { keys } from './keys.ts'

/** The current run, the last run, and the lag of the sync. */
export const useSyncStatus = (integrationId: string): UseQueryResult<SyncState> =>
  useQuery({
    queryKey: keys.syncStatus(integrationId),
    queryFn: async ({ client }) => {
      const key = keys.syncStatus(integrationId)
      const asked = client.getQueryData<SyncState>(key)
      const params = { path: { integration_id: integrationId } }
      const answer = await api.GET('/integration/integrations/{integration_id}/sync-status', { params })
      return reconcile(answer, asked, client.getQueryData<SyncState>(key))
    },
  })

function useRunWritten(integrationId: string): (run: Run) => void {
  const client = useQueryClient()
  return (run) => {
    const key = keys.syncStatus(integrationId)
    client.setQueryData<SyncState>(key, (state) => state && mergeRun(state, run))
    for (const queryKey of [key, keys.runs(integrationId), keys.events(integrationId)])
      void client.invalidateQueries({ queryKey })
  }
}

/** Starts a sync after pending settings are saved. If a run is already open, the API returns that run. */
export function useStartSync(integrationId: string): UseMutationResult<Run, Error, Direction> {
  const write = useRunWritten(integrationId)
  const params = { path: { integration_id: integrationId } }
  return useMutation({
    scope: choicesScope(integrationId),
    mutationFn: (direction) =>
      api.POST('/integration/integrations/{integration_id}/sync', { params, body: { direction } }),
    onSuccess: write,
  })
}

/** Cancels a run. What it already did stays. */
export function useCancelRun(integrationId: string): UseMutationResult<Run, Error, string> {
  const write = useRunWritten(integrationId)
  return useMutation({
    mutationFn: (runId) => {
      const params = { path: { integration_id: integrationId, run_id: runId } }
      return api.POST('/integration/integrations/{integration_id}/runs/{run_id}/cancel', { params })
    },
    onSuccess: write,
  })
}
