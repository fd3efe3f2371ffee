import { Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useMay } from '../../queries/session.ts'
import { ActivePanel } from './active-panel.tsx'
import { AuthorsPanel } from './authors-panel.tsx'
import { DangerPanel } from './danger-panel.tsx'
import { SiteForm } from './site-form.tsx'
import { SyncPanel } from './sync-panel.tsx'

export default function SiteSettingsPage(): ReactNode {
  const t = useTranslations('settings')
  const site = useThisSite()
  const [maySync, mayDelete] = [useMay('editor'), useMay('admin')]
  return (
    <Page title={t('title')} context={site.name} description={t('description')}>
      <Stack gap="lg">
        <SiteForm site={site} />
        {maySync && <SyncPanel siteId={site.id} />}
        {maySync && <AuthorsPanel siteId={site.id} />}
        <ActivePanel site={site} />
        {mayDelete && <DangerPanel site={site} />}
      </Stack>
    </Page>
  )
}
