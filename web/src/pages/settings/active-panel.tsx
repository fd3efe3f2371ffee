import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Site } from '../../api/types.ts'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { notifyFailure } from '../../components/notify.ts'
import { Panel } from '../../components/panel.tsx'
import { useMay } from '../../queries/session.ts'
import { useUpdateSite } from '../../queries/sites.ts'

/** Switches the site on or off. Switching off asks first, since it disables the site's keys. */
export function ActivePanel({ site }: { site: Site }): ReactNode {
  const t = useTranslations('settings.active')
  const mayChange = useMay('admin')
  const update = useUpdateSite(site.id)
  const switchOn = () =>
    update.mutate({ is_active: true }, { onError: (error) => void notifyFailure(t('failed'), error) })
  const off = (
    <ConfirmButton
      label={t('off')}
      title={t('offTitle', { site: site.name })}
      text={t('offText')}
      confirmLabel={t('off')}
      isDangerous
      onConfirm={() => update.mutateAsync({ is_active: false })}
      isPending={update.isPending}
      error={update.error}
    />
  )
  const on = (
    <Button loading={update.isPending} onClick={switchOn}>
      {t('on')}
    </Button>
  )
  return (
    <Panel
      heading={site.is_active ? t('heading') : t('headingOff')}
      text={site.is_active ? t('text') : t('textOff')}
      actions={mayChange && (site.is_active ? off : on)}
    />
  )
}
