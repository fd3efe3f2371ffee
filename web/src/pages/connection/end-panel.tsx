import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Integration } from '../../api/types.ts'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { notifyDone } from '../../components/notify.ts'
import { useThisSite } from '../../layout/site-context.ts'
import { useDisconnect } from '../../queries/connection.ts'
import { Panel } from '../../components/panel.tsx'

/** Disconnects the site after confirmation. */
export function EndPanel({ integration }: { integration: Integration }): ReactNode {
  const t = useTranslations('connection.end')
  const site = useThisSite()
  const end = useDisconnect(integration)
  const disconnect = async () => {
    await end.mutateAsync()
    await notifyDone(t('done'))
  }
  return (
    <Panel
      heading={t('heading')}
      text={t('text')}
      actions={
        <ConfirmButton
          label={t('button')}
          title={t('title', { site: site.name })}
          text={t('what')}
          confirmLabel={t('button')}
          isDangerous
          onConfirm={disconnect}
          isPending={end.isPending}
          error={end.error}
        />
      }
    />
  )
}
