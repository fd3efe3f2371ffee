import { useSearchParams } from 'wouter'
import type { ItemSort, ItemState } from '../../api/types.ts'
import type { ItemFilter } from '../../queries/items.ts'
import { dayAfter, startOfDay } from './days.ts'

export const ITEM_STATES = [
  'synced',
  'local_ahead',
  'external_ahead',
  'conflict',
  'failed',
  'deleted',
] as const satisfies readonly ItemState[]

export const ITEM_SORTS = [
  'newest',
  'title',
  '-title',
  'date',
  '-date',
  'updated',
  '-updated',
  'state',
] as const satisfies readonly ItemSort[]

const isState = (value: string | null): value is ItemState => ITEM_STATES.some((state) => state === value)
const isSort = (value: string | null): value is ItemSort => ITEM_SORTS.some((sort) => sort === value)
const isType = (value: string | null): value is string => value !== null && /^[a-z0-9_-]{1,32}$/.test(value)
const isTerm = (value: string | null): value is string => value !== null && /^[^\s:]{1,32}:.{1,200}$/u.test(value)

const MOST_CHARACTERS = 200

/** What the address has: days instead of moments. */
interface AddressFields {
  type: string
  state: string
  status: string
  q: string
  author: string
  term: string
  from: string
  to: string
  sort: string
}

interface FilterInAddress {
  filter: ItemFilter
  /** Undefined: the list's own order, newest or best first. */
  sort: ItemSort | undefined
  /** The days of the address, `2026-11-21`; empty without one. */
  days: { from: string; to: string }
  isFiltered: boolean
  /** Changes the filter; null removes a field. `isTyping` replaces the URL, so that "back" skips single letters. */
  change: (patch: Partial<Record<keyof AddressFields, string | null>>, isTyping?: boolean) => void
  clear: () => void
}

function readFilter(search: URLSearchParams): ItemFilter {
  const [type, state, q] = [search.get('type'), search.get('state'), search.get('q')?.slice(0, MOST_CHARACTERS)]
  const [status, term] = [search.get('status'), search.get('term')]
  const author = search.get('author')?.slice(0, MOST_CHARACTERS)
  const [from, to] = [startOfDay(search.get('from')), dayAfter(search.get('to'))]
  return {
    ...(isType(type) && { type }),
    ...(isState(state) && { state }),
    ...(isType(status) && { status }),
    ...(q && { q }),
    ...(author && { author }),
    ...(isTerm(term) && { term }),
    ...(from !== null && { date_from: from }),
    ...(to !== null && { date_to: to }),
  }
}

/** The filter and the order of the list, stored in the URL, so that links and the browser's "back" work. */
export function useItemFilter(): FilterInAddress {
  const [search, setSearch] = useSearchParams()
  const filter = readFilter(search)
  const sort = search.get('sort')
  return {
    filter,
    sort: isSort(sort) ? sort : undefined,
    days: { from: search.get('from') ?? '', to: search.get('to') ?? '' },
    isFiltered: Object.keys(filter).length > 0,
    change: (patch, isTyping = false) =>
      setSearch(
        (before) => {
          const after = new URLSearchParams(before)
          for (const [name, value] of Object.entries(patch)) {
            if (value === null || value === '') after.delete(name)
            else after.set(name, value)
          }
          return after
        },
        { replace: isTyping },
      ),
    clear: () =>
      setSearch((before) => {
        const order = before.get('sort')
        return new URLSearchParams(order === null ? {} : { sort: order })
      }),
  }
}
