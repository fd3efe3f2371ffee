import { Text } from '@mantine/core'
import { IconTrash, IconTrashX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { useTranslations } from 'use-intl'
import type { Item } from '../../api/types.ts'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { notifyDone } from '../../components/notify.ts'
import { titleText } from '../../components/title-text.ts'
import { useDeleteItem } from '../../queries/items.ts'

/** Moves an item to the trash on both sides after confirmation, then shows the list. */
export function TrashItemButton({ item }: { item: Item }): ReactNode {
  const t = useTranslations('items')
  const [, navigate] = useLocation()
  const { mutateAsync: remove, isPending, error } = useDeleteItem(item.site_id, item.id)
  return (
    <ConfirmButton
      label={t('trash.button')}
      leftSection={<IconTrash size={16} aria-hidden />}
      title={t('trash.title')}
      text={
        <>
          {t('trash.text', { title: titleText(item.title) || t('untitled') })}
          <Text size="sm" c="dimmed" mt="md">
            {item.external_id === null ? t('trash.onlyHere') : t('trash.both')}
          </Text>
        </>
      }
      confirmLabel={t('trash.button')}
      onConfirm={async () => {
        await remove({})
        void notifyDone(t('done.trashed'))
        navigate(`/sites/${item.site_id}/items`)
      }}
      isPending={isPending}
      error={error}
    />
  )
}

/** Whether the site has not moved an item to its trash yet, so that the API refuses to delete it permanently. */
export const isOnItsWay = ({ wordpress }: Item): boolean => wordpress !== null && wordpress.status !== 'trash'

/** Deletes an item of the trash on both sides for good, after confirmation. */
export function DeleteItemButton({ item }: { item: Item }): ReactNode {
  const t = useTranslations('items')
  const { mutateAsync: remove, isPending, error } = useDeleteItem(item.site_id, item.id)
  return (
    <ConfirmButton
      label={t('delete.confirm')}
      leftSection={<IconTrashX size={16} aria-hidden />}
      disabled={isOnItsWay(item)}
      title={t('delete.title')}
      text={
        <>
          {t('delete.text', { title: titleText(item.title) || t('untitled') })}
          <Text size="sm" c="dimmed" mt="md">
            {item.external_id === null ? t('delete.onlyHere') : t('delete.both')}
          </Text>
        </>
      }
      confirmLabel={t('delete.confirm')}
      isDangerous
      onConfirm={async () => {
        await remove({ permanently: 'true' })
        void notifyDone(t('done.deleted'))
      }}
      isPending={isPending}
      error={error}
    />
  )
}
