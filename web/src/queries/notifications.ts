import {
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type {
  Delivery,
  Endpoint,
  EndpointCreated,
  EndpointTest,
  EndpointUpdate,
  NotificationPreferences,
} from '../api/types.ts'
import { keys } from './keys.ts'
import { byCursor, type Page, pageQuery } from './paging.ts'

/** More than the maximum per account. */
const ENDPOINTS_A_PAGE = 50
const DELIVERIES_A_PAGE = 20
/** Refetch interval while a delivery is pending; the cron retries every minute. */
const WAITING_MS = 15_000

const onEndpoint = (id: string) => ({ params: { path: { endpoint_id: id } } })

/** The account's webhook endpoints. */
export const useEndpoints = (): UseQueryResult<Endpoint[]> =>
  useQuery({
    queryKey: keys.endpoints,
    queryFn: async () => {
      const query = { limit: ENDPOINTS_A_PAGE }
      return (await api.GET('/notifications/endpoints', { params: { query } })).results
    },
  })

/** Invalidates the endpoints, and the deliveries, which show their names. */
function useInvalidate(): () => Promise<unknown> {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: keys.endpoints }),
      client.invalidateQueries({ queryKey: keys.deliveries }),
    ])
}

/** Adds an endpoint. Only this answer contains its secret. */
export function useCreateEndpoint(): UseMutationResult<EndpointCreated, Error, { name: string; url: string }> {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (body) => api.POST('/notifications/endpoints', { body }),
    // a secret is dropped from the cache as soon as nothing shows it
    gcTime: 0,
    onSuccess: invalidate,
  })
}

export function useUpdateEndpoint(id: string): UseMutationResult<Endpoint, Error, EndpointUpdate> {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (body) => api.PATCH('/notifications/endpoints/{endpoint_id}', { ...onEndpoint(id), body }),
    onSettled: invalidate,
  })
}

export function useDeleteEndpoint(id: string): UseMutationResult<unknown, Error, void> {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: () => api.DELETE('/notifications/endpoints/{endpoint_id}', onEndpoint(id)),
    onSettled: invalidate,
  })
}

/** Replaces the secret. Messages are also signed with the old one for `graceS` more seconds. */
export function useRotateSecret(id: string): UseMutationResult<EndpointCreated, Error, number> {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (graceS) =>
      api.POST('/notifications/endpoints/{endpoint_id}/rotate-secret', {
        ...onEndpoint(id),
        body: { grace_s: graceS },
      }),
    gcTime: 0,
    onSuccess: invalidate,
  })
}

/** Sends a ping to the endpoint now. */
export function useTestEndpoint(id: string): UseMutationResult<EndpointTest, Error, void> {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: () => api.POST('/notifications/endpoints/{endpoint_id}/test', onEndpoint(id)),
    onSettled: invalidate,
  })
}

/** Deliveries, newest first; `status` null for all. */
export const useDeliveries = (
  status: Delivery['status'] | null,
): UseInfiniteQueryResult<InfiniteData<Page<Delivery>>> =>
  useInfiniteQuery({
    queryKey: [...keys.deliveries, status],
    queryFn: ({ pageParam }) => {
      const query = { ...pageQuery(pageParam, DELIVERIES_A_PAGE), ...(status !== null && { status }) }
      return api.GET('/notifications/deliveries', { params: { query } })
    },
    refetchInterval: ({ state }) => {
      const isWaiting = state.data?.pages.some(({ results }) => results.some((each) => each.status === 'pending'))
      return isWaiting ? WAITING_MS : false
    },
    ...byCursor,
  })

export function useRedeliver(): UseMutationResult<Delivery, Error, string> {
  const invalidate = useInvalidate()
  return useMutation({
    mutationFn: (id) =>
      api.POST('/notifications/deliveries/{delivery_id}/redeliver', {
        params: { path: { delivery_id: id } },
      }),
    onSettled: invalidate,
  })
}

/** E-mail preferences of the person in this account. */
export const useNotificationPreferences = (): UseQueryResult<NotificationPreferences> =>
  useQuery({
    queryKey: keys.notificationPreferences,
    queryFn: () => api.GET('/notifications/preferences'),
  })

export function useSetNotificationPreferences(): UseMutationResult<NotificationPreferences, Error, { email: boolean }> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body) => api.PUT('/notifications/preferences', { body }),
    onSuccess: (after) => client.setQueryData(keys.notificationPreferences, after),
  })
}
