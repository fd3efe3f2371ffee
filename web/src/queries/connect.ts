import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { ConnectApproved, ConnectAsk, ConnectQuestion, ConnectStarted, PluginLook } from '../api/types.ts'
import { keys } from './keys.ts'

/** What the API says to what a plugin asks. A question of one moment: it is asked again on the next visit. */
export const useConnectQuestion = (ask: ConnectAsk): UseQueryResult<ConnectQuestion> =>
  useQuery({
    queryKey: keys.connectQuestion(ask.state),
    queryFn: () => api.POST('/connect/question', { body: ask }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })

export interface Yes {
  ask: ConnectAsk
  replaces: string | null
  /** Whether a type is synced, where the person decided it. */
  choices: Record<string, boolean>
}

/** The person's yes. */
export function useApproveConnect(): UseMutationResult<ConnectApproved, Error, Yes> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ ask, replaces, choices }) => api.POST('/connect/approve', { body: { ...ask, replaces, choices } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.sites, exact: true }),
  })
}

/** How often the app looks whether the plugin has been installed meanwhile. */
const LOOK_EVERY_MS = 6_000

/** Whether the plugin is active on a site, as a call from outside shows it; asked again until it is. */
export const useSitePlugin = (siteId: string, isWanted: boolean): UseQueryResult<PluginLook> =>
  useQuery({
    queryKey: keys.sitePlugin(siteId),
    queryFn: () => api.POST('/connect/look', { body: { site_id: siteId } }),
    enabled: isWanted,
    gcTime: 0,
    refetchInterval: ({ state }) => (state.data?.plugin === 'there' ? false : LOOK_EVERY_MS),
  })

/** Makes the address of the plugin’s approve screen. */
export const useStartConnect = (): UseMutationResult<ConnectStarted, Error, string> =>
  useMutation({ mutationFn: (siteId) => api.POST('/connect/start', { body: { site_id: siteId } }) })
