import {
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { Item, PastVersion, VersionEntry, VersionRestore } from '../api/types.ts'
import { noteChanged } from './items.ts'
import { keys } from './keys.ts'
import { byCursor, type Page, pageQuery } from './paging.ts'

const PAGE_SIZE = 20

/** The versions of an item, newest first, paged. They are read again when the item changes. */
export const useVersions = (siteId: string, itemId: string): UseInfiniteQueryResult<InfiniteData<Page<VersionEntry>>> =>
  useInfiniteQuery({
    queryKey: keys.versions(siteId, itemId),
    queryFn: ({ pageParam }) =>
      api.GET('/sites/{site_id}/content/{item_id}/versions', {
        params: { path: { site_id: siteId, item_id: itemId }, query: pageQuery(pageParam, PAGE_SIZE) },
      }),
    ...byCursor,
  })

/** One version with its text. @param versionId null asks for nothing */
export const useVersion = (siteId: string, itemId: string, versionId: string | null): UseQueryResult<PastVersion> =>
  useQuery({
    queryKey: [...keys.item(siteId, itemId), 'version', versionId],
    queryFn: () =>
      api.GET('/sites/{site_id}/content/{item_id}/versions/{version_id}', {
        params: { path: { site_id: siteId, item_id: itemId, version_id: versionId ?? '' } },
      }),
    enabled: versionId !== null,
    retry: false,
  })

/** Reads the list again, from which a version has gone. */
export function useReadVersionsAgain(siteId: string, itemId: string): () => void {
  const client = useQueryClient()
  return () => void client.invalidateQueries({ queryKey: keys.versions(siteId, itemId) })
}

export function useRestoreVersion(
  siteId: string,
  itemId: string,
): UseMutationResult<Item, Error, { versionId: string; restore: VersionRestore }> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ versionId, restore }) =>
      api.POST('/sites/{site_id}/content/{item_id}/versions/{version_id}/restore', {
        params: { path: { site_id: siteId, item_id: itemId, version_id: versionId } },
        body: restore,
      }),
    onSuccess: (item) => noteChanged(client, item),
    // it was changed meanwhile, or the version is gone: what is shown is not what is there
    onError: () => void client.invalidateQueries({ queryKey: keys.item(siteId, itemId) }),
  })
}
