import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { notifyDone } from '../../components/notify.ts'
import { ErrorState } from '../../components/states.tsx'
import { useCancelRun } from '../../queries/sync.ts'

interface CancelRunDialogProps {
  integrationId: string
  runId: string
  onClose: () => void
}

/** Asks before a run is ended. */
export default function CancelRunDialog({ integrationId, runId, onClose }: CancelRunDialogProps): ReactNode {
  const t = useTranslations('activity.run')
  const common = useTranslations('common')
  const cancel = useCancelRun(integrationId)
  const confirm = () => {
    cancel.mutate(runId, {
      onSuccess: () => {
        void notifyDone(t('cancelled'))
        onClose()
      },
    })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('cancelTitle')}
      centered
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <Stack>
        <Text>{t('cancelText')}</Text>
        {cancel.error && <ErrorState error={cancel.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('keep')}
          </Button>
          <Button color="red.9" loading={cancel.isPending} onClick={confirm} data-autofocus>
            {t('cancelConfirm')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
