import { NativeSelect } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Item } from '../../api/types.ts'
import { authorValue, useSiteAuthors } from './author-value.ts'
import { useFieldLabel } from './field-label.ts'
import type { Draft } from './use-draft.ts'

interface AuthorFieldProps {
  draft: Draft
  item: Item
  error: string | undefined
}

/** The author, of the users of the site who may be one; nothing if the site does not list them. */
export function AuthorField({ draft, item, error }: AuthorFieldProps): ReactNode {
  const t = useTranslations('items.edit')
  const fieldLabel = useFieldLabel()
  const authors = useSiteAuthors(item.site_id)
  if (authors.length === 0) return null
  const now = authorValue(item.author)
  const options = authors.map(({ id, name }) => ({ value: String(id), label: name || String(id) }))
  // an author who may write no more stays selected until another is chosen; so does a name that the site has not resolved
  const isListed = options.some(({ value }) => value === now)
  const kept = isListed ? [] : [{ value: now, label: item.author?.name || now || t('noAuthor') }]
  return (
    <NativeSelect
      label={fieldLabel('author')}
      value={draft.values.author}
      onChange={draft.set('author')}
      data={[...kept, ...options]}
      error={error}
    />
  )
}
