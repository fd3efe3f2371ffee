import { useSyncExternalStore } from 'react'

let isLost = false
const listeners = new Set<() => void>()

function set(next: boolean): void {
  if (isLost === next) return
  isLost = next
  for (const notify of listeners) notify()
}

/** Whether the API can be reached, as the last request showed. */
export const reach = {
  isLost: (): boolean => isLost,
  /** A request got no answer. */
  lose: (): void => set(true),
  /** A request got an answer, be it a refusal. */
  regain: (): void => set(false),
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

/** Whether the last request got no answer. */
export const useIsLost = (): boolean => useSyncExternalStore(reach.subscribe, reach.isLost)
