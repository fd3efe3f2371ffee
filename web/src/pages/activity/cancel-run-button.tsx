import { IconPlayerStop } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { notifyDone } from '../../components/notify.ts'
import { useCancelRun } from '../../queries/sync.ts'

/** Cancels a run after confirmation. */
export function CancelRunButton({ integrationId, runId }: { integrationId: string; runId: string }): ReactNode {
  const t = useTranslations('activity.run')
  const { mutateAsync: cancel, isPending, error } = useCancelRun(integrationId)
  return (
    <ConfirmButton
      label={t('cancel')}
      leftSection={<IconPlayerStop size={16} aria-hidden />}
      title={t('cancelTitle')}
      text={t('cancelText')}
      confirmLabel={t('cancelConfirm')}
      cancelLabel={t('keep')}
      isDangerous
      onConfirm={async () => {
        await cancel(runId)
        void notifyDone(t('cancelled'))
      }}
      isPending={isPending}
      error={error}
    />
  )
}
