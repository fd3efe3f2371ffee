import {
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  useQueryClient,
  type UseMutationResult,
} from '@tanstack/react-query'
import { api, dataOf } from '../api/api.ts'
import type { Member, Role, Schemas } from '../api/types.ts'
import { keys } from './keys.ts'
import { byCursor, pageQuery } from './paging.ts'

const MEMBERS_A_PAGE = 50

type MemberPage = { results: Member[]; next: string | null }

/** The people of the account. */
export const useMembers = (): UseInfiniteQueryResult<InfiniteData<MemberPage>> =>
  useInfiniteQuery({
    queryKey: keys.members,
    queryFn: ({ pageParam }) =>
      dataOf(api.GET('/api/v1/members', { params: { query: pageQuery(pageParam, MEMBERS_A_PAGE) } })),
    ...byCursor,
  })

/** Gives a member another role; one's own changes what one may do. */
export function useChangeRole(): UseMutationResult<Member, Error, { userId: string; role: Role }> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ userId, role }) =>
      dataOf(api.PATCH('/api/v1/members/{user_id}', { params: { path: { user_id: userId } }, body: { role } })),
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
    mutationFn: (userId) => dataOf(api.DELETE('/api/v1/members/{user_id}', { params: { path: { user_id: userId } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.members }),
  })
}

/** Invites an address; the answer alone has the token. */
export const useInvite = (): UseMutationResult<
  Schemas['Invitation'],
  Error,
  { email: string; role: Exclude<Role, 'owner'> }
> =>
  useMutation({
    mutationFn: (body) => dataOf(api.POST('/api/v1/members/invitations', { body })),
    gcTime: 0,
  })
