import { Box, Skeleton, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Item, VersionEntry } from '../../../api/types.ts'
import { LoadMore } from '../../../components/load-more.tsx'
import { ErrorState } from '../../../components/states.tsx'
import { entriesOf } from '../../../queries/paging.ts'
import { useVersions } from '../../../queries/versions.ts'
import { useSiteZone } from '../site-zone.ts'
import classes from './history.module.css'
import { VersionRow } from './version-row.tsx'

/** The version that came before another on IGNY8's side; null if it is not kept, or not loaded yet. */
const versionBefore = (entries: readonly VersionEntry[], index: number): VersionEntry | null =>
  entries.slice(index + 1).find(({ side }) => side === 'igny8') ?? null

/** The versions of an item with who made them, each opened for its differences and its restore. */
export default function ItemHistory({ item }: { item: Item }): ReactNode {
  const t = useTranslations('history')
  const { zone, isOfSite } = useSiteZone(item.site_id)
  const { data, error, isPending, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, refetch } =
    useVersions(item.site_id, item.id)
  const [open, setOpen] = useState<string | null>(null)
  const entries = entriesOf(data)
  const toggle = (id: string, before: VersionEntry | null) => {
    setOpen(open === id ? null : id)
    // it is compared with the version before, which the next page begins with
    if (before === null && hasNextPage) void fetchNextPage()
  }
  if (isPending)
    return (
      <Stack component="output" px="lg" pb="lg" gap="xs" aria-label={t('loading')}>
        <Skeleton height={56} radius="md" />
        <Skeleton height={56} radius="md" />
        <Skeleton height={56} radius="md" />
      </Stack>
    )
  if (entries.length === 0)
    return (
      <Box px="lg" pb="lg">
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Box>
    )
  return (
    <>
      <Text size="sm" c="dimmed" px="lg" pb="sm">
        {t(isOfSite ? 'intro' : 'introBrowser', { zone })}
      </Text>
      <ol className={classes.list} aria-label={t('list')}>
        {entries.map((entry, index) => {
          const before = versionBefore(entries, index)
          return (
            <VersionRow
              key={entry.id}
              item={item}
              entry={entry}
              before={before}
              zone={zone}
              isOpen={open === entry.id}
              onToggle={() => toggle(entry.id, before)}
            />
          )
        })}
      </ol>
      <Box px="lg" py="sm">
        {hasNextPage ? (
          <LoadMore
            shown={t('shown', { count: entries.length })}
            hasNextPage
            isFetchingNextPage={isFetchingNextPage}
            error={isFetchNextPageError ? error : null}
            onMore={() => void fetchNextPage()}
          />
        ) : (
          <Text size="sm" c="dimmed">
            {t(entries.length === 1 ? 'alone' : 'oldest')}
          </Text>
        )}
      </Box>
    </>
  )
}
