import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { useTranslations } from 'use-intl'
import { titleText } from '../../components/title-text.ts'
import type { Item } from '../../api/types.ts'
import { notifyDone } from '../../components/notify.ts'
import { ErrorState } from '../../components/states.tsx'
import { useDeleteItem } from '../../queries/items.ts'

/** Asks before an item is deleted on both sides. */
export default function DeleteItemDialog({ item, onClose }: { item: Item; onClose: () => void }): ReactNode {
  const t = useTranslations('items')
  const common = useTranslations('common')
  const [, navigate] = useLocation()
  const remove = useDeleteItem(item.site_id, item.id)
  const confirm = () => {
    remove.mutate(undefined, {
      onSuccess: () => {
        void notifyDone(t('done.deleted'))
        navigate(`/sites/${item.site_id}/items`)
      },
    })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('delete.title')}
      centered
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <Stack>
        <Text>{t('delete.text', { title: titleText(item.title) || t('untitled') })}</Text>
        <Text size="sm" c="dimmed">
          {item.external_id === null ? t('delete.onlyHere') : t('delete.both')}
        </Text>
        {remove.error && <ErrorState error={remove.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button color="red.9" loading={remove.isPending} onClick={confirm} data-autofocus>
            {t('delete.confirm')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
