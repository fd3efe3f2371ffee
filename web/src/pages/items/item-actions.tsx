import { Button, Group, Skeleton } from '@mantine/core'
import { IconArrowBackUp, IconEdit, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Item } from '../../api/types.ts'
import { useIntegration } from '../../queries/sites.ts'
import { useMay } from '../../queries/session.ts'
import { DeleteItemButton, TrashItemButton } from './delete-item-button.tsx'
import type { ItemWork } from './use-item-work.ts'

interface ItemActionsProps {
  item: Item
  work: ItemWork
  isEditing: boolean
  onEdit: () => void
}

/** The site's version could not be read yet, so the API refuses changes. */
const isUnreadable = (item: Item) => item.external_id !== null && item.wordpress === null && item.error !== null
const isInTrash = (item: Item) => item.status === 'trash' && item.conflict === null
/** An item deleted in WordPress has to be resolved before it is edited. */
const isDeletedThere = (item: Item) => item.conflict !== null && item.conflict.wordpress === null

/** Whether the API takes changes of an item from an editor. */
export const mayBeEdited = (item: Item): boolean =>
  !item.left_alone && !item.deleted && !isDeletedThere(item) && !isInTrash(item) && !isUnreadable(item)

/** Stands for the buttons while the item is being read. */
export function ActionsSkeleton(): ReactNode {
  return (
    <Group gap="sm" aria-hidden>
      <Skeleton height={36} width={116} />
      <Skeleton height={36} width={88} />
      <Skeleton height={36} width={150} />
    </Group>
  )
}

/** Actions of an editor on an item. One that is left alone can only be asked for again. */
export function ItemActions(props: ItemActionsProps): ReactNode {
  return (
    <>
      <SyncButton {...props} />
      {!props.item.left_alone && <ChangeButtons {...props} />}
    </>
  )
}

function SyncButton({ item, work }: Pick<ItemActionsProps, 'item' | 'work'>): ReactNode {
  const t = useTranslations('items.action')
  const { data: integration } = useIntegration(item.site_id)
  if (!integration || item.state === 'deleted') return null
  return (
    <Button
      variant="default"
      leftSection={<IconRefresh size={16} aria-hidden />}
      loading={work.pending === 'sync'}
      onClick={() => work.sync(integration.id)}
    >
      {t('sync')}
    </Button>
  )
}

function ChangeButtons({ item, work, isEditing, onEdit }: ItemActionsProps): ReactNode {
  const t = useTranslations('items.action')
  const common = useTranslations('common')
  const isRestorable = (isInTrash(item) || item.deleted) && item.conflict === null
  const mayDelete = useMay('admin')
  return (
    <>
      {isRestorable && (
        <Button
          variant="default"
          leftSection={<IconArrowBackUp size={16} aria-hidden />}
          loading={work.pending === 'restore'}
          onClick={work.restore}
        >
          {t('restore')}
        </Button>
      )}
      {!item.deleted && !isDeletedThere(item) && !isInTrash(item) && (
        <Button
          variant="default"
          leftSection={<IconEdit size={16} aria-hidden />}
          disabled={isEditing || isUnreadable(item)}
          {...(isUnreadable(item) && { title: t('unreadable') })}
          onClick={onEdit}
        >
          {common('edit')}
        </Button>
      )}
      {!item.deleted && !isInTrash(item) && <TrashItemButton item={item} />}
      {!item.deleted && isInTrash(item) && mayDelete && <DeleteItemButton item={item} />}
    </>
  )
}
