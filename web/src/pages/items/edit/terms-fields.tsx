import { TagsInput } from '@mantine/core'
import { memo, type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ContentTypes, Item } from '../../../api/types.ts'
import { useTerms } from '../../../queries/item-search.ts'
import { type TermsField, termsOf, termsText } from '../draft-fields.ts'
import { useSiteStructure } from '../site-zone.ts'
import type { Draft } from '../use-draft.ts'

const MAX_CHARACTERS = 200
/** A taxonomy of WordPress whose terms are made by themes, not by people. */
const FORMATS = 'post_format'

interface Taxonomy {
  slug: string
  label: string
}

/** Taxonomies of the item's type, as the site reports them, and those that the item has terms of. */
function taxonomiesOf(item: Item, structure: ContentTypes | undefined): Taxonomy[] {
  const rows = Object.entries(structure?.taxonomies ?? {})
  const ofType = rows.filter(
    ([slug, row]) => row.post_types.includes(item.type) && row.decided_by !== 'wordpress' && slug !== FORMATS,
  )
  const known = ofType.map(([slug, { label }]) => ({ slug, label }))
  const used = Object.keys(item.terms)
    .filter((slug) => known.every((taxonomy) => taxonomy.slug !== slug) && (item.terms[slug] ?? []).length > 0)
    .map((slug) => ({ slug, label: structure?.taxonomies[slug]?.label ?? slug }))
  return [...known, ...used]
}

interface TermsInputProps {
  siteId: string
  slug: string
  label: string
  /** The chosen terms, as the form has them. */
  text: string
  change: Draft['change']
  error: string | undefined
}

/** Not rendered again while somebody types elsewhere in the form. */
const TermsInput = memo(function TermsInput({ siteId, slug, label, text, change, error }: TermsInputProps): ReactNode {
  const t = useTranslations('editor.terms')
  const [search, setSearch] = useState('')
  const field: TermsField = `terms.${slug}`
  const chosen = termsOf(text)
  const suggested = useTerms(siteId, slug, search).map(({ value }) => value)
  const choose = (terms: string[]) =>
    change(field, termsText(terms.map((term) => term.trim().slice(0, MAX_CHARACTERS)).filter(Boolean)))
  return (
    <TagsInput
      label={label}
      placeholder={chosen.length === 0 ? t('placeholder') : ''}
      description={t('hint')}
      value={chosen}
      onChange={choose}
      searchValue={search}
      onSearchChange={setSearch}
      data={[...new Set(suggested)]}
      filter={({ options }) => options}
      splitChars={[]}
      acceptValueOnBlur
      error={error}
    />
  )
})

/** Errors of the API name a term by its place: `terms.category.0`. */
const errorOf = (errors: Record<string, string>, slug: string): string | undefined =>
  Object.entries(errors).find(([path]) => path === `terms.${slug}` || path.startsWith(`terms.${slug}.`))?.[1]

/** Categories, tags and the site's own taxonomies. A term that the site doesn't have is created there. */
export function TermsFields({
  draft,
  item,
  errors,
}: {
  draft: Draft
  item: Item
  errors: Record<string, string>
}): ReactNode {
  const taxonomies = taxonomiesOf(item, useSiteStructure(item.site_id))
  return taxonomies.map((taxonomy) => (
    <TermsInput
      key={taxonomy.slug}
      siteId={item.site_id}
      slug={taxonomy.slug}
      label={taxonomy.label}
      text={draft.values[`terms.${taxonomy.slug}`] ?? ''}
      change={draft.change}
      error={errorOf(errors, taxonomy.slug)}
    />
  ))
}
