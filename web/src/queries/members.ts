import {
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  useQueryClient,
  type UseMutationResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { Invitation, InvitationSent, Member, Role } from '../api/types.ts'
import { keys } from './keys.ts'
import { byCursor, pageQuery } from './paging.ts'

const MEMBERS_A_PAGE = 50

type MemberPage = { results: Member[]; next: string | null }

/** The people of the account. */
export const useMembers = (): UseInfiniteQueryResult<InfiniteData<MemberPage>> =>
  useInfiniteQuery({
    queryKey: keys.members,
    queryFn: ({ pageParam }) => api.GET('/members', { params: { query: pageQuery(pageParam, MEMBERS_A_PAGE) } }),
    ...byCursor,
  })

/** Changes a member's role. Reads the session again, since it may be one's own role. */
export function useChangeRole(): UseMutationResult<Member, Error, { userId: string; role: Role }> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ userId, role }) =>
      api.PATCH('/members/{user_id}', { params: { path: { user_id: userId } }, body: { role } }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.members }),
        client.invalidateQueries({ queryKey: keys.session }),
      ]),
  })
}

export function useRemoveMember(): UseMutationResult<unknown, Error, string> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (userId) => api.DELETE('/members/{user_id}', { params: { path: { user_id: userId } } }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.members }),
  })
}

type InvitationPage = { results: Invitation[]; next: string | null }

/** The invitations that nobody has accepted yet. */
export const useInvitations = (): UseInfiniteQueryResult<InfiniteData<InvitationPage>> =>
  useInfiniteQuery({
    queryKey: keys.invitations,
    queryFn: ({ pageParam }) =>
      api.GET('/members/invitations', { params: { query: pageQuery(pageParam, MEMBERS_A_PAGE) } }),
    ...byCursor,
  })

/** A change to invitations, after which their list is read again. */
function useInvitationChange<T, R>(change: (input: T) => Promise<R>): UseMutationResult<R, Error, T> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    gcTime: 0,
    onSettled: () => client.invalidateQueries({ queryKey: keys.invitations }),
  })
}

/** Invites an e-mail address. Only this answer contains the token, if it was not mailed. */
export const useInvite = (): UseMutationResult<
  InvitationSent,
  Error,
  { email: string; role: Exclude<Role, 'owner'> }
> => useInvitationChange((body) => api.POST('/members/invitations', { body }))

export const useResendInvitation = (): UseMutationResult<InvitationSent, Error, string> =>
  useInvitationChange((id) =>
    api.POST('/members/invitations/{invitation_id}/resend', { params: { path: { invitation_id: id } } }),
  )

export const useWithdrawInvitation = (): UseMutationResult<unknown, Error, string> =>
  useInvitationChange((id) =>
    api.DELETE('/members/invitations/{invitation_id}', { params: { path: { invitation_id: id } } }),
  )
