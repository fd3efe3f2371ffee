import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type {
  AuditRecord,
  OperatorAccount,
  OperatorOverview,
  OperatorSite,
  Replay,
  ReplayRequest,
  WokenObject,
} from '../api/types.ts'
import { keys } from './keys.ts'
import { byCursor, type Page, pageQuery } from './paging.ts'

/** What waits changes all the time; the rest is counted every ten minutes. */
const REFRESH_MS = 30_000
const PAGE_SIZE = 50

export const useOverview = (): UseQueryResult<OperatorOverview> =>
  useQuery({
    queryKey: keys.operatorOverview,
    queryFn: () => api.GET('/operator/overview'),
    refetchInterval: REFRESH_MS,
  })

/** @param search an id or a host; empty for the sites that are worst off */
export const useOperatorSites = (search: string): UseQueryResult<OperatorSite[]> =>
  useQuery({
    queryKey: [...keys.operatorSites, search],
    queryFn: async () => {
      const query = search === '' ? {} : { search }
      return (await api.GET('/operator/sites', { params: { query } })).results
    },
    placeholderData: keepPreviousData,
  })

/** @param accountId empty for the largest accounts, or those that are suspended */
export const useOperatorAccounts = (accountId: string, suspended: boolean): UseQueryResult<OperatorAccount[]> =>
  useQuery({
    queryKey: [...keys.operatorAccounts, accountId, suspended],
    queryFn: async () => {
      const query = accountId === '' ? { suspended: String(suspended) } : { account_id: accountId }
      return (await api.GET('/operator/accounts', { params: { query } })).results
    },
    placeholderData: keepPreviousData,
  })

/** What operators did, newest first. */
export const useOperatorLog = (): UseInfiniteQueryResult<InfiniteData<Page<AuditRecord>>> =>
  useInfiniteQuery({
    queryKey: keys.operatorLog,
    queryFn: ({ pageParam }) => api.GET('/operator/audit', { params: { query: pageQuery(pageParam, PAGE_SIZE) } }),
    ...byCursor,
  })

/** What an operator does; afterwards all of their pages are read again. */
function useAction<T, I>(act: (input: I) => Promise<T>): UseMutationResult<T, Error, I> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: act,
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.operator }),
  })
}

interface SuspensionChange {
  accountId: string
  isSuspended: boolean
  reason: string
}

export const useSetSuspended = (): UseMutationResult<OperatorAccount, Error, SuspensionChange> =>
  useAction(({ accountId, isSuspended, reason }) => {
    const options = { params: { path: { account_id: accountId } }, body: { reason } }
    return isSuspended
      ? api.POST('/operator/accounts/{account_id}/suspend', options)
      : api.POST('/operator/accounts/{account_id}/lift-suspension', options)
  })

export const useWake = (): UseMutationResult<WokenObject, Error, { siteId: string; reason: string }> =>
  useAction(({ siteId, reason }) =>
    api.POST('/operator/sites/{site_id}/wake-object', { params: { path: { site_id: siteId } }, body: { reason } }),
  )

/** What is to be tried again. */
export type ReplayWish = Omit<ReplayRequest, 'reason'>

export const useReplay = (): UseMutationResult<Replay, Error, ReplayRequest> =>
  useAction((body) => api.POST('/operator/replays', { body }))
