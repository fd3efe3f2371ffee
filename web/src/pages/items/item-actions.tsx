import { Button } from '@mantine/core'
import { IconEdit, IconRefresh, IconTrash } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Item } from '../../api/types.ts'
import { useIntegration } from '../../queries/sites.ts'
import type { ItemWork } from './use-item-work.ts'

const loadDialog = () => import('./delete-item-dialog.tsx')
const DeleteItemDialog = lazy(loadDialog)

interface ItemActionsProps {
  item: Item
  work: ItemWork
  isEditing: boolean
  onEdit: () => void
}

/** What an editor can do with an item. */
export function ItemActions({ item, work, isEditing, onEdit }: ItemActionsProps): ReactNode {
  const t = useTranslations('items.action')
  const common = useTranslations('common')
  const { data: integration } = useIntegration(item.site_id)
  const [isDeleting, setDeleting] = useState(false)
  // what the site holds could not be read yet: the API takes no change of it
  const isUnreadable = item.external_id !== null && item.wordpress === null && item.error !== null
  // what was deleted in WordPress is settled before it is edited
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
      {!item.deleted && (
        <Button
          variant="default"
          leftSection={<IconTrash size={16} aria-hidden />}
          onPointerEnter={() => void loadDialog()}
          onFocus={() => void loadDialog()}
          onClick={() => setDeleting(true)}
        >
          {common('delete')}
        </Button>
      )}
      {isDeleting && (
        <Suspense>
          <DeleteItemDialog item={item} onClose={() => setDeleting(false)} />
        </Suspense>
      )}
    </>
  )
}
