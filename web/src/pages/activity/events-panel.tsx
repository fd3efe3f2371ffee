import { Box, Button, Group, NativeSelect, Skeleton, Stack, Title } from '@mantine/core'
import { IconActivity, IconFilterOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import classes from '../../components/data-list.module.css'
import { LoadMore } from '../../components/load-more.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useEvents } from '../../queries/events.ts'
import { entriesOf } from '../../queries/paging.ts'
import { EventList } from './event-list.tsx'
import { ACTIONS, useActionText } from './use-action-text.ts'
import { DIRECTIONS, useEventFilter } from './use-event-filter.ts'

type Address = ReturnType<typeof useEventFilter>

function Filters({ filter, isFiltered, change, clear }: Address): ReactNode {
  const t = useTranslations('activity.events')
  const direction = useTranslations('common.direction')
  const actionText = useActionText()
  return (
    <Group align="flex-end" gap="sm">
      <NativeSelect
        label={t('action')}
        flex="1 1 200px"
        value={filter.action ?? ''}
        onChange={({ currentTarget }) => change('action', currentTarget.value)}
        data={[
          { value: '', label: t('anyAction') },
          ...ACTIONS.map((value) => ({ value, label: actionText(value, true) })),
        ]}
      />
      <NativeSelect
        label={t('success')}
        flex="1 1 140px"
        value={filter.success ?? ''}
        onChange={({ currentTarget }) => change('success', currentTarget.value)}
        data={[
          { value: '', label: t('anyOutcome') },
          { value: 'true', label: t('succeeded') },
          { value: 'false', label: t('failed') },
        ]}
      />
      <NativeSelect
        label={t('direction')}
        flex="1 1 160px"
        value={filter.direction ?? ''}
        onChange={({ currentTarget }) => change('direction', currentTarget.value)}
        data={[
          { value: '', label: t('anyDirection') },
          ...DIRECTIONS.map((value) => ({ value, label: direction(value) })),
        ]}
      />
      <Button variant="default" disabled={!isFiltered} onClick={clear}>
        {t('clear')}
      </Button>
    </Group>
  )
}

function Nothing({ isFiltered, clear }: Pick<Address, 'isFiltered' | 'clear'>): ReactNode {
  const t = useTranslations('activity.empty')
  if (!isFiltered) return <EmptyState icon={<IconActivity />} title={t('title')} text={t('text')} />
  return (
    <EmptyState
      icon={<IconFilterOff />}
      title={t('filtered')}
      text={t('filteredText')}
      action={<Button onClick={clear}>{t('clear')}</Button>}
    />
  )
}

/** The events, newest first. */
export function EventsPanel({ integrationId }: { integrationId: string }): ReactNode {
  const t = useTranslations('activity.events')
  const address = useEventFilter()
  const list = useEvents(integrationId, address.filter)
  const events = entriesOf(list.data)
  return (
    <Stack component="section" gap="sm" aria-labelledby="events-heading">
      <Title order={2} size="h3" id="events-heading">
        {t('title')}
      </Title>
      <Filters {...address} />
      {list.isLoadingError && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton height={320} radius="lg" />}
      {list.isSuccess && (
        <Box className={`panel ${list.isPlaceholderData ? (classes.stale ?? '') : ''}`} mih={240}>
          {events.length === 0 ? <Nothing {...address} /> : <EventList events={events} />}
        </Box>
      )}
      {events.length > 0 && (
        <LoadMore
          shown={t('shown', { count: events.length, more: String(list.hasNextPage) })}
          hasNextPage={list.hasNextPage}
          isFetchingNextPage={list.isFetchingNextPage}
          error={list.isFetchNextPageError ? list.error : null}
          onMore={() => void list.fetchNextPage()}
        />
      )}
    </Stack>
  )
}
