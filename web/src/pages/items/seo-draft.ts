import type { SeoText } from '../../../../src/contract/seo-fields.ts'
import type { Item, ItemUpdate } from '../../api/types.ts'
import { SEO_TEXTS } from '../../components/seo.ts'

type SeoName = SeoText | 'robots' | 'primary_category'
/** An SEO field of the form, named as the API names it in errors and conflicts. */
export type SeoField = `seo.${SeoName}`

export const SEO_FIELDS: readonly SeoField[] = [...SEO_TEXTS, 'robots' as const, 'primary_category' as const].map(
  (name): SeoField => `seo.${name}`,
)

const nameOf = (field: SeoField) => field.slice('seo.'.length) as SeoName

function toText({ seo }: Item, field: SeoField): string {
  const name = nameOf(field)
  if (name === 'robots') return (seo?.robots ?? []).toSorted().join(' ')
  return seo?.[name] ?? ''
}

/** The SEO fields of an item as texts. Empty if the site has no SEO plugin. */
export const seoValuesOf = (item: Item): Record<SeoField, string> =>
  Object.fromEntries(SEO_FIELDS.map((field) => [field, toText(item, field)])) as Record<SeoField, string>

function toValue(field: SeoField, text: string): unknown {
  if (field === 'seo.robots') return text.split(' ').filter(Boolean)
  return field === 'seo.primary_category' && text === '' ? null : text
}

/** The changed SEO fields as the API takes them; nothing if none has changed. */
export function seoChanges(
  changed: readonly string[],
  values: Readonly<Record<SeoField, string>>,
): Pick<ItemUpdate, 'seo'> {
  const fields = SEO_FIELDS.filter((field) => changed.includes(field))
  const seo = Object.fromEntries(fields.map((field) => [nameOf(field), toValue(field, values[field])]))
  return fields.length === 0 ? {} : { seo }
}
