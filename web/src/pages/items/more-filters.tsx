import { Button, Group, NativeSelect, Text, TextInput } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { type ReactNode, useId, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ItemSummary } from '../../api/types.ts'
import { useThisSite } from '../../layout/site-context.ts'
import { useSiteAuthors } from './author-value.ts'
import { timeZone } from './days.ts'
import { termsOf } from './terms-of.ts'
import type { useItemFilter } from './use-item-filter.ts'

interface MoreFiltersProps {
  address: ReturnType<typeof useItemFilter>
  items: readonly ItemSummary[]
  children: ReactNode
}

function AuthorFilter({ address: { filter, change } }: Pick<MoreFiltersProps, 'address'>): ReactNode {
  const t = useTranslations('lists.filter')
  const { id } = useThisSite()
  const authors = useSiteAuthors(id).map((author) => ({ value: String(author.id), label: author.name }))
  const isUnknown = filter.author !== undefined && !authors.some(({ value }) => value === filter.author)
  if (authors.length === 0 && !isUnknown) return null
  return (
    <NativeSelect
      label={t('author')}
      flex="1 1 150px"
      value={filter.author ?? ''}
      onChange={({ currentTarget }) => change({ author: currentTarget.value })}
      data={[
        { value: '', label: t('allAuthors') },
        ...authors,
        ...(isUnknown && filter.author ? [{ value: filter.author, label: filter.author }] : []),
      ]}
    />
  )
}

/** A term of any taxonomy. It counts once it is whole: `category:News`. */
function TermFilter({ address: { filter, change }, items }: Omit<MoreFiltersProps, 'children'>): ReactNode {
  const terms = termsOf(items)
  const t = useTranslations('lists.filter')
  const [text, setText] = useState(filter.term ?? '')
  const [seen, setSeen] = useState(filter.term)
  if (seen !== filter.term) {
    setSeen(filter.term)
    setText(filter.term ?? '')
  }
  const id = useId()
  const submit = (term: string) => change({ term: term.trim() })
  return (
    <>
      <TextInput
        label={t('term')}
        placeholder={t('termHint')}
        flex="1 1 190px"
        maxLength={240}
        list={id}
        value={text}
        onChange={({ currentTarget: { value } }) => {
          setText(value)
          // chosen from the list, or emptied
          if (value === '' || terms.includes(value)) submit(value)
        }}
        onBlur={() => submit(text)}
        onKeyDown={({ key }) => {
          if (key === 'Enter') submit(text)
        }}
      />
      <datalist id={id}>
        {terms.map((term) => (
          <option key={term} value={term}>
            {term}
          </option>
        ))}
      </datalist>
    </>
  )
}

/** Author, term and days, which few need; open if one of them is set. */
export default function MoreFilters({ address, items, children }: MoreFiltersProps): ReactNode {
  const t = useTranslations('lists.filter')
  const { filter, days, change } = address
  const count = [filter.author, filter.term, filter.date_from, filter.date_to].filter(Boolean).length
  const [isOpen, setOpen] = useState(count > 0)
  const id = useId()
  return (
    <>
      <Group gap="xs" mt="xs" mih={30}>
        <Button
          variant="subtle"
          size="compact-sm"
          aria-expanded={isOpen}
          aria-controls={id}
          rightSection={isOpen ? <IconChevronUp size={14} aria-hidden /> : <IconChevronDown size={14} aria-hidden />}
          onClick={() => setOpen(!isOpen)}
        >
          {count > 0 ? t('moreSet', { count }) : t('more')}
        </Button>
        {children}
      </Group>
      <div id={id} hidden={!isOpen}>
        <Group align="flex-end" gap="sm" mt="xs">
          <AuthorFilter address={address} />
          <TermFilter address={address} items={items} />
          <TextInput
            type="date"
            label={t('from')}
            flex="1 1 140px"
            value={days.from}
            onChange={({ currentTarget }) => change({ from: currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t('to')}
            flex="1 1 140px"
            value={days.to}
            onChange={({ currentTarget }) => change({ to: currentTarget.value })}
          />
        </Group>
        <Text size="xs" c="dimmed" mt={4}>
          {t('zone', { zone: timeZone() })}
        </Text>
      </div>
    </>
  )
}
