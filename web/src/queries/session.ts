import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import { chosenAccount } from '../api/chosen-account.ts'
import { ApiError, isCode } from '../api/errors.ts'
import type { Role, Session } from '../api/types.ts'
import { forgetAnswers } from '../offline/forget-answers.ts'
import { forgetDrafts } from './forget-drafts.ts'
import { keys } from './keys.ts'

const UNAUTHENTICATED = 401
const SESSION_STALE_MS = 5 * 60_000

/** What the cache has: `nowhere` for somebody who is signed in and in no account. */
type SessionState = Session | 'nowhere' | null

async function readSession(): Promise<SessionState> {
  try {
    return await api.GET('/auth/get-session')
  } catch (error) {
    if (error instanceof ApiError && error.status === UNAUTHENTICATED) return null
    // if the person is no longer in the chosen account, their other accounts still work
    if (!isCode(error, 'no_account')) throw error
    if (chosenAccount.get() === null) return 'nowhere'
    chosenAccount.clear()
    return readSession()
  }
}

const sessionQuery = { queryKey: keys.session, queryFn: readSession, staleTime: SESSION_STALE_MS }

/** Who is signed in, and the account that they work in; null when nobody is, or in no account. */
export const useSession = (): UseQueryResult<Session | null> =>
  useQuery({ ...sessionQuery, select: (state: SessionState) => (state === 'nowhere' ? null : state) })

/** Whether the person is signed in, and in no account: they were removed from the last one. */
export const useIsNowhere = (): boolean =>
  useQuery({ ...sessionQuery, select: (state: SessionState) => state === 'nowhere' }).data ?? false

const RANK: Record<Role, number> = { viewer: 0, editor: 1, admin: 2, owner: 3 }

/** Whether the person's role in the current account is at least `role`. Pages hide actions that are not allowed. */
export function useMay(role: Role): boolean {
  const { data } = useSession()
  return data ? RANK[data.account.role] >= RANK[role] : false
}

/** Signs out and clears the cache. */
export function useSignOut(): UseMutationResult<unknown, Error, void> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.POST('/auth/sign-out'),
    onSuccess: () => {
      chosenAccount.clear()
      forgetDrafts()
      forgetAnswers().catch(() => undefined)
      // the session stays in the cache, as none: pages that watch it would not see a new entry
      client.setQueryData(keys.session, null)
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
    },
  })
}
