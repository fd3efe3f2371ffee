import { Box, Button } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { BulkAction, ItemSort } from '../../api/types.ts'
import { lazyPart } from '../../app/lazy-page.tsx'
import { LoadMore } from '../../components/load-more.tsx'
import { Page } from '../../components/page.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useItems, useTypedItems } from '../../queries/items.ts'
import { entriesOf } from '../../queries/paging.ts'
import { useMay } from '../../queries/session.ts'
import { ItemFilters } from './item-filters.tsx'
import { ItemList, ItemListSkeleton } from './item-list.tsx'
import { NewItemButton } from './new-item-button.tsx'
import { SelectedCount } from './selected-count.tsx'
import { useBulk } from './use-bulk.ts'
import { useItemFilter } from './use-item-filter.ts'
import { useSelection } from './use-selection.ts'
import { useTypeRows } from './use-type-rows.ts'

const NoItems = lazy(() => import('./no-items.tsx'))
const ListKeys = lazy(() => import('./list-keys.tsx'))
const BulkBar = lazyPart('lists', () => import('./bulk-bar.tsx'))
const BulkNotice = lazyPart('lists', () => import('./bulk-notice.tsx'))
const BulkDialog = lazyPart('lists', () => import('./bulk-dialog.tsx'))
const TermsDialog = lazyPart('lists', () => import('./terms-dialog.tsx'))
const KeysDialog = lazyPart('lists', () => import('./keys-dialog.tsx'))

type Dialog = 'terms' | 'keys' | null

/** The list, what is selected in it, and what is done with that. */
function useItemsPage() {
  const site = useThisSite()
  const mayEdit = useMay('editor')
  const address = useItemFilter()
  const { filter, sort } = address
  const types = useTypeRows(site.id)
  const asked = { ...filter, ...(sort && { sort }) }
  const list = useItems(site.id, asked)
  const [typing, setTyping] = useState<string | null>(null)
  const typed = useTypedItems(site.id, asked, typing)
  const items = typed ?? entriesOf(list.data)
  const selection = useSelection(items, filter)
  const bulk = useBulk(site.id, selection, mayEdit)
  const [dialog, setDialog] = useState<Dialog>(null)
  const { fetchNextPage, hasNextPage, isSuccess, isFetchingNextPage, isFetchNextPageError } = list
  // a search that has read its share of the texts says where it goes on, with nothing found so far
  const isSearching = isSuccess && typed === null && items.length === 0 && hasNextPage
  const goesOn = isSearching && !isFetchingNextPage && !isFetchNextPageError
  useEffect(() => {
    if (goesOn) void fetchNextPage()
  }, [goesOn, fetchNextPage])
  const onKeys = {
    select: (id: string) => mayEdit && selection.toggle(id),
    extend: (from: string | null, to: string) => mayEdit && selection.extendTo(from, to),
    clear: selection.clear,
    help: () => setDialog('keys'),
  }
  return {
    site,
    mayEdit,
    address,
    ...types,
    list,
    items,
    /** Whether the rows are what is known, and the API has not answered. */
    isKnownOnly: typed !== null || list.isPlaceholderData,
    setTyping,
    isSearching,
    selection,
    bulk,
    dialog,
    setDialog,
    onKeys,
  }
}
type ItemsView = ReturnType<typeof useItemsPage>

/** The items, or why there are none. */
function ListPanel(view: ItemsView): ReactNode {
  const t = useTranslations('items')
  const texts = useTranslations('items.list')
  const common = useTranslations('common')
  const { address, list, items, isKnownOnly, isSearching, rows, integrationId, selection, mayEdit } = view
  if (list.isLoadingError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />
  const count = t('shown', { count: items.length, more: String(list.hasNextPage) })
  const shown = isSearching ? texts('searching') : isKnownOnly ? common('loading') : count
  const isRead = list.isSuccess && !isKnownOnly
  const isEmpty = isRead && items.length === 0 && !list.hasNextPage
  const { sort } = address
  const onSort = (next: ItemSort) => address.change({ sort: next === 'newest' ? null : next })
  return (
    <>
      <Box className="panel" mih={280} mb="md" aria-busy={isKnownOnly}>
        {!isRead && items.length === 0 && <ItemListSkeleton isSelectable={mayEdit} />}
        <Suspense>
          {isEmpty && <NoItems integrationId={integrationId} onClear={address.isFiltered ? address.clear : null} />}
        </Suspense>
        {items.length > 0 && (
          <ItemList items={items} rows={rows} order={{ sort, onSort }} selection={mayEdit ? selection : null} />
        )}
      </Box>
      {(items.length > 0 || isSearching) && (
        <LoadMore
          shown={shown}
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
      <Suspense>
        {mayEdit && isSelected && (
          <BulkBar
            selection={selection}
            shown={items.length}
            hasMore={list.hasNextPage}
            onAction={bulk.plan}
            onTerms={() => setDialog('terms')}
          />
        )}
      </Suspense>
    </>
  )
}

function Dialogs({ site, rows, items, bulk, dialog, setDialog }: ItemsView): ReactNode {
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
      {dialog === 'terms' && <TermsDialog items={items} onClose={close} onAction={plan} />}
      {dialog === 'keys' && <KeysDialog onClose={close} />}
    </Suspense>
  )
}

/** Page with all items of the site. */
export default function ItemsPage(): ReactNode {
  const t = useTranslations('items')
  const list = useTranslations('items.list')
  const view = useItemsPage()
  const { site, mayEdit, rows, bulk } = view
  const actions = (
    <>
      <Button variant="default" visibleFrom="sm" onClick={() => view.setDialog('keys')}>
        {list('shortcuts')}
      </Button>
      {mayEdit && <NewItemButton rows={rows} />}
    </>
  )
  return (
    <Page title={t('title')} context={site.name} description={t('description')} actions={actions}>
      <ItemFilters rows={rows} address={view.address} items={view.items} onTyping={view.setTyping} />
      <Suspense>
        {bulk.job && (
          <BulkNotice job={bulk.job} onJob={bulk.setJob} onDetails={bulk.openDetails} onDismiss={bulk.dismiss} />
        )}
      </Suspense>
      <ListPanel {...view} />
      <SelectionParts {...view} />
      <Dialogs {...view} />
      <Suspense>
        <ListKeys {...view.onKeys} />
      </Suspense>
    </Page>
  )
}
