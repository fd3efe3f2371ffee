import { Box, Button } from '@mantine/core'
import { IconFileText, IconFilterOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import classes from '../../components/data-list.module.css'
import { LoadMore } from '../../components/load-more.tsx'
import { Page } from '../../components/page.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useItems } from '../../queries/items.ts'
import { entriesOf } from '../../queries/paging.ts'
import { useMay } from '../../queries/session.ts'
import { ItemFilters } from './item-filters.tsx'
import { ItemList, ItemListSkeleton } from './item-list.tsx'
import { NewItemButton } from './new-item-button.tsx'
import { useItemFilter } from './use-item-filter.ts'
import { useTypeRows } from './use-type-rows.ts'

/** Why the list is empty, and what to do. */
function NothingHere({ integrationId }: { integrationId: string | null | undefined }): ReactNode {
  const t = useTranslations('items.empty')
  const { id } = useThisSite()
  const mayEdit = useMay('editor')
  const isConnected = integrationId !== null
  const action = isConnected ? (
    <Button component={Link} to={`/sites/${id}/content-types`}>
      {t('toTypes')}
    </Button>
  ) : (
    <Button component={Link} to={`/sites/${id}/connect`}>
      {t('toConnect')}
    </Button>
  )
  return (
    <EmptyState
      icon={<IconFileText />}
      title={t('title')}
      text={isConnected ? t('text') : t('textUnconnected')}
      action={mayEdit && action}
    />
  )
}

function NothingFound({ onClear }: { onClear: () => void }): ReactNode {
  const t = useTranslations('items')
  return (
    <EmptyState
      icon={<IconFilterOff />}
      title={t('empty.filtered')}
      text={t('empty.filteredText')}
      action={<Button onClick={onClear}>{t('filter.clear')}</Button>}
    />
  )
}

/** Page with all items of the site. */
export default function ItemsPage(): ReactNode {
  const t = useTranslations('items')
  const site = useThisSite()
  const mayEdit = useMay('editor')
  const address = useItemFilter()
  const { rows, integrationId } = useTypeRows(site.id)
  const list = useItems(site.id, address.filter)
  const items = entriesOf(list.data)
  const isEmpty = list.isSuccess && items.length === 0
  return (
    <Page
      title={t('title')}
      context={site.name}
      description={t('description')}
      actions={mayEdit && <NewItemButton rows={rows} />}
    >
      <ItemFilters rows={rows} address={address} />
      {list.isLoadingError && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {!list.isLoadingError && (
        <Box className={`panel ${list.isPlaceholderData ? (classes.stale ?? '') : ''}`} mih={280} mb="md">
          {list.isPending && <ItemListSkeleton />}
          {isEmpty && address.isFiltered && <NothingFound onClear={address.clear} />}
          {isEmpty && !address.isFiltered && <NothingHere integrationId={integrationId} />}
          {items.length > 0 && <ItemList items={items} rows={rows} />}
        </Box>
      )}
      {items.length > 0 && (
        <LoadMore
          shown={t('shown', { count: items.length, more: String(list.hasNextPage) })}
          hasNextPage={list.hasNextPage}
          isFetchingNextPage={list.isFetchingNextPage}
          error={list.isFetchNextPageError ? list.error : null}
          onMore={() => void list.fetchNextPage()}
        />
      )}
    </Page>
  )
}
