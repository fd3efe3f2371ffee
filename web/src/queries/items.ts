import {
  type InfiniteData,
  type QueryClient,
  queryOptions,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  type UseMutationResult,
  useQueries,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import { ApiError } from '../api/errors.ts'
import type { Item, ItemCreate, ItemSort, ItemSummary, ItemUpdate, Resolution } from '../api/types.ts'
import { titleText } from '../components/title-text.ts'
import { findSummary, type ItemFilter, narrowKnown, showChange } from './known-items.ts'
import { keys } from './keys.ts'
import { byCursor, entriesOf, type Page, pageQuery } from './paging.ts'

export type { ItemFilter } from './known-items.ts'

const PAGE_SIZE = 50
const CONFLICT = 409
/** What was read when the pointer came near is not read again for so long. */
const PREFETCHED_MS = 30_000

const pathOf = (siteId: string, itemId: string) => ({ params: { path: { site_id: siteId, item_id: itemId } } })

/**
 * Items of a site, newest first or best hit first unless an order is given, paged. Until the answer is there, what other
 * lists have of such items is shown.
 */
export function useItems(
  siteId: string,
  filter: ItemFilter & { sort?: ItemSort },
  isAsked = true,
): UseInfiniteQueryResult<InfiniteData<Page<ItemSummary>>> {
  const client = useQueryClient()
  return useInfiniteQuery({
    queryKey: [...keys.items(siteId), 'list', filter],
    queryFn: ({ pageParam }) => {
      const query = { ...filter, ...pageQuery(pageParam, PAGE_SIZE) }
      const path = { site_id: siteId }
      return api.GET('/sites/{site_id}/content', { params: { path, query } })
    },
    ...byCursor,
    enabled: isAsked,
    placeholderData: () => narrowKnown(client, siteId, filter),
  })
}

/** What is known of a list while somebody types a search; null once the search is asked for. */
export function useTypedItems(
  siteId: string,
  filter: ItemFilter & { sort?: ItemSort },
  typed: string | null,
): ItemSummary[] | null {
  const client = useQueryClient()
  if (typed === null) return null
  // without words, everything is found
  return entriesOf(narrowKnown(client, siteId, { ...filter, q: typed }))
}

/** What a list has of an item, while the item itself is being read. */
export function useKnownSummary(siteId: string, itemId: string): ItemSummary | null {
  const client = useQueryClient()
  return findSummary(client, siteId, itemId)
}

const itemQuery = (siteId: string, itemId: string) =>
  queryOptions({
    queryKey: keys.item(siteId, itemId),
    queryFn: () => api.GET('/sites/{site_id}/content/{item_id}', pathOf(siteId, itemId)),
  })

/** Reads an item before somebody opens it. */
export function usePrefetchItem(siteId: string): (itemId: string) => void {
  const client = useQueryClient()
  return (itemId) => void client.prefetchQuery({ ...itemQuery(siteId, itemId), staleTime: PREFETCHED_MS })
}

/** One item with both sides. */
export const useItem = (siteId: string, itemId: string): UseQueryResult<Item> => useQuery(itemQuery(siteId, itemId))

/** Returns the title of an item by id, or the id while the title is unknown. */
export function useItemTitles(siteId: string, ids: readonly (string | null | undefined)[]): (id: string) => string {
  const known = [...new Set(ids.filter((id) => typeof id === 'string'))]
  const titles = useQueries({
    queries: known.map((id) => itemQuery(siteId, id)),
    combine: (results) => results.map(({ data }) => data && titleText(data.title)),
  })
  return (id) => titles[known.indexOf(id)] || id
}

/** Keeps a changed item, and has lists and its history read again. */
export function noteChanged(client: QueryClient, item: Item): void {
  client.setQueryData(keys.item(item.site_id, item.id), item)
  void client.invalidateQueries({ queryKey: keys.items(item.site_id) })
  void client.invalidateQueries({ queryKey: keys.versions(item.site_id, item.id) })
}

/**
 * A mutation of one item, whose answer is the changed item. If it is refused with 409 because the item has changed, the item is read
 * again, so that the next attempt starts from the latest version.
 */
function useItemChange<T>(
  siteId: string,
  itemId: string,
  change: (input: T) => Promise<Item>,
): UseMutationResult<Item, Error, T> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: (item) => noteChanged(client, item),
    onError: (error) => {
      if (!(error instanceof ApiError) || error.status !== CONFLICT) return
      void client.invalidateQueries({ queryKey: keys.item(siteId, itemId) })
    },
  })
}

