import { Button } from '@mantine/core'
import { IconLock, IconPlugConnected } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import type { Integration } from '../../api/types.ts'
import { Page } from '../../components/page.tsx'
import { PartSkeleton } from '../../components/page-skeleton.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useMay } from '../../queries/session.ts'
import { useIntegration } from '../../queries/sites.ts'
import classes from './connection.module.css'
import { ChangePanel } from './change-panel.tsx'
import { DoctorPanel } from './doctor-panel.tsx'
import { EndPanel } from './end-panel.tsx'
import { KeysPanel } from './keys-panel.tsx'
import { PluginPanel } from './plugin-panel.tsx'
import { StatusPanel } from './status-panel.tsx'
import { TestPanel } from './test-panel.tsx'

/** Refetch interval: checks, the plugin and other people change the state. */
const REFRESH_MS = 15_000

function NotConnected({ siteId }: { siteId: string }): ReactNode {
  const t = useTranslations('connection')
  return (
    <div className="panel">
      <EmptyState
        icon={<IconPlugConnected />}
        title={t('notConnected')}
        text={t('notConnectedText')}
        action={
          <Button component={Link} to={`/sites/${siteId}/connect`}>
            {t('connect')}
          </Button>
        }
      />
    </div>
  )
}

function Connected({ integration }: { integration: Integration }): ReactNode {
  return (
    <>
      <ChangePanel integration={integration} />
      <StatusPanel integration={integration} />
      <PluginPanel integration={integration} />
      <div className={classes.pair}>
        <TestPanel integration={integration} />
        <DoctorPanel integration={integration} />
      </div>
    </>
  )
}

function Panels({ siteId }: { siteId: string }): ReactNode {
  const { data: integration, error, isPending, refetch } = useIntegration(siteId, REFRESH_MS)
  if (isPending) return <PartSkeleton />
  if (integration === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />
  return (
    <div className={classes.stack}>
      {integration ? <Connected integration={integration} /> : <NotConnected siteId={siteId} />}
      <KeysPanel integration={integration} />
      {integration && <EndPanel integration={integration} />}
    </div>
  )
}

export default function ConnectionPage(): ReactNode {
  const t = useTranslations('connection')
  const site = useThisSite()
  const maySee = useMay('editor')
  return (
    <Page title={t('title')} context={site.name} description={t('description')}>
      {maySee ? (
        <Panels siteId={site.id} />
      ) : (
        <div className="panel">
          <EmptyState icon={<IconLock />} title={t('viewer')} text={t('viewerText')} />
        </div>
      )}
    </Page>
  )
}
