/** The fields of the form as texts, which makes them easy to compare and to keep. */
import type { Item, ItemUpdate } from '../../api/types.ts'
import { authorChange, authorValue } from './author-value.ts'
import { SEO_FIELDS, seoChanges, seoValuesOf, type SeoField } from './seo-draft.ts'

const PLAIN = ['title', 'slug', 'status', 'date', 'author', 'excerpt', 'body', 'parent'] as const
type Plain = (typeof PLAIN)[number]
const IMAGE = ['featured.url', 'featured.alt'] as const
type Image = (typeof IMAGE)[number]
export type TermsField = `terms.${string}`

/** A field of the form, named as the API names it in errors and conflicts. */
export type Field = Plain | SeoField | Image | TermsField
/** The values of a form: every field of {@link valuesOf}, and a taxonomy that the item has no terms of yet once it is changed. */
export type Values = Record<Plain | SeoField | Image, string> & Record<TermsField, string>

export const termsText = (terms: readonly string[]): string => (terms.length === 0 ? '' : JSON.stringify(terms))
export const termsOf = (text: string | undefined): string[] => (text ? (JSON.parse(text) as string[]) : [])

export const valuesOf = (item: Item): Values => ({
  title: item.title,
  slug: item.slug,
  status: item.status,
  date: item.date ?? '',
  author: authorValue(item.author),
  excerpt: item.excerpt,
  body: item.body,
  parent: item.parent_id ?? '',
  'featured.url': item.featured_image?.url ?? '',
  'featured.alt': item.featured_image?.alt ?? '',
  ...Object.fromEntries(Object.entries(item.terms).map(([taxonomy, terms]) => [`terms.${taxonomy}`, termsText(terms)])),
  ...seoValuesOf(item),
})

const isTermsField = (field: string): field is TermsField => field.startsWith('terms.')

const isField = (name: string): name is Field =>
  isTermsField(name) || [...PLAIN, ...IMAGE, ...SEO_FIELDS].some((known) => known === name)

/** Kept values of fields that this release still has. */
export const knownValues = (values: Record<string, string>): Partial<Values> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => isField(name))) as Partial<Values>

/** Names of the fields whose values differ. */
export const changedFields = (before: Values, values: Values): Field[] =>
  (Object.keys({ ...before, ...values }) as Field[]).filter((field) => (values[field] ?? '') !== (before[field] ?? ''))

function toChange(field: Plain, value: string) {
  if (field === 'author') return ['author', authorChange(value)] as const
  if (field === 'parent') return ['parent_id', value === '' ? null : value] as const
  return [field, field === 'date' && value === '' ? null : value] as const
}

/** Only the changed fields, as the API takes them, so that changes of others in other fields stay. */
export function changesOf(changed: readonly Field[], values: Values): ItemUpdate {
  const plain = PLAIN.filter((field) => changed.includes(field))
  const taxonomies = changed.filter(isTermsField)
  const url = values['featured.url'].trim()
  return {
    ...(Object.fromEntries(plain.map((field) => toChange(field, values[field]))) as ItemUpdate),
    ...(IMAGE.some((field) => changed.includes(field)) && {
      featured_image: url === '' ? null : { url, alt: values['featured.alt'] },
    }),
    ...(taxonomies.length > 0 && {
      terms: Object.fromEntries(taxonomies.map((field) => [field.slice('terms.'.length), termsOf(values[field])])),
    }),
    ...seoChanges(changed, values),
  }
}

/**
 * The date field once another status is chosen: “Published” beside a date to come could mean now or then, so it is
 * emptied, which means now. Any other status shows the item's date again.
 */
export function dateFor(status: string, date: string, itemDate: string): string {
  if (status === 'publish') return Date.parse(date) > Date.now() ? '' : date
  return date === '' ? itemDate : date
}
