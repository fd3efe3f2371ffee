import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDebouncedValue } from '@mantine/hooks'
import { api } from '../api/api.ts'
import type { ItemSummary, Term } from '../api/types.ts'
import { keys } from './keys.ts'

const TYPING_MS = 250
const MOST_FOUND = 8
const MOST_TERMS = 20
const MOST_IMAGES = 100

/** Items of a site whose title or slug has the text, while somebody types it; none without text. */
export function useItemSearch(siteId: string, text: string, type?: string): ItemSummary[] {
  const [asked] = useDebouncedValue(text.trim(), TYPING_MS)
  const query = { q: asked, limit: MOST_FOUND, ...(type !== undefined && { type }) }
  const { data } = useQuery({
    queryKey: [...keys.items(siteId), 'search', query],
    queryFn: () => api.GET('/sites/{site_id}/content', { params: { path: { site_id: siteId }, query } }),
    enabled: asked !== '' && text.trim() !== '',
    placeholderData: keepPreviousData,
  })
  return text.trim() === '' ? [] : (data?.results ?? [])
}

/** Terms of the site that a text suggests; the first ones without a text. */
export function useTerms(siteId: string, taxonomy: string, text: string): Term[] {
  const [search] = useDebouncedValue(text.trim(), TYPING_MS)
  const query = { taxonomy, limit: MOST_TERMS, ...(search !== '' && { search }) }
  const { data } = useQuery({
    queryKey: keys.terms(siteId, query),
    queryFn: () => api.GET('/sites/{site_id}/terms', { params: { path: { site_id: siteId }, query } }),
    placeholderData: keepPreviousData,
  })
  return data?.results ?? []
}

export interface KnownImage {
  url: string
  alt: string
}

/** Featured images of the latest items of a site: what is known of its media library. */
export function useKnownImages(siteId: string, isWanted: boolean): KnownImage[] | undefined {
  const query = { limit: MOST_IMAGES }
  const { data } = useQuery({
    queryKey: [...keys.items(siteId), 'images'],
    queryFn: () => api.GET('/sites/{site_id}/content', { params: { path: { site_id: siteId }, query } }),
    enabled: isWanted,
  })
  if (!data) return undefined
  const images = data.results.flatMap(({ featured_image: image }) => (image ? [image] : []))
  return [...new Map(images.map((image) => [image.url, image])).values()]
}
