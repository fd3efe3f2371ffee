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

/** Signs in, removes cached data of a previous person, and reads the session. */
function useStartSession<T>(enter: (input: T) => Promise<SignedIn>): UseMutationResult<SignedIn, Error, T> {
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
  useStartSession((body) => api.POST('/auth/sign-in/email', { body }))

export const useSignUp = (): UseMutationResult<SignedIn, Error, SignUp> =>
  useStartSession((body) => api.POST('/auth/sign-up/email', { body }))

export const useDemoSignIn = (): UseMutationResult<SignedIn, Error, void> =>
  useStartSession(() => api.POST('/auth/sign-in/demo'))

/** Accepts an invitation and switches to its account. */
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
