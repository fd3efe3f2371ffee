import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { Integration, TestResult } from '../api/types.ts'
import { keys } from './keys.ts'

/** Tests the connection, then reads its state again. */
export function useTestConnection({ id, site_id: siteId }: Integration): UseMutationResult<TestResult, Error, void> {
  const client = useQueryClient()
  const params = { path: { integration_id: id } }
  return useMutation({
    mutationFn: () => api.POST('/integration/integrations/{integration_id}/test-connection', { params }),
    onSettled: () =>
      Promise.all(
        [keys.integration(siteId), keys.contentTypes(id), keys.events(id)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  })
}

/** Switches an integration or its sync on again. */
export function useSwitchOn({ id, site_id: siteId }: Integration): UseMutationResult<Integration, Error, void> {
  const client = useQueryClient()
  const params = { path: { integration_id: id } }
  return useMutation({
    mutationFn: () =>
      api.PATCH('/integration/integrations/{integration_id}', {
        params,
        body: { is_active: true, sync_enabled: true },
      }),
    onSuccess: (integration) => {
      client.setQueryData(keys.integration(siteId), integration)
      return client.invalidateQueries({ queryKey: keys.contentTypes(id) })
    },
  })
}
