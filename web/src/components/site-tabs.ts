import { createContext } from 'react'

/** The tabs of a site: last part of the address, and name of the label. */
export const TABS = [
  ['content-types', 'contentTypes'],
  ['items', 'items'],
  ['activity', 'activity'],
  ['connection', 'connection'],
  ['settings', 'settings'],
] as const

/** The site whose tabs are shown, by its id; null on pages that belong to no site. */
export const TabsContext = createContext<string | null>(null)
