/**
 * What the lists of a site know of its items, before the API has answered: the rows of a list with another filter, the head
 * of an item that is being opened, and what a change makes of its row.
 */
import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { ItemSort, ItemState, ItemSummary, ItemUpdate } from '../api/types.ts'
import { titleText } from '../components/title-text.ts'
import { keys } from './keys.ts'
import type { Page } from './paging.ts'

/** Filter of a list of items. By default, everything except deleted items. */
export interface ItemFilter {
  type?: string
  state?: ItemState
  status?: string
  q?: string
  author?: string
  /** `category:News` */
  term?: string
  /** RFC 3339; the second one is not part of it. */
  date_from?: string
  date_to?: string
}

type List = InfiniteData<Page<ItemSummary>, string | null>

/** As many as the first page of a list has. */
const MOST_SHOWN = 50

const listsOf = (siteId: string) => [...keys.items(siteId), 'list']

/** All rows that were read, by id. The rows of the list that was read last come first, in its order. */
function knownItems(client: QueryClient, siteId: string): ItemSummary[] {
  const lists = client.getQueryCache().findAll({ queryKey: listsOf(siteId) })
  const newestFirst = lists.toSorted((left, right) => right.state.dataUpdatedAt - left.state.dataUpdatedAt)
  const known = new Map<string, ItemSummary>()
  for (const { state } of newestFirst) {
    const list = state.data as List | undefined
    for (const item of list?.pages.flatMap(({ results }) => results) ?? [])
      if (!known.has(item.id)) known.set(item.id, item)
  }
  return [...known.values()]
}

const wordsOf = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean)

/** Whether a search surely finds an item: the API looks into texts as well, which lists don't have. */
const hasWords = (item: ItemSummary, q: string): boolean => {
  const text = `${titleText(item.title)} ${item.slug}`.toLowerCase()
  return wordsOf(q).every((word) => text.includes(word))
}

const hasTerm = ({ terms }: ItemSummary, term: string): boolean => {
  const at = term.indexOf(':')
  return terms[term.slice(0, at)]?.includes(term.slice(at + 1)) ?? false
}

const isBetween = (date: string | null, from?: string, to?: string): boolean =>
  date !== null && (from === undefined || date >= from) && (to === undefined || date < to)

const matches = (item: ItemSummary, filter: ItemFilter): boolean =>
  (filter.type === undefined || item.type === filter.type) &&
  (filter.status === undefined || item.status === filter.status) &&
  (filter.state === undefined ? item.state !== 'deleted' : item.state === filter.state) &&
  (filter.q === undefined || hasWords(item, filter.q)) &&
  (filter.author === undefined || [String(item.author?.id), item.author?.name].includes(filter.author)) &&
  (filter.term === undefined || hasTerm(item, filter.term)) &&
  ((filter.date_from === undefined && filter.date_to === undefined) ||
    isBetween(item.date, filter.date_from, filter.date_to))

const byText = (left: string, right: string): number =>
  left.localeCompare(right, undefined, { sensitivity: 'base', numeric: false })
const BY: Record<'title' | 'date' | 'updated', (left: ItemSummary, right: ItemSummary) => number> = {
  title: (left, right) => byText(titleText(left.title), titleText(right.title)),
  date: (left, right) => byText(left.date ?? '', right.date ?? ''),
  updated: (left, right) => byText(left.updated_at, right.updated_at),
}

function sorted(items: ItemSummary[], sort: ItemSort | undefined): ItemSummary[] {
  const isDown = sort?.startsWith('-') === true
  const field = sort?.replace('-', '')
  if (field !== 'title' && field !== 'date' && field !== 'updated') return items
  return items.toSorted((left, right) => (isDown ? -1 : 1) * BY[field](left, right))
}

/** What is known of a list that is being read; undefined if that is nothing. */
export function narrowKnown(
  client: QueryClient,
  siteId: string,
  { sort, ...filter }: ItemFilter & { sort?: ItemSort },
): List | undefined {
  const found = knownItems(client, siteId).filter((item) => matches(item, filter))
  if (found.length === 0) return undefined
  const results = sorted(found, sort).slice(0, MOST_SHOWN)
  return { pages: [{ results, next: null }], pageParams: [null] }
}

/** The row of an item in any list; null if none has it. */
export const findSummary = (client: QueryClient, siteId: string, itemId: string): ItemSummary | null =>
  knownItems(client, siteId).find(({ id }) => id === itemId) ?? null

/** Changes the row of an item in all lists. */
function changeRows(
  client: QueryClient,
  siteId: string,
  itemId: string,
  change: (item: ItemSummary) => ItemSummary,
): void {
  const inPage = (page: Page<ItemSummary>) => ({
    ...page,
    results: page.results.map((item) => (item.id === itemId ? change(item) : item)),
  })
  for (const { queryKey, state } of client.getQueryCache().findAll({ queryKey: listsOf(siteId) }))
    client.setQueryData<List>(queryKey, (list) => list && { ...list, pages: list.pages.map(inPage) }, {
      // the rest of the list is as old as it was
      updatedAt: state.dataUpdatedAt,
    })
}

/** A row after a change, as far as it shows it. */
export function rowAfter(
  { title, slug, status, date, parent_id: parentId, terms }: ItemUpdate,
  item: ItemSummary,
): ItemSummary {
  return {
    ...item,
    updated_at: new Date().toISOString(),
    ...(item.state === 'synced' && { state: 'local_ahead' }),
    ...(title !== undefined && { title }),
    ...(slug !== undefined && { slug }),
    ...(status !== undefined && { status }),
    ...(date !== undefined && { date }),
    ...(parentId !== undefined && { parent_id: parentId }),
    ...(terms !== undefined && { terms: { ...item.terms, ...terms } }),
  }
}

/** Shows a change of an item in all lists before the API has taken it. @returns what takes it back */
export function showChange(client: QueryClient, siteId: string, itemId: string, update: ItemUpdate): () => void {
  const before = findSummary(client, siteId, itemId)
  if (!before) return () => undefined
  changeRows(client, siteId, itemId, (item) => rowAfter(update, item))
  return () => changeRows(client, siteId, itemId, () => before)
}
