import type { Item, ItemUpdate, SiteAuthor } from '../../api/types.ts'
import { useAuthors } from '../../queries/connection.ts'
import { useIntegration } from '../../queries/sites.ts'

/** An author as a form's choice has it: the user's id, or a name that the site has not resolved; empty for none. */
export const authorValue = (author: Item['author']): string => (author ? String(author.id ?? author.name) : '')

/** What a choice asks the API for. Only users can be chosen, so it is an id, or none. */
export const authorChange = (value: string): number | null => (value === '' ? null : Number(value))

/** The users of a site who may be authors; none while they are not known, or not wanted. */
export function useSiteAuthors(siteId: string, isWanted = true): readonly SiteAuthor[] {
  const { data: integration } = useIntegration(siteId)
  const { data } = useAuthors(isWanted ? integration?.id : undefined)
  return data?.results ?? []
}

/** The author of an item once these changes are saved. */
export function useAuthorAfter(item: Item, { author }: Pick<ItemUpdate, 'author'>): Item['author'] {
  const authors = useSiteAuthors(item.site_id, author !== undefined)
  if (author === undefined) return item.author
  return authors.find(({ id }) => id === author) ?? null
}
