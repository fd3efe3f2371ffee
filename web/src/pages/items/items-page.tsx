import { Box, Button } from '@mantine/core'
import { IconFileText, IconFilterOff } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import type { BulkAction, ItemSort, ItemSummary } from '../../api/types.ts'
import { lazyPage } from '../../app/lazy-page.tsx'
import classes from '../../components/data-list.module.css'
import { LoadMore } from '../../components/load-more.tsx'
import { Page } from '../../components/page.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useItems } from '../../queries/items.ts'
import { entriesOf } from '../../queries/paging.ts'
import { useMay } from '../../queries/session.ts'
import { BulkBar } from './bulk-bar.tsx'
import { BulkNotice } from './bulk-notice.tsx'
import { ItemFilters } from './item-filters.tsx'
import { ItemList, ItemListSkeleton } from './item-list.tsx'
import { NewItemButton } from './new-item-button.tsx'
import { SelectedCount } from './selected-count.tsx'
import { useBulk } from './use-bulk.ts'
import { useItemFilter } from './use-item-filter.ts'
import { useListKeys } from './use-list-keys.ts'
import { useSelection } from './use-selection.ts'
import { useTypeRows } from './use-type-rows.ts'

const BulkDialog = lazy(() => import('./bulk-dialog.tsx'))
const TermsDialog = lazy(() => import('./terms-dialog.tsx'))
const KeysDialog = lazy(() => import('./keys-dialog.tsx'))

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

/** The terms of these items, as `category:News`. */
const termsOf = (items: readonly ItemSummary[]): string[] =>
  [
    ...new Set(
      items.flatMap(({ terms }) =>
        Object.entries(terms).flatMap(([name, list]) => list.map((term) => `${name}:${term}`)),
      ),
    ),
  ].toSorted((left, right) => left.localeCompare(right))

type Dialog = 'terms' | 'keys' | null

/** The list, what is selected in it, and what is done with that. */
function useItemsPage() {
  const site = useThisSite()
  const mayEdit = useMay('editor')
  const address = useItemFilter()
  const { filter, sort } = address
  const types = useTypeRows(site.id)
  const list = useItems(site.id, { ...filter, ...(sort && { sort }) })
  const items = entriesOf(list.data)
  const selection = useSelection(items, filter)
  const bulk = useBulk(site.id, selection, mayEdit)
  const [dialog, setDialog] = useState<Dialog>(null)
  const { fetchNextPage, hasNextPage, isSuccess, isFetchingNextPage, isFetchNextPageError } = list
  // a search that has read its share of the texts says where it goes on, with nothing found so far
  const isSearching = isSuccess && items.length === 0 && hasNextPage
  const goesOn = isSearching && !isFetchingNextPage && !isFetchNextPageError
  useEffect(() => {
    if (goesOn) void fetchNextPage()
  }, [goesOn, fetchNextPage])
  useListKeys({
    select: (id) => mayEdit && selection.toggle(id),
    extend: (from, to) => mayEdit && selection.extendTo(from, to),
    clear: selection.clear,
    help: () => setDialog('keys'),
  })
  const terms = termsOf(items)
  return { site, mayEdit, address, ...types, list, items, isSearching, terms, selection, bulk, dialog, setDialog }
}
type ItemsView = ReturnType<typeof useItemsPage>

/** The items, or why there are none. */
function ListPanel(view: ItemsView): ReactNode {
  const t = useTranslations('items')
  const lists = useTranslations('lists')
  const { address, list, items, isSearching, rows, integrationId, selection, mayEdit } = view
  if (list.isLoadingError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />
  const isEmpty = list.isSuccess && items.length === 0 && !list.hasNextPage
  const { sort } = address
  const onSort = (next: ItemSort) => address.change({ sort: next === 'newest' ? null : next })
  return (
    <>
      <Box className={`panel ${list.isPlaceholderData ? (classes.stale ?? '') : ''}`} mih={280} mb="md">
        {list.isPending && <ItemListSkeleton isSelectable={mayEdit} />}
        {isEmpty && address.isFiltered && <NothingFound onClear={address.clear} />}
        {isEmpty && !address.isFiltered && <NothingHere integrationId={integrationId} />}
        {items.length > 0 && (
          <ItemList items={items} rows={rows} order={{ sort, onSort }} selection={mayEdit ? selection : null} />
        )}
      </Box>
      {(items.length > 0 || isSearching) && (
        <LoadMore
          shown={isSearching ? lists('searching') : t('shown', { count: items.length, more: String(list.hasNextPage) })}
          hasNextPage={list.hasNextPage}
          isFetchingNextPage={list.isFetchingNextPage}
          error={list.isFetchNextPageError ? list.error : null}
          onMore={() => void list.fetchNextPage()}
        />
      )}
    </>
  )
}

/** What is selected, and what can be done with it. */
function SelectionParts({ selection, items, list, mayEdit, bulk, setDialog }: ItemsView): ReactNode {
  const isSelected = selection.isEverything || (selection.count ?? 0) > 0
  return (
    <>
      <SelectedCount selection={selection} />
      {mayEdit && isSelected && (
        <BulkBar
          selection={selection}
          shown={items.length}
          hasMore={list.hasNextPage}
          onAction={bulk.plan}
          onTerms={() => setDialog('terms')}
        />
      )}
    </>
  )
}

function Dialogs({ site, rows, terms, bulk, dialog, setDialog }: ItemsView): ReactNode {
  const close = () => setDialog(null)
  const plan = (action: BulkAction) => {
    close()
    bulk.plan(action)
  }
  return (
    <Suspense>
      {bulk.dialog && (
        <BulkDialog {...bulk.dialog} siteId={site.id} rows={rows} onJob={bulk.setJob} onClose={bulk.close} />
      )}
      {dialog === 'terms' && <TermsDialog terms={terms} onClose={close} onAction={plan} />}
      {dialog === 'keys' && <KeysDialog onClose={close} />}
    </Suspense>
  )
}

function ItemsContent(): ReactNode {
  const t = useTranslations('items')
  const lists = useTranslations('lists.keys')
  const view = useItemsPage()
  const { site, mayEdit, rows, bulk } = view
  const actions = (
    <>
      <Button variant="default" visibleFrom="sm" onClick={() => view.setDialog('keys')}>
        {lists('open')}
      </Button>
      {mayEdit && <NewItemButton rows={rows} />}
    </>
  )
  return (
    <Page title={t('title')} context={site.name} description={t('description')} actions={actions}>
      <ItemFilters rows={rows} address={view.address} terms={view.terms} />
      {bulk.job && (
        <BulkNotice job={bulk.job} onJob={bulk.setJob} onDetails={bulk.openDetails} onDismiss={bulk.dismiss} />
      )}
      <ListPanel {...view} />
      <SelectionParts {...view} />
      <Dialogs {...view} />
    </Page>
  )
}

/** The page has the texts of the items, and these of the lists besides. */
const ItemsWithTexts = lazyPage('lists', async () => ({ default: ItemsContent }))

/** Page with all items of the site. */
export default function ItemsPage(): ReactNode {
  return <ItemsWithTexts />
}
