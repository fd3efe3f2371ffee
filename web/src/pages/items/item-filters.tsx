import { Box, Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, Suspense, useEffect, useEffectEvent, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { ItemSummary } from '../../api/types.ts'
import { lazyPart } from '../../app/lazy-page.tsx'
import { KNOWN_STATUSES, useStatusLabel } from './field-label.ts'
import { ITEM_SORTS, ITEM_STATES, type useItemFilter } from './use-item-filter.ts'
import { countOf, type TypeRows } from './use-type-rows.ts'

const MoreFilters = lazyPart('lists', () => import('./more-filters.tsx'))

const TYPING_PAUSE_MS = 300

interface SearchFieldProps {
  value: string
  onChange: (q: string) => void
  /** Hears of every letter; null once the text is in the URL. */
  onTyping: (q: string | null) => void
}

/** Search field. The text goes into the URL after a pause, and follows the URL when that changes. */
function SearchField({ value, onChange, onTyping }: SearchFieldProps): ReactNode {
  const t = useTranslations('items.filter')
  const list = useTranslations('items.list')
  const [text, setText] = useState(value)
  const [seen, setSeen] = useState(value)
  const [sent, setSent] = useState(value)
  const [typed, setTyped] = useState<string | null>(null)
  const send = useEffectEvent((next: string) => {
    setSent(next)
    onChange(next)
    onTyping(null)
  })
  useEffect(() => {
    if (typed === null) return undefined
    const timer = setTimeout(() => send(typed.trim()), TYPING_PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed])
  if (seen !== value) {
    setSeen(value)
    // our own update of the URL must not overwrite newer typing
    if (value !== sent) {
      setText(value)
      setTyped(null)
    }
    setSent(value)
  }
  return (
    <TextInput
      type="search"
      label={t('text')}
      placeholder={list('hint')}
      maxLength={200}
      leftSection={<IconSearch size={16} aria-hidden />}
      flex="2 1 240px"
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value)
        setTyped(currentTarget.value)
        onTyping(currentTarget.value.trim())
      }}
    />
  )
}

interface ItemFiltersProps {
  rows: TypeRows | null
  address: ReturnType<typeof useItemFilter>
  /** The items of the list: their terms are suggested. */
  items: readonly ItemSummary[]
  onTyping: (q: string | null) => void
}

/** The options of the states, with their numbers where they are counted. */
function useStateOptions(rows: TypeRows | null, type: string | undefined) {
  const stateName = useTranslations('common.itemState')
  const format = useFormatter()
  return ITEM_STATES.map((value) => {
    const count = countOf(rows, value, type)
    return { value, label: count === null ? stateName(value) : `${stateName(value)} (${format.number(count)})` }
  })
}

/** The options of the types; one that is in the address alone is among them. */
function typeOptions(rows: TypeRows | null, type: string | undefined) {
  const types = Object.entries(rows ?? {}).map(([value, { label }]) => ({ value, label: `${label} (${value})` }))
  const isUnknown = type !== undefined && !types.some(({ value }) => value === type)
  return isUnknown ? [...types, { value: type, label: type }] : types
}

/** Filters of the list: text, type, status, state and the order; the others on demand. */
export function ItemFilters({ rows, address, items, onTyping }: ItemFiltersProps): ReactNode {
  const t = useTranslations('items.filter')
  const list = useTranslations('items.list')
  const statusLabel = useStatusLabel()
  const { filter, sort, isFiltered, change, clear } = address
  const states = useStateOptions(rows, filter.type)
  const types = typeOptions(rows, filter.type)
  const isSearch = filter.q !== undefined
  return (
    <Box component="search" mb="md">
      <Group align="flex-end" gap="sm">
        <SearchField value={filter.q ?? ''} onChange={(q) => change({ q }, true)} onTyping={onTyping} />
        {types.length > 0 && (
          <NativeSelect
            label={t('type')}
            flex="1 1 130px"
            value={filter.type ?? ''}
            onChange={({ currentTarget }) => change({ type: currentTarget.value })}
            data={[{ value: '', label: t('allTypes') }, ...types]}
          />
        )}
        <NativeSelect
          label={t('status')}
          flex="1 1 130px"
          value={filter.status ?? ''}
          onChange={({ currentTarget }) => change({ status: currentTarget.value })}
          data={[
            { value: '', label: t('allStatuses') },
            ...KNOWN_STATUSES.map((value) => ({ value, label: statusLabel(value) })),
          ]}
        />
        <NativeSelect
          label={t('state')}
          flex="1 1 130px"
          value={filter.state ?? ''}
          onChange={({ currentTarget }) => change({ state: currentTarget.value })}
          data={[{ value: '', label: t('allStates') }, ...states]}
        />
        <NativeSelect
          label={list('sort.label')}
          flex="1 1 150px"
          value={sort ?? ''}
          onChange={({ currentTarget }) => change({ sort: currentTarget.value })}
          data={[
            { value: '', label: list(isSearch ? 'sort.best' : 'sort.newest') },
            ...ITEM_SORTS.filter((value) => isSearch || value !== 'newest').map((value) => ({
              value,
              label: list(`sort.${value}`),
            })),
          ]}
        />
      </Group>
      <Suspense fallback={<Box h={36} />}>
        <MoreFilters address={address} items={items}>
          {isFiltered && (
            <Button variant="subtle" size="compact-sm" onClick={clear}>
              {t('clear')}
            </Button>
          )}
        </MoreFilters>
      </Suspense>
    </Box>
  )
}
