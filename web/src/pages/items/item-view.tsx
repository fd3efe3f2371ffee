import { Skeleton, Stack, Text } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Item, ItemSummary } from '../../api/types.ts'
import { lazyPart } from '../../app/lazy-page.tsx'
import { titleText } from '../../components/title-text.ts'
import { readKeptDraft } from '../../queries/kept-draft.ts'
import { rowAfter } from '../../queries/known-items.ts'
import { Page } from '../../components/page.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useShownError } from '../../offline/use-shown-error.ts'
import { useMay } from '../../queries/session.ts'
import { HistorySection } from './history/history-section.tsx'
import { ActionsSkeleton, ItemActions, mayBeEdited } from './item-actions.tsx'
import { useItemAfter } from './item-after.ts'
import { ItemFacts } from './item-facts.tsx'
import {
  DeletedNotice,
  FailurePanel,
  isOpenInWordPress,
  LeftAlonePanel,
  MovedOnNotice,
  OpenPanel,
  ScheduleNotice,
  TrashNotice,
  UndoNotice,
} from './item-notices.tsx'
import { ItemStanding } from './item-standing.tsx'
import { useDraftKey } from './use-draft.ts'
import { isMovedOn, type ItemWork, useItemWork } from './use-item-work.ts'
import { type Saving, useSaving } from './use-saving.ts'

const ConflictPanel = lazy(async () => ({ default: (await import('./conflict-panel.tsx')).ConflictPanel }))
const ItemSides = lazy(() => import('./item-sides.tsx'))
const EditForm = lazyPart('editor', () => import('./edit-form.tsx'))

/** Why the item is not in sync, if anything keeps it from that. */
function TroublePanel({ item, work }: { item: Item; work: ItemWork }): ReactNode {
  if (item.left_alone) return <LeftAlonePanel item={item} />
  if (!item.error) return null
  return isOpenInWordPress(item) ? <OpenPanel item={item} work={work} /> : <FailurePanel item={item} work={work} />
}

/** Whether the page was opened to write: in an item that was just made, or with a key of the list. */
const isAskedToEdit = (): boolean => (window.history.state as { isEditing?: boolean } | null)?.isEditing === true

/** What stands above the item: why it is not in sync, what came of the last action, and what can be done. */
function Notices({ item, work }: { item: Item; work: ItemWork }): ReactNode {
  return (
    <>
      {work.error !== null && !isMovedOn(work.error) && <ErrorState error={work.error} />}
      {isMovedOn(work.error) && <MovedOnNotice />}
      {item.deleted && !item.conflict && <DeletedNotice isGone={item.state === 'deleted'} />}
      {item.status === 'trash' && !item.deleted && !item.conflict && <TrashNotice item={item} />}
      <TroublePanel item={item} work={work} />
      <ScheduleNotice item={item} />
      {item.conflict && (
        <Suspense fallback={<Skeleton height={320} radius="lg" />}>
          <ConflictPanel item={item} conflict={item.conflict} work={work} />
        </Suspense>
      )}
      {item.can_undo && !item.conflict && <UndoNotice work={work} />}
    </>
  )
}

interface WholeProps {
  item: Item
  work: ItemWork
  saving: Saving
  isEditing: boolean
  onClose: () => void
}

/** The item as it is, or its form. A form that is being saved waits out of sight, and is there again if that is refused. */
function Whole({ item, work, saving, isEditing, onClose }: WholeProps): ReactNode {
  const shown = useItemAfter(item, saving.shown ?? {})
  const isFormShown = isEditing && saving.shown === null
  useEffect(() => {
    // the button that had the focus is out of sight
    if (saving.shown !== null) document.querySelector<HTMLElement>('main h1')?.focus()
  }, [saving.shown])
  return (
    <>
      <Notices item={item} work={work} />
      {isEditing && (
        <div hidden={!isFormShown}>
          <Suspense fallback={<Skeleton height={520} radius="lg" />}>
            <EditForm item={item} saving={saving} onClose={onClose} />
          </Suspense>
        </div>
      )}
      {!isFormShown && (
        <>
          <ItemFacts item={shown} />
          <Suspense fallback={<Skeleton height={240} radius="lg" />}>
            <ItemSides item={shown} />
          </Suspense>
          <HistorySection item={item} />
        </>
      )}
    </>
  )
}

interface ItemViewProps {
  /** What a list has of the item; the item itself once it has been read. */
  summary: ItemSummary
  /** Null while it is being read. */
  item: Item | null
  /** Why it could not be read. */
  error: unknown
  onRetry: () => void
}

/** What is known before the item has been read. */
function Known({
  summary,
  error,
  onRetry,
  isEditing,
}: Omit<ItemViewProps, 'item'> & { isEditing: boolean }): ReactNode {
  const t = useTranslations('items')
  const shownError = useShownError(error)
  if (isEditing && !error) return <Skeleton height={520} radius="lg" />
  return (
    <>
      {Boolean(shownError) && <ErrorState error={shownError} onRetry={onRetry} />}
      <ItemFacts item={summary} />
      {!error && <Skeleton height={240} radius="lg" />}
      {Boolean(error) && !shownError && (
        <Text size="sm" c="dimmed">
          {t('textNotKept')}
        </Text>
      )}
    </>
  )
}

/** An item, at once with what a list has of it. */
export function ItemView({ summary, item, error, onRetry }: ItemViewProps): ReactNode {
  const t = useTranslations('items')
  const site = useThisSite()
  const mayEdit = useMay('editor')
  const draftKey = useDraftKey(summary)
  // what somebody typed and did not save is opened at once, and so is an item that was just made
  const [isOpen, setEditing] = useState(() => readKeptDraft(draftKey) !== null || isAskedToEdit())
  const isEditing = isOpen && mayEdit && (item === null || mayBeEdited(item))
  // a page that is loaded again is not asked to
  useEffect(() => void (isAskedToEdit() && window.history.replaceState(null, '')), [])
  const work = useItemWork(summary)
  const saving = useSaving(summary)
  const shown = saving.shown ? rowAfter(saving.shown, summary) : summary
  return (
    <Page
      title={titleText(shown.title) || t('untitled')}
      context={site.name}
      description={<ItemStanding item={shown} isSaving={saving.shown !== null} />}
      actions={
        mayEdit &&
        (item ? (
          <ItemActions item={item} work={work} isEditing={isEditing} onEdit={() => setEditing(true)} />
        ) : (
          <ActionsSkeleton />
        ))
      }
    >
      <Stack gap="md">
        {item ? (
          <Whole item={item} work={work} saving={saving} isEditing={isEditing} onClose={() => setEditing(false)} />
        ) : (
          <Known summary={summary} error={error} onRetry={onRetry} isEditing={isEditing} />
        )}
      </Stack>
    </Page>
  )
}
