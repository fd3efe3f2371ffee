import { Alert, Skeleton, Switch } from '@mantine/core'
import { IconMailOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { NotificationPreferences } from '../../api/types.ts'
import { notifyFailure } from '../../components/notify.ts'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useNotificationPreferences, useSetNotificationPreferences } from '../../queries/notifications.ts'

function EmailSwitch({ preferences }: { preferences: NotificationPreferences }): ReactNode {
  const t = useTranslations('notifications.email')
  const save = useSetNotificationPreferences()
  const choose = (email: boolean) =>
    save.mutate({ email }, { onError: (error) => void notifyFailure(t('failed'), error) })
  return (
    <Switch
      label={t('label')}
      description={t('hint', { address: preferences.address })}
      // shown at once, and reset if refused
      checked={save.isPending ? save.variables.email : preferences.email}
      onChange={(event) => choose(event.currentTarget.checked)}
    />
  )
}

/** The person's own e-mail setting. */
export function EmailPanel(): ReactNode {
  const t = useTranslations('notifications.email')
  const { data, error, isPending, refetch } = useNotificationPreferences()
  return (
    <Panel heading={t('heading')} text={t('text')}>
      {isPending && <Skeleton height={44} />}
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && !data.email_configured && (
        <Alert color="gray" variant="light" icon={<IconMailOff aria-hidden />} title={t('off')}>
          {t('offText')}
        </Alert>
      )}
      {data && <EmailSwitch preferences={data} />}
    </Panel>
  )
}
