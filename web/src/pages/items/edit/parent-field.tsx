import { Select } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Item } from '../../../api/types.ts'
import { titleText } from '../../../components/title-text.ts'
import { useItemSearch } from '../../../queries/item-search.ts'
import { useItemTitles } from '../../../queries/items.ts'
import { useFieldLabel } from '../field-label.ts'
import type { Draft } from '../use-draft.ts'

/** Types of WordPress that have no parents. */
const FLAT = new Set(['post', 'attachment', 'product'])

/** The item that this one is below, found by its title. */
export function ParentField({
  draft,
  item,
  error,
}: {
  draft: Draft
  item: Item
  error: string | undefined
}): ReactNode {
  const t = useTranslations('editor.parent')
  const fieldLabel = useFieldLabel()
  const [text, setText] = useState('')
  const parent = draft.values.parent
  const titleOf = useItemTitles(item.site_id, [parent === '' ? null : parent])
  const found = useItemSearch(item.site_id, parent !== '' && text === titleOf(parent) ? '' : text, item.type)
  if (FLAT.has(item.type) && item.parent_id === null) return null
  const options = found
    .filter(({ id }) => id !== item.id && id !== parent)
    .map(({ id, title }) => ({ value: id, label: titleText(title) || id }))
  return (
    <Select
      label={fieldLabel('parent')}
      placeholder={t('placeholder')}
      searchable
      clearable
      value={parent === '' ? null : parent}
      data={[...(parent === '' ? [] : [{ value: parent, label: titleOf(parent) }]), ...options]}
      filter={({ options: all }) => all}
      onSearchChange={setText}
      onChange={(chosen) => draft.change('parent', chosen ?? '')}
      nothingFoundMessage={text === '' ? t('type') : t('nothing')}
      clearButtonProps={{ 'aria-label': t('clear') }}
      error={error}
    />
  )
}