/** Saves an item. Lists show the change at once, and what was there before if it is refused. */
export function useUpdateItem(
  siteId: string,
  itemId: string,
  { onSaved, onRefused }: { onSaved: (item: Item) => void; onRefused: (error: Error) => void },
): UseMutationResult<Item, Error, ItemUpdate, () => void> {
  const client = useQueryClient()
  const read = () => client.invalidateQueries({ queryKey: keys.item(siteId, itemId) })
  return useMutation({
    mutationFn: (body) => api.PATCH('/sites/{site_id}/content/{item_id}', { ...pathOf(siteId, itemId), body }),
    onMutate: (body) => showChange(client, siteId, itemId, body),
    onSuccess: (item) => {
      noteChanged(client, item)
      onSaved(item)
    },
    onError: (error, _body, takeBack) => {
      takeBack?.()
      if (error instanceof ApiError && error.status === CONFLICT) void read()
      onRefused(error)
    },
  })
}

export const useResolveItem = (siteId: string, itemId: string): UseMutationResult<Item, Error, Resolution> =>
  useItemChange(siteId, itemId, (body) =>
    api.POST('/sites/{site_id}/content/{item_id}/resolve', { ...pathOf(siteId, itemId), body }),
  )

export const useUndoResolution = (siteId: string, itemId: string): UseMutationResult<Item, Error, void> =>
  useItemChange(siteId, itemId, () => api.POST('/sites/{site_id}/content/{item_id}/undo', pathOf(siteId, itemId)))

export const useRetryItem = (siteId: string, itemId: string): UseMutationResult<Item, Error, void> =>
  useItemChange(siteId, itemId, () => api.POST('/sites/{site_id}/content/{item_id}/retry', pathOf(siteId, itemId)))

/** Syncs one item in both directions and waits for the result. */
export const useSyncItem = (siteId: string, itemId: string): UseMutationResult<Item, Error, string> =>
  useItemChange(siteId, itemId, (integrationId) =>
    api.POST('/integration/integrations/{integration_id}/sync-wordpress-content', {
      params: { path: { integration_id: integrationId } },
      body: { content_id: itemId },
    }),
  )

/** Brings an item back from the trash or from its deletion, as a draft. */
export const useRestoreItem = (siteId: string, itemId: string): UseMutationResult<Item, Error, void> =>
  useItemChange(siteId, itemId, () => api.POST('/sites/{site_id}/content/{item_id}/restore', pathOf(siteId, itemId)))

/** Moves an item to the trash; with `permanently`, deletes one that is there. */
export function useDeleteItem(
  siteId: string,
  itemId: string,
): UseMutationResult<unknown, Error, { permanently?: 'true' }> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (query) => {
      const { params } = pathOf(siteId, itemId)
      return api.DELETE('/sites/{site_id}/content/{item_id}', { params: { ...params, query } })
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.item(siteId, itemId) })
      void client.invalidateQueries({ queryKey: keys.items(siteId) })
    },
  })
}

export function useCreateItem(siteId: string): UseMutationResult<Item, Error, ItemCreate> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body) => api.POST('/sites/{site_id}/content', { params: { path: { site_id: siteId } }, body }),
    onSuccess: (item) => {
      client.setQueryData(keys.item(siteId, item.id), item)
      void client.invalidateQueries({ queryKey: keys.items(siteId) })
    },
  })
}
