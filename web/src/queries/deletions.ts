import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import { chosenAccount } from '../api/chosen-account.ts'
import type { Account, Deletion, Deletions } from '../api/types.ts'
import { keys } from './keys.ts'

const STALE_MS = 5 * 60_000

/** The scheduled deletions of the account and of the person. */
export const useDeletions = (): UseQueryResult<Deletions> =>
  useQuery({ queryKey: keys.deletions, queryFn: () => api.GET('/deletions'), staleTime: STALE_MS })

function useDeletionChange<T, I>(change: (input: I) => Promise<T>): UseMutationResult<T, Error, I> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    // its sites are switched off or on
    onSuccess: () =>
      Promise.all([keys.deletions, keys.sites].map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
}

export const useDeleteAccount = (): UseMutationResult<Deletion, Error, string> =>
  useDeletionChange((name) => api.POST('/account/deletion', { body: { name } }))

export const useKeepAccount = (): UseMutationResult<unknown, Error, void> =>
  useDeletionChange(() => api.DELETE('/account/deletion'))

export const useDeletePerson = (): UseMutationResult<Deletion, Error, string> =>
  useDeletionChange((email) => api.POST('/me/deletion', { body: { email } }))

export const useStay = (): UseMutationResult<unknown, Error, void> =>
  useDeletionChange(() => api.DELETE('/me/deletion'))

/** Makes an account for a person who is in none, and works in it. */
export function useCreateAccount(): UseMutationResult<Account, Error, string> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (name) => api.POST('/account', { body: { name } }),
    onSuccess: async () => {
      chosenAccount.clear()
      await client.refetchQueries({ queryKey: keys.session })
    },
  })
}
