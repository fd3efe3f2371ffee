import { Button } from '@mantine/core'
import { IconEdit, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Item } from '../../api/types.ts'
import { useIntegration } from '../../queries/sites.ts'
import { DeleteItemButton } from './delete-item-button.tsx'
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
  return (
    <>
      {integration && (
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={work.pending === 'sync'}
          onClick={() => work.sync(integration.id)}
        >
          {t('sync')}
        </Button>
      )}
      {!item.deleted && !isDeletedThere && (
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
      {!item.deleted && <DeleteItemButton item={item} />}
    </>
  )
}
