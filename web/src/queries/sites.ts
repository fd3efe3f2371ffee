import {
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { Integration, Site, SiteCreate, SiteUpdate } from '../api/types.ts'
import { keys } from './keys.ts'
import { byCursor, pageQuery } from './paging.ts'

const SITES_A_PAGE = 50
const INTEGRATIONS_A_PAGE = 200
/** Most pages read for the connections of a list of sites: 2,000 sites. */
const MOST_PAGES = 10

/** Refetch interval of the list of sites. Pages of one site use the live connection instead. */
const REFRESH_MS = 15_000

type SitePage = { results: Site[]; next: string | null }

/** Sites of the account, oldest first, paged. */
export const useSites = (): UseInfiniteQueryResult<InfiniteData<SitePage>> =>
  useInfiniteQuery({
    queryKey: keys.sites,
    queryFn: ({ pageParam }) => api.GET('/sites', { params: { query: pageQuery(pageParam, SITES_A_PAGE) } }),
    ...byCursor,
  })

/** Names of all sites, a thousand at most, read in large pages when somebody looks for one. */
export const useSiteNames = (): UseQueryResult<Site[]> =>
  useQuery({
    queryKey: [...keys.sites, 'names'],
    queryFn: async () => {
      const all: Site[] = []
      let cursor: string | null = null
      for (let page = 0; page < 5; page++) {
        const query = pageQuery(cursor, INTEGRATIONS_A_PAGE)
        const { results, next }: SitePage = await api.GET('/sites', { params: { query } })
        all.push(...results)
        cursor = next
        if (cursor === null) break
      }
      return all
    },
    staleTime: REFRESH_MS,
  })

export interface IntegrationsBySite {
  bySite: ReadonlyMap<string, Integration>
  /** Whether some integrations were not read: a site missing from `bySite` may still have one. */
  isCut: boolean
}

/** The WordPress integrations of all sites, read in a few large pages instead of one request per site. */
export const useIntegrations = (isWanted: boolean): UseQueryResult<IntegrationsBySite> =>
  useQuery({
    queryKey: keys.integrations,
    enabled: isWanted,
    refetchInterval: REFRESH_MS,
    queryFn: async () => {
      const bySite = new Map<string, Integration>()
      let cursor: string | null = null
      for (let page = 0; page < MOST_PAGES; page++) {
        const query = pageQuery(cursor, INTEGRATIONS_A_PAGE)
        const { results, next }: { results: Integration[]; next: string | null } = await api.GET(
          '/integration/integrations',
          { params: { query } },
        )
        for (const entry of results) if (entry.platform === 'wordpress') bySite.set(entry.site_id, entry)
        cursor = next
        if (cursor === null) break
      }
      return { bySite, isCut: cursor !== null }
    },
  })

/** One site. */
export const useSite = (siteId: string): UseQueryResult<Site> =>
  useQuery({
    queryKey: keys.site(siteId),
    queryFn: () => api.GET('/sites/{site_id}', { params: { path: { site_id: siteId } } }),
  })

/** The WordPress integration of a site; null if there is none. `everyMs` is the refetch interval. */
export const useIntegration = (
  siteId: string,
  everyMs: number | false | ((integration: Integration | null | undefined) => number | false) = false,
): UseQueryResult<Integration | null> =>
  useQuery({
    queryKey: keys.integration(siteId),
    queryFn: async () => {
      const query = { site_id: siteId, limit: 10 }
      const { results } = await api.GET('/integration/integrations', { params: { query } })
      return results.find(({ platform }) => platform === 'wordpress') ?? null
    },
    refetchInterval: typeof everyMs === 'function' ? ({ state }) => everyMs(state.data) : everyMs,
  })

export function useCreateSite(): UseMutationResult<Site, Error, SiteCreate> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body) => api.POST('/sites', { body }),
    onSuccess: (site) => {
      client.setQueryData(keys.site(site.id), site)
      return client.invalidateQueries({ queryKey: keys.sites, exact: true })
    },
  })
}

export function useUpdateSite(siteId: string): UseMutationResult<Site, Error, SiteUpdate> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body) => api.PATCH('/sites/{site_id}', { params: { path: { site_id: siteId } }, body }),
    onSuccess: async (site) => {
      client.setQueryData(keys.site(siteId), site)
      await Promise.all([
        client.invalidateQueries({ queryKey: keys.sites, exact: true }),
        // switching a site on or off also changes its connection
        client.invalidateQueries({ queryKey: keys.integration(siteId) }),
        client.invalidateQueries({ queryKey: keys.integrations }),
      ])
    },
  })
}

export function useDeleteSite(siteId: string): UseMutationResult<unknown, Error, void> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.DELETE('/sites/{site_id}', { params: { path: { site_id: siteId } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.sites, exact: true }),
  })
}
