import { useLocation, useSearchParams } from 'wouter'

/** What is looked for, in the address: it can be shared and reloaded. */
export function useSearch(): [text: string, search: (text: string) => void] {
  const [params] = useSearchParams()
  const [pathname, navigate] = useLocation()
  const text = params.get('search') ?? ''
  const search = (next: string) => navigate(next === '' ? pathname : `${pathname}?search=${encodeURIComponent(next)}`)
  return [text, search]
}
