import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import { chosenAccount } from '../api/chosen-account.ts'
import type { Account, AuthOptions, SecondStepCode, SignIn, SignInAnswer, SignUp, SignedIn } from '../api/types.ts'
import { getPasskey } from '../api/passkeys.ts'
import { forgetAnswers } from '../offline/forget-answers.ts'
import { keys } from './keys.ts'

/** What this server offers besides e-mail and password. */
export const useAuthOptions = (): UseQueryResult<AuthOptions> =>
  useQuery({
    queryKey: keys.authOptions,
    queryFn: () => api.GET('/auth/options'),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Signs in, removes cached data of a previous person, and reads the session. A second step changes nothing yet. */
function useStartSession<T, A extends SignInAnswer>(enter: (input: T) => Promise<A>): UseMutationResult<A, Error, T> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: enter,
    onSuccess: async (answer) => {
      if ('second_step' in answer) return
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'auth-options' })
      await forgetAnswers().catch(() => undefined)
      await client.refetchQueries({ queryKey: keys.session })
    },
  })
}

export const useSignIn = (): UseMutationResult<SignInAnswer, Error, SignIn> =>
  useStartSession((body) => api.POST('/auth/sign-in/email', { body }))

export const useSecondStep = (): UseMutationResult<SignedIn, Error, SecondStepCode> =>
  useStartSession((body) => api.POST('/auth/sign-in/second-step', { body }))

export const usePasskeySignIn = (): UseMutationResult<SignedIn, Error, void> =>
  useStartSession(async () => {
    const { challenge, options } = await api.POST('/auth/sign-in/passkey/options')
    return api.POST('/auth/sign-in/passkey', { body: { challenge, credential: await getPasskey(options) } })
  })

/** Asks for a link to a new password. */
export const useForgotPassword = (): UseMutationResult<unknown, Error, string> =>
  useMutation({ mutationFn: (email) => api.POST('/auth/forgot-password', { body: { email } }) })

/** Sets a new password with a link's token. All sessions end, so that of this browser does, too. */
export function useResetPassword(): UseMutationResult<unknown, Error, { token: string; password: string }> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body) => api.POST('/auth/reset-password', { body }),
    onSuccess: () => client.refetchQueries({ queryKey: keys.session }),
  })
}

/** Uses the link of a mail that verifies an address. */
export function useVerifyEmail(): UseMutationResult<{ email: string }, Error, string> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (token) => api.POST('/auth/verify-email', { body: { token } }),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.session }),
        client.invalidateQueries({ queryKey: keys.profile }),
      ]),
  })
}

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
