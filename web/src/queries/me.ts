import {
  type QueryKey,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import { makePasskey } from '../api/passkeys.ts'
import type { AccountSettings, AccountUpdate, Passkey, Profile, SessionInfo, TotpSetup } from '../api/types.ts'
import { keys } from './keys.ts'

/** A change after which these queries are read again, before its own `onSuccess`. */
function useChange<T, I>(change: (input: I) => Promise<T>, ...stale: QueryKey[]): UseMutationResult<T, Error, I> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    gcTime: 0,
    onSuccess: () => Promise.all(stale.map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
}

export const useProfile = (): UseQueryResult<Profile> =>
  useQuery({ queryKey: keys.profile, queryFn: () => api.GET('/me') })

export const useRename = (): UseMutationResult<Profile, Error, string> =>
  useChange((name) => api.PATCH('/me', { body: { name } }), keys.profile, keys.session, keys.members)

/** Confirms the password, for sensitive changes of the next 15 minutes. */
export const useConfirmPassword = (): UseMutationResult<unknown, Error, string> =>
  useChange((password) => api.POST('/me/confirm', { body: { password } }), keys.profile)

export const useChangePassword = (): UseMutationResult<unknown, Error, { current: string; next: string }> =>
  useChange(
    ({ current, next }) => api.POST('/me/password', { body: { current_password: current, new_password: next } }),
    keys.ownSessions,
    keys.profile,
  )

export const useResendVerification = (): UseMutationResult<unknown, Error, void> =>
  useChange(() => api.POST('/me/email/resend-verification'))

export const useChangeEmail = (): UseMutationResult<unknown, Error, string> =>
  useChange((email) => api.POST('/me/email', { body: { email } }), keys.profile)

export const useCancelEmailChange = (): UseMutationResult<unknown, Error, void> =>
  useChange(() => api.DELETE('/me/email/change'), keys.profile)

export const useOwnSessions = (): UseQueryResult<SessionInfo[]> =>
  useQuery({ queryKey: keys.ownSessions, queryFn: async () => (await api.GET('/me/sessions')).results })

export const useEndSession = (): UseMutationResult<unknown, Error, string> =>
  useChange(
    (id) => api.DELETE('/me/sessions/{session_id}', { params: { path: { session_id: id } } }),
    keys.ownSessions,
    keys.session,
  )

export const useEndOtherSessions = (): UseMutationResult<unknown, Error, void> =>
  useChange(() => api.DELETE('/me/sessions'), keys.ownSessions)

/** What shows whether the person has a second factor. */
const FACTORS = [keys.profile, keys.ownSessions, keys.session]

/** Starts setting an authenticator app up. Only this answer has the secret and the recovery codes. */
export const useSetUpTotp = (): UseMutationResult<TotpSetup, Error, string> =>
  useChange((password) => api.POST('/me/totp', { body: { password } }))

export const useConfirmTotp = (): UseMutationResult<unknown, Error, string> =>
  useChange((code) => api.POST('/me/totp/confirm', { body: { code } }), ...FACTORS)

export const useRemoveTotp = (): UseMutationResult<unknown, Error, string> =>
  useChange((password) => api.POST('/me/totp/remove', { body: { password } }), ...FACTORS)

export const useRenewRecoveryCodes = (): UseMutationResult<{ recovery_codes: string[] }, Error, string> =>
  useChange((password) => api.POST('/me/totp/recovery-codes', { body: { password } }), keys.profile)

export const usePasskeys = (): UseQueryResult<Passkey[]> =>
  useQuery({ queryKey: keys.passkeys, queryFn: async () => (await api.GET('/me/passkeys')).results })

/** Adds a passkey: the browser asks the person for a device. */
export const useAddPasskey = (): UseMutationResult<Passkey, Error, string> =>
  useChange(
    async (name) => {
      const { challenge, options } = await api.POST('/me/passkeys/options')
      return api.POST('/me/passkeys', { body: { name, challenge, credential: await makePasskey(options) } })
    },
    keys.passkeys,
    ...FACTORS,
  )

export const useRenamePasskey = (): UseMutationResult<Passkey, Error, { id: string; name: string }> =>
  useChange(
    ({ id, name }) => api.PATCH('/me/passkeys/{passkey_id}', { params: { path: { passkey_id: id } }, body: { name } }),
    keys.passkeys,
  )

export const useRemovePasskey = (): UseMutationResult<unknown, Error, string> =>
  useChange(
    (id) => api.DELETE('/me/passkeys/{passkey_id}', { params: { path: { passkey_id: id } } }),
    keys.passkeys,
    ...FACTORS,
  )

/** The account's settings, for its owners. */
export const useAccount = (): UseQueryResult<AccountSettings> =>
  useQuery({ queryKey: keys.account, queryFn: () => api.GET('/account') })

export const useUpdateAccount = (): UseMutationResult<AccountSettings, Error, AccountUpdate> =>
  useChange((body) => api.PATCH('/account', { body }), keys.account, keys.session)
