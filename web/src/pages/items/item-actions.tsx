import { Button } from '@mantine/core'
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

/** Actions of an editor on an item. */
export function ItemActions({ item, work, isEditing, onEdit }: ItemActionsProps): ReactNode {
  const t = useTranslations('items.action')
  const common = useTranslations('common')
  const { data: integration } = useIntegration(item.site_id)
  // the site's version could not be read yet, so the API refuses changes
  const isUnreadable = item.external_id !== null && item.wordpress === null && item.error !== null
  // an item deleted in WordPress has to be resolved before it is edited
  const isDeletedThere = item.conflict !== null && item.conflict.wordpress === null
  const isInTrash = item.status === 'trash' && item.conflict === null
  const isRestorable = (isInTrash || item.deleted) && item.conflict === null
  const mayDelete = useMay('admin')
  return (
    <>
      {integration && item.state !== 'deleted' && (
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={work.pending === 'sync'}
          onClick={() => work.sync(integration.id)}
        >
          {t('sync')}
        </Button>
      )}
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
      {!item.deleted && !isDeletedThere && !isInTrash && (
        <Button
          variant="default"
          leftSection={<IconEdit size={16} aria-hidden />}
          disabled={isEditing || isUnreadable}
          {...(isUnreadable && { title: t('unreadable') })}
          onClick={onEdit}
        >
          {common('edit')}
        </Button>
      )}
      {!item.deleted && !isInTrash && <TrashItemButton item={item} />}
      {!item.deleted && isInTrash && mayDelete && <DeleteItemButton item={item} />}
    </>
  )
}
