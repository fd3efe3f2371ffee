import { useState } from 'react'
import type { BulkSelection, ItemSummary } from '../../api/types.ts'
import type { ItemFilter } from '../../queries/items.ts'

/** The API takes so many ids at once; more are named by the filter. */
export const MOST_IDS = 500

/** Which items are selected: single ones, or everything that a filter matches. */
export interface Selection {
  ids: ReadonlySet<string>
  isEverything: boolean
  /** How many are selected; null if that is not known, because not everything is loaded. */
  count: number | null
  has: (id: string) => boolean
  /** Selects or deselects one; with `isRange`, all between the last one and this. */
  toggle: (id: string, isRange?: boolean) => void
  /** Selects one, and remembers it as the beginning of a range. */
  extendTo: (from: string | null, to: string) => void
  toggleAll: () => void
  takeEverything: () => void
  clear: () => void
  /** As the API takes it. */
  toRequest: () => BulkSelection
}

interface State {
  ids: ReadonlySet<string>
  isEverything: boolean
  anchor: string | null
  /** The filter that it belongs to: another list has another selection. */
  of: string
}

const NOTHING = { ids: new Set<string>(), isEverything: false, anchor: null }

/** The ids between two of a list, both included. */
function between(items: readonly ItemSummary[], from: string, to: string): string[] {
  const [left, right] = [from, to].map((id) => items.findIndex((item) => item.id === id)).toSorted((a, b) => a - b)
  return left === undefined || right === undefined || left < 0 ? [to] : items.slice(left, right + 1).map(({ id }) => id)
}

/** The selection in a list. It ends when the filter changes: nothing that isn't seen any more stays selected. */
export function useSelection(items: readonly ItemSummary[], filter: ItemFilter): Selection {
  const of = JSON.stringify(filter)
  const [stored, setState] = useState<State>({ ...NOTHING, of })
  const state = stored.of === of ? stored : { ...NOTHING, of }
  const set = (ids: Iterable<string>, anchor: string | null = state.anchor) => {
    const most = [...new Set(ids)].slice(0, MOST_IDS)
    setState({ ids: new Set(most), isEverything: false, anchor, of })
  }
  const loaded = items.map(({ id }) => id)
  const has = (id: string) => state.isEverything || state.ids.has(id)
  const toggle = (id: string, isRange = false) => {
    const ids = state.isEverything ? new Set(loaded) : new Set(state.ids)
    if (isRange && state.anchor !== null) for (const one of between(items, state.anchor, id)) ids.add(one)
    else if (!ids.delete(id)) ids.add(id)
    set(ids, id)
  }
  return {
    ids: state.ids,
    isEverything: state.isEverything,
    count: state.isEverything ? null : state.ids.size,
    has,
    toggle,
    extendTo: (from, to) => set([...state.ids, ...(from === null ? [] : [from]), to], to),
    toggleAll: () => set(loaded.every(has) ? [] : loaded, null),
    takeEverything: () => setState({ ...NOTHING, isEverything: true, of }),
    clear: () => setState({ ...NOTHING, of }),
    toRequest: () => (state.isEverything ? { filter } : { ids: [...state.ids] }),
  }
}
