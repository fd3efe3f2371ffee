import { useSearchParams } from 'wouter'
import type { ItemState } from '../../api/types.ts'
import type { ItemFilter } from '../../queries/items.ts'

export const ITEM_STATES = [
  'synced',
  'local_ahead',
  'external_ahead',
  'conflict',
  'failed',
  'deleted',
] as const satisfies readonly ItemState[]

const isState = (value: string | null): value is ItemState => ITEM_STATES.some((state) => state === value)
const isType = (value: string | null): value is string => value !== null && /^[a-z0-9_-]{1,32}$/.test(value)

const MOST_CHARACTERS = 200

interface FilterInAddress {
  filter: ItemFilter
  isFiltered: boolean
  /** Changes the filter; null removes a field. `isTyping` replaces the URL, so that "back" skips single letters. */
  change: (patch: Partial<Record<keyof ItemFilter, string | null>>, isTyping?: boolean) => void
  clear: () => void
}

/** The filter of the list, stored in the URL, so that links and the browser's "back" work. */
export function useItemFilter(): FilterInAddress {
  const [search, setSearch] = useSearchParams()
  const [type, state, q] = [search.get('type'), search.get('state'), search.get('q')?.slice(0, MOST_CHARACTERS)]
  const status = search.get('status')
  const filter: ItemFilter = {
    ...(isType(type) && { type }),
    ...(isState(state) && { state }),
    ...(isType(status) && { status }),
    ...(q && { q }),
  }
  return {
    filter,
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
    clear: () => setSearch(new URLSearchParams()),
  }
}
