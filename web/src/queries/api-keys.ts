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

/** All scopes of a key; the plugin needs all of them. */
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

/** Invalidates the site's keys and its connection, which depends on them. */
function useInvalidate(siteId: string): () => Promise<unknown> {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: keys.apiKeys(siteId) }),
      client.invalidateQueries({ queryKey: keys.integration(siteId) }),
      client.invalidateQueries({ queryKey: keys.integrations }),
    ])
}

/** Creates a key. Only this answer contains the whole key. */
export function useCreateApiKey(siteId: string): UseMutationResult<ApiKeyCreated, Error, ApiKeyCreate> {
  const invalidate = useInvalidate(siteId)
  return useMutation({
    mutationFn: (body) => api.POST('/sites/{site_id}/api-keys', { params: { path: { site_id: siteId } }, body }),
    // a secret is dropped from the cache as soon as nothing shows it
    gcTime: 0,
    onSuccess: invalidate,
  })
}

/** Replaces a key. The old one works for `graceS` more seconds. */
export function useRotateApiKey(
  siteId: string,
): UseMutationResult<ApiKeyCreated, Error, { keyId: string; graceS: number }> {
  const invalidate = useInvalidate(siteId)
  return useMutation({
    mutationFn: ({ keyId, graceS }) =>
      api.POST('/sites/{site_id}/api-keys/{key_id}/rotate', {
        params: { path: { site_id: siteId, key_id: keyId } },
        body: { grace_s: graceS },
      }),
    gcTime: 0,
    onSuccess: invalidate,
  })
}

export function useRevokeApiKey(siteId: string): UseMutationResult<unknown, Error, string> {
  const invalidate = useInvalidate(siteId)
  return useMutation({
    mutationFn: (keyId) =>
      api.DELETE('/sites/{site_id}/api-keys/{key_id}', {
        params: { path: { site_id: siteId, key_id: keyId } },
      }),
    // a revocation that failed halfway may still hold, so the keys are read again in any case
    onSettled: invalidate,
  })
}
