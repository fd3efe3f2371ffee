import { useSearchParams } from 'wouter'
import type { Direction } from '../../api/types.ts'
import type { EventFilter } from '../../queries/events.ts'

export const DIRECTIONS = ['both', 'from_external', 'to_external', 'metadata'] as const satisfies readonly Direction[]

const isOutcome = (value: string | null): value is 'true' | 'false' => value === 'true' || value === 'false'
const isDirection = (value: string | null): value is Direction => DIRECTIONS.some((name) => name === value)

interface FilterInAddress {
  filter: EventFilter
  isFiltered: boolean
  /** Changes one field; an empty value removes it. */
  change: (name: 'action' | 'success' | 'direction', value: string) => void
  clear: () => void
}

/** The filter of the events, stored in the URL. */
export function useEventFilter(): FilterInAddress {
  const [search, setSearch] = useSearchParams()
  const [action, success, direction] = [search.get('action'), search.get('success'), search.get('direction')]
  const filter: EventFilter = {
    ...(action && /^[a-z_]{1,64}$/.test(action) && { action }),
    ...(isOutcome(success) && { success }),
    ...(isDirection(direction) && { direction }),
  }
  return {
    filter,
    isFiltered: Object.keys(filter).length > 0,
    change: (name, value) =>
      setSearch((before) => {
        const after = new URLSearchParams(before)
        if (value === '') after.delete(name)
        else after.set(name, value)
        return after
      }),
    clear: () => setSearch(new URLSearchParams()),
  }
}
