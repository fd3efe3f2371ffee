import { Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { useTranslations } from 'use-intl'
import type { Item } from '../../api/types.ts'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { notifyDone } from '../../components/notify.ts'
import { titleText } from '../../components/title-text.ts'
import { useDeleteItem } from '../../queries/items.ts'

/** Deletes an item on both sides after confirmation, then shows the list. */
export function DeleteItemButton({ item }: { item: Item }): ReactNode {
  const t = useTranslations('items')
  const common = useTranslations('common')
  const [, navigate] = useLocation()
  const { mutateAsync: remove, isPending, error } = useDeleteItem(item.site_id, item.id)
  return (
    <ConfirmButton
      label={common('delete')}
      leftSection={<IconTrash size={16} aria-hidden />}
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
        await remove()
        void notifyDone(t('done.deleted'))
        navigate(`/sites/${item.site_id}/items`)
      }}
      isPending={isPending}
      error={error}
    />
  )
}
