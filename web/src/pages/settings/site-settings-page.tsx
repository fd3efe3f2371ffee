import { Skeleton, Stack } from '@mantine/core'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useMay } from '../../queries/session.ts'
import { ActivePanel } from './active-panel.tsx'
import { AuthorsPanel } from './authors-panel.tsx'
import { DangerPanel } from './danger-panel.tsx'
import { SiteForm } from './site-form.tsx'
import { SyncPanel } from './sync-panel.tsx'

const FilesPanels = lazy(() => import('./files-panels.tsx'))
/** About that of the panels, so that what follows stays at its place. */
const FILES_HEIGHT = 540

export default function SiteSettingsPage(): ReactNode {
  const t = useTranslations('settings')
  const site = useThisSite()
  const [maySync, mayAdminister] = [useMay('editor'), useMay('admin')]
  return (
    <Page title={t('title')} context={site.name} description={t('description')}>
      <Stack gap="lg">
        <SiteForm site={site} />
        {maySync && <SyncPanel siteId={site.id} />}
        {maySync && <AuthorsPanel siteId={site.id} />}
        <ActivePanel site={site} />
        {mayAdminister && (
          <>
            <Suspense fallback={<Skeleton height={FILES_HEIGHT} />}>
              <FilesPanels site={site} />
            </Suspense>
            <DangerPanel site={site} />
          </>
        )}
      </Stack>
    </Page>
  )
}
