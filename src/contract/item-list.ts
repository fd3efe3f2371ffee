/** How a list of items is filtered, searched and sorted. */
import * as z from 'zod'
import { ListQuery, Timestamp } from './common.ts'
import { ItemFilter } from './content.ts'
import { SLUG } from './structure.ts'

/** Orders of a list. A leading `-` is the other way round; items that are equal in it are newest first. */
export const ITEM_SORTS = ['newest', 'title', '-title', 'date', '-date', 'updated', '-updated', 'state'] as const
export type ItemSort = (typeof ITEM_SORTS)[number]

const ItemSort = z.lazy(() =>
  z.enum(ITEM_SORTS).meta({
    description:
      '`newest`: those that came last. `title`: by letters, whatever their case and accents. `date`: of publication. `updated`: last change. `state`: conflicts and failures first. With `q` the default is the best hit first',
  }),
)

/** `category:News`: a taxonomy and the name of a term. */
const TermFilter = z.lazy(() =>
  z
    .string()
    .max(240)
    .refine((text) => {
      const at = text.indexOf(':')
      return at > 0 && SLUG.test(text.slice(0, at)) && text.length > at + 1
    }, 'must be a taxonomy, a colon and the name of a term')
    .meta({ description: 'Items with this term: taxonomy and name', example: 'category:News' }),
)

/** Which items are meant. */
export const ItemMatch = z.lazy(() =>
  ItemFilter.unwrap().extend({
    q: z.string().max(200).optional().meta({
      description:
        'Items that have all these words in title, slug, excerpt or text, whatever their case. Hits of the whole phrase come first, those in the title before those in the text',
    }),
    author: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'WordPress user id of the author, or the name of one without an id' }),
    term: TermFilter.optional(),
    date_from: Timestamp.optional().meta({ description: 'Items whose date is not before this' }),
    date_to: Timestamp.optional().meta({ description: 'Items whose date is before this' }),
  }),
)
export type ItemMatch = z.infer<typeof ItemMatch>

export const ItemListQuery = z.lazy(() =>
  ListQuery.unwrap().extend({
    ...ItemMatch.unwrap().shape,
    cursor: z.string().max(1000).optional().meta({
      description: 'The `next` of the previous page, for the same filter and order',
    }),
    sort: ItemSort.optional(),
  }),
)
export type ItemListQuery = z.infer<typeof ItemListQuery>
