import type { Item, ItemUpdate } from '../../api/types.ts'
import { useAuthorAfter } from './author-value.ts'

/** An item as it is once these changes are saved. */
export function useItemAfter(item: Item, changes: ItemUpdate): Item {
  const author = useAuthorAfter(item, changes)
  const { if_revision: _, featured_image: image = item.featured_image, ...fields } = changes
  const isChanged = Object.keys(changes).length > 0
  return {
    ...item,
    ...(fields as Partial<Item>),
    author,
    terms: { ...item.terms, ...changes.terms },
    featured_image: image && { url: image.url, alt: image.alt ?? '' },
    seo: item.seo && ({ ...item.seo, ...changes.seo } as typeof item.seo),
    state: isChanged && item.state === 'synced' ? 'local_ahead' : item.state,
  }
}
