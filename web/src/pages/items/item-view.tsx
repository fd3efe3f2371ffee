import { Group, Skeleton, Stack } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import type { Item } from '../../api/types.ts'
import { lazyPart } from '../../app/lazy-page.tsx'
import { titleText } from '../../components/title-text.ts'
import { readKeptDraft } from '../../queries/kept-draft.ts'
import classes from '../../components/data-list.module.css'
import { OutsideLink } from '../../components/outside-link.tsx'
import { Page } from '../../components/page.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { ItemStateBadge } from '../../components/state-badge.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useMay } from '../../queries/session.ts'
import { ConflictPanel } from './conflict-panel.tsx'
import { ItemActions, mayBeEdited } from './item-actions.tsx'
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
import { useDraftKey } from './use-draft.ts'
import { isMovedOn, type ItemWork, useItemWork } from './use-item-work.ts'

const ItemSides = lazy(() => import('./item-sides.tsx'))
const EditForm = lazyPart('editor', () => import('./edit-form.tsx'))

/** State of the item, below its title. */
function Standing({ item }: { item: Item }): ReactNode {
  const t = useTranslations('items')
  const common = useTranslations('common')
  const { id } = useThisSite()
  return (
    <Group gap="md" fz="sm">
      <ItemStateBadge state={item.state} />
      {item.protected && (
        <span>
          <IconLock size={16} aria-hidden style={{ verticalAlign: -3, marginInlineEnd: 6 }} />
          {common('protected')}
        </span>
      )}
      <span>
        {t('updated')} <RelativeTime at={item.updated_at} />
      </span>
      {item.external_url && <OutsideLink url={item.external_url}>{t('onWordPress')}</OutsideLink>}
      <Link href={`/sites/${id}/items`} className={classes.link}>
        {t('gone.toItems')}
      </Link>
    </Group>
  )
}

/** Why the item is not in sync, if anything keeps it from that. */
function TroublePanel({ item, work }: { item: Item; work: ItemWork }): ReactNode {
  if (item.left_alone) return <LeftAlonePanel item={item} />
  if (!item.error) return null
  return isOpenInWordPress(item) ? <OpenPanel item={item} work={work} /> : <FailurePanel item={item} work={work} />
}

/** Whether the page was opened to write in an item that was just made. */
const isNew = (): boolean => (window.history.state as { isNew?: boolean } | null)?.isNew === true

export function ItemView({ item }: { item: Item }): ReactNode {
  const t = useTranslations('items')
  const site = useThisSite()
  const mayEdit = useMay('editor')
  const draftKey = useDraftKey(item)
  // what somebody typed and did not save is opened at once, and so is an item that was just made
  const [isOpen, setEditing] = useState(() => readKeptDraft(draftKey) !== null || isNew())
  const isEditing = isOpen && mayEdit && mayBeEdited(item)
  // a page that is loaded again is no new item
  useEffect(() => void (isNew() && window.history.replaceState(null, '')), [])
  const work = useItemWork(item)
  const isGone = item.state === 'deleted'
  return (
    <Page
      title={titleText(item.title) || t('untitled')}
      context={site.name}
      description={<Standing item={item} />}
      actions={mayEdit && <ItemActions item={item} work={work} isEditing={isEditing} onEdit={() => setEditing(true)} />}
    >
      <Stack gap="md">
        {work.error !== null && !isMovedOn(work.error) && <ErrorState error={work.error} />}
        {isMovedOn(work.error) && <MovedOnNotice />}
        {item.deleted && !item.conflict && <DeletedNotice isGone={isGone} />}
        {item.status === 'trash' && !item.deleted && !item.conflict && <TrashNotice item={item} />}
        <TroublePanel item={item} work={work} />
        <ScheduleNotice item={item} />
        {item.conflict && <ConflictPanel item={item} conflict={item.conflict} work={work} />}
        {item.can_undo && !item.conflict && <UndoNotice work={work} />}
        {isEditing && (
          <Suspense fallback={<Skeleton height={520} radius="lg" />}>
            <EditForm item={item} onClose={() => setEditing(false)} />
          </Suspense>
        )}
        {!isEditing && (
          <>
            <ItemFacts item={item} />
            <Suspense fallback={<Skeleton height={240} radius="lg" />}>
              <ItemSides item={item} />
            </Suspense>
          </>
        )}
      </Stack>
    </Page>
  )
}
