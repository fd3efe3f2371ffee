import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import { chosenAccount } from '../api/chosen-account.ts'
import type { Account, AuthOptions, SignIn, SignUp, SignedIn } from '../api/types.ts'
import { keys } from './keys.ts'

/** What this server offers besides e-mail and password. */
export const useAuthOptions = (): UseQueryResult<AuthOptions> =>
  useQuery({
    queryKey: keys.authOptions,
    queryFn: () => api.GET('/auth/options'),
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

export const useSignIn = (): UseMutationResult<SignedIn, Error, SignIn> =>
  useWayIn((body) => api.POST('/auth/sign-in/email', { body }))

export const useSignUp = (): UseMutationResult<SignedIn, Error, SignUp> =>
  useWayIn((body) => api.POST('/auth/sign-up/email', { body }))

export const useDemoSignIn = (): UseMutationResult<SignedIn, Error, void> =>
  useWayIn(() => api.POST('/auth/sign-in/demo'))

/** Joins the account that the invitation is for, and goes on in it. */
export function useAcceptInvitation(): UseMutationResult<Account, Error, string> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (token) => api.POST('/members/invitations/accept', { body: { token } }),
    onSuccess: async ({ id }) => {
      chosenAccount.set(id)
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
      await client.refetchQueries({ queryKey: keys.session })
    },
  })
}
