import * as z from 'zod'
import { SLUG } from './structure.ts'

/** Most terms in an answer. */
const MAX_TERMS = 100

export const TermQuery = z.lazy(() =>
  z.object({
    taxonomy: z.string().regex(SLUG).meta({ description: 'Slug of the taxonomy', example: 'category' }),
    search: z.string().trim().max(200).optional().meta({ description: 'Part of the name or slug' }),
    limit: z.coerce.number().int().min(1).max(MAX_TERMS).default(20),
  }),
)
export type TermQuery = z.infer<typeof TermQuery>

/** A term of the site, as the last sync read it. */
export const Term = z.lazy(() =>
  z
    .object({
      id: z.number().int().meta({ description: 'Term id in WordPress' }),
      name: z.string(),
      slug: z.string(),
      parent: z.number().int().nullable().meta({ description: 'Term id of the parent' }),
      value: z.string().meta({
        description: 'What names it in `terms` of an item: its name, or its slug if another term has the same name',
      }),
    })
    .meta({ id: 'Term' }),
)
export type Term = z.infer<typeof Term>
