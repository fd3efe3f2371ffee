import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { KNOWN_STATUSES, useStatusLabel } from './field-label.ts'
import { ITEM_STATES, type useItemFilter } from './use-item-filter.ts'
import { countOf, type TypeRows } from './use-type-rows.ts'

const TYPING_PAUSE_MS = 300

/** Search field. The text goes into the URL after a pause, and follows the URL when that changes. */
function SearchField({ value, onChange }: { value: string; onChange: (q: string) => void }): ReactNode {
  const t = useTranslations('items.filter')
  const [text, setText] = useState(value)
  const [seen, setSeen] = useState(value)
  const [sent, setSent] = useState(value)
  const send = useDebouncedCallback((next: string) => {
    setSent(next.trim())
    onChange(next.trim())
  }, TYPING_PAUSE_MS)
  if (seen !== value) {
    setSeen(value)
    // our own update of the URL must not overwrite newer typing
    if (value !== sent) setText(value)
    setSent(value)
  }
  return (
    <TextInput
      type="search"
      label={t('text')}
      placeholder={t('textHint')}
      maxLength={200}
      leftSection={<IconSearch size={16} aria-hidden />}
      flex="2 1 240px"
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value)
        send(currentTarget.value)
      }}
    />
  )
}

interface ItemFiltersProps {
  rows: TypeRows | null
  address: ReturnType<typeof useItemFilter>
}

/** Filters of the list: text, type, status and state. */
export function ItemFilters({ rows, address }: ItemFiltersProps): ReactNode {
  const t = useTranslations('items.filter')
  const stateName = useTranslations('common.itemState')
  const statusLabel = useStatusLabel()
  const format = useFormatter()
  const { filter, isFiltered, change, clear } = address
  const types = Object.entries(rows ?? {}).map(([value, { label }]) => ({ value, label: `${label} (${value})` }))
  const isUnknown = filter.type !== undefined && !types.some(({ value }) => value === filter.type)
  const states = ITEM_STATES.map((value) => {
    const count = countOf(rows, value, filter.type)
    return { value, label: count === null ? stateName(value) : `${stateName(value)} (${format.number(count)})` }
  })
  return (
    <Group component="search" align="flex-end" gap="sm" mb="md">
      <SearchField value={filter.q ?? ''} onChange={(q) => change({ q }, true)} />
      {(types.length > 0 || isUnknown) && (
        <NativeSelect
          label={t('type')}
          flex="1 1 150px"
          value={filter.type ?? ''}
          onChange={({ currentTarget }) => change({ type: currentTarget.value })}
          data={[
            { value: '', label: t('allTypes') },
            ...types,
            ...(isUnknown && filter.type ? [{ value: filter.type, label: filter.type }] : []),
          ]}
        />
      )}
      <NativeSelect
        label={t('status')}
        flex="1 1 150px"
        value={filter.status ?? ''}
        onChange={({ currentTarget }) => change({ status: currentTarget.value })}
        data={[
          { value: '', label: t('allStatuses') },
          ...KNOWN_STATUSES.map((value) => ({ value, label: statusLabel(value) })),
        ]}
      />
      <NativeSelect
        label={t('state')}
        flex="1 1 150px"
        value={filter.state ?? ''}
        onChange={({ currentTarget }) => change({ state: currentTarget.value })}
        data={[{ value: '', label: t('allStates') }, ...states]}
      />
      <Button variant="default" disabled={!isFiltered} onClick={clear}>
        {t('clear')}
      </Button>
    </Group>
  )
}
