import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api, dataOf } from '../api/api.ts'
import { chosenAccount } from '../api/chosen-account.ts'
import type { Account, Schemas } from '../api/types.ts'
import { keys } from './keys.ts'

type SignedIn = Schemas['SignedIn']

/** What this server offers besides e-mail and password. */
export const useAuthOptions = (): UseQueryResult<Schemas['AuthOptions']> =>
  useQuery({
    queryKey: keys.authOptions,
    queryFn: () => dataOf(api.GET('/api/v1/auth/options')),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** A way in: afterwards nothing is kept of whoever was here before, and the session is known. */
function useWayIn<T>(enter: (input: T) => Promise<SignedIn>): UseMutationResult<SignedIn, Error, T> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: enter,
    onSuccess: async () => {
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'auth-options' })
      await client.refetchQueries({ queryKey: keys.session })
    },
  })
}

export const useSignIn = (): UseMutationResult<SignedIn, Error, Schemas['SignIn']> =>
  useWayIn((body) => dataOf(api.POST('/api/v1/auth/sign-in/email', { body })))

export const useSignUp = (): UseMutationResult<SignedIn, Error, Schemas['SignUp']> =>
  useWayIn((body) => dataOf(api.POST('/api/v1/auth/sign-up/email', { body })))

export const useDemoSignIn = (): UseMutationResult<SignedIn, Error, void> =>
  useWayIn(() => dataOf(api.POST('/api/v1/auth/sign-in/demo')))

/** Joins the account that the invitation is for, and goes on in it. */
export function useAcceptInvitation(): UseMutationResult<Account, Error, string> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (token) => dataOf(api.POST('/api/v1/members/invitations/accept', { body: { token } })),
    onSuccess: async ({ id }) => {
      chosenAccount.set(id)
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
      await client.refetchQueries({ queryKey: keys.session })
    },
  })
}
