import {
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { MailSubscription } from '../api/types.ts'
import { keys } from './keys.ts'

/** What the link of a mail is about. */
export const useMailSubscription = (token: string): UseQueryResult<MailSubscription> =>
  useQuery({
    queryKey: keys.mailSubscription(token),
    queryFn: () => api.GET('/mail/subscription', { params: { query: { token } } }),
  })

/** Leaves such mail, or takes it up again. */
export function useSetSubscribed(token: string): UseMutationResult<unknown, Error, boolean> {
  const client = useQueryClient()
  const params = { query: { token } }
  return useMutation({
    mutationFn: (subscribed) =>
      subscribed ? api.POST('/mail/resubscribe', { params }) : api.POST('/mail/unsubscribe', { params }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.mailSubscription(token) }),
  })
}
