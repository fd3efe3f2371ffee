import { createContext, useContext } from 'react'
import type { Site } from '../api/types.ts'

export const SiteContext = createContext<Site | null>(null)

/** The site of the current page. */
export function useThisSite(): Site {
  const site = useContext(SiteContext)
  if (!site) throw new Error('useThisSite outside of SiteLayout')
  return site
}
