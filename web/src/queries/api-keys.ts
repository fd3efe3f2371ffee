import {
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  useQueryClient,
  type UseMutationResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { ApiKey, ApiKeyCreate, ApiKeyCreated, Scope } from '../api/types.ts'
import { keys } from './keys.ts'
import { byCursor, pageQuery } from './paging.ts'

const KEYS_A_PAGE = 50

/** What a key can be allowed to do; the plugin needs all of it. */
export const ALL_SCOPES: Scope[] = ['integration:read', 'integration:write', 'content:read', 'content:write']

type KeyPage = { results: ApiKey[]; next: string | null }

/** The keys of a site, newest first, masked. */
export const useApiKeys = (
  siteId: string,
  everyMs: number | false = false,
): UseInfiniteQueryResult<InfiniteData<KeyPage>> =>
  useInfiniteQuery({
    queryKey: keys.apiKeys(siteId),
    queryFn: ({ pageParam }) =>
      api.GET('/sites/{site_id}/api-keys', {
        params: { path: { site_id: siteId }, query: pageQuery(pageParam, KEYS_A_PAGE) },
      }),
    refetchInterval: everyMs,
    ...byCursor,
  })

/** Forgets what is known of the site's keys and, since they carry it, of its connection. */
function useForget(siteId: string): () => Promise<unknown> {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: keys.apiKeys(siteId) }),
      client.invalidateQueries({ queryKey: keys.integration(siteId) }),
      client.invalidateQueries({ queryKey: keys.integrations }),
    ])
}

/** Makes a key; the answer alone has the whole of it. */
export function useCreateApiKey(siteId: string): UseMutationResult<ApiKeyCreated, Error, ApiKeyCreate> {
  const forget = useForget(siteId)
  return useMutation({
    mutationFn: (body) => api.POST('/sites/{site_id}/api-keys', { params: { path: { site_id: siteId } }, body }),
    // what is secret isn't kept beyond what shows it
    gcTime: 0,
    onSuccess: forget,
  })
}

/** Replaces a key; the old one works for `graceS` more seconds. */
export function useRotateApiKey(
  siteId: string,
): UseMutationResult<ApiKeyCreated, Error, { keyId: string; graceS: number }> {
  const forget = useForget(siteId)
  return useMutation({
    mutationFn: ({ keyId, graceS }) =>
      api.POST('/sites/{site_id}/api-keys/{key_id}/rotate', {
        params: { path: { site_id: siteId, key_id: keyId } },
        body: { grace_s: graceS },
      }),
    gcTime: 0,
    onSuccess: forget,
  })
}

export function useRevokeApiKey(siteId: string): UseMutationResult<unknown, Error, string> {
  const forget = useForget(siteId)
  return useMutation({
    mutationFn: (keyId) =>
      api.DELETE('/sites/{site_id}/api-keys/{key_id}', {
        params: { path: { site_id: siteId, key_id: keyId } },
      }),
    // a revocation that did not reach every place holds all the same, so what is shown is read anew either way
    onSettled: forget,
  })
}
