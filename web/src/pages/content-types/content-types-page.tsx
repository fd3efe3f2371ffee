import { Button } from '@mantine/core'
import { IconLock, IconPlugConnected } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import { isCode } from '../../api/errors.ts'
import { Page } from '../../components/page.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { ConnectionBadge } from '../../components/connection-badge.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useIntegration } from '../../queries/sites.ts'
import { useContentTypes } from '../../queries/content-types.ts'
import type { Integration } from '../../api/types.ts'
import { RunPanel } from './run-panel.tsx'
import { StatusPanel } from './status-panel.tsx'
import { SyncButton } from './sync-button.tsx'
import { TabSkeleton } from './tab-skeleton.tsx'
import { TypesSection } from './types-section.tsx'

/** Site Settings → Content types: connection, and which types are synced. */
export default function ContentTypesPage(): ReactNode {
  const t = useTranslations('contentTypes')
  const site = useThisSite()
  const { data: integration } = useIntegration(site.id)
  return (
    <Page
      title={t('title')}
      context={site.name}
      description={t('description')}
      actions={integration && <SyncButton integration={integration} />}
    >
      <Content />
    </Page>
  )
}

function Content(): ReactNode {
  const t = useTranslations('contentTypes')
  const site = useThisSite()
  const { data: integration, error, refetch } = useIntegration(site.id)
  if (integration) return <Connected integration={integration} />
  if (integration === null) return <NotConnected />
  if (isCode(error, 'role_too_low'))
    return <EmptyState icon={<IconLock />} title={t('viewer.title')} text={t('viewer.text')} />
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  return <TabSkeleton />
}

function NotConnected(): ReactNode {
  const t = useTranslations('contentTypes')
  const site = useThisSite()
  return (
    <section className="panel" aria-label={t('status.region')}>
      <div style={{ padding: '16px 20px' }}>
        <ConnectionBadge state="not_connected" />
      </div>
      <EmptyState
        icon={<IconPlugConnected />}
        title={t('notConnected.title')}
        text={t('notConnected.text')}
        action={
          <Button component={Link} to={`/sites/${site.id}/connect`}>
            {t('status.connect')}
          </Button>
        }
      />
    </section>
  )
}

function Connected({ integration }: { integration: Integration }): ReactNode {
  const { data: types, error, refetch } = useContentTypes(integration.id)
  if (!types && !error) return <TabSkeleton />
  return (
    <>
      <StatusPanel integration={integration} types={types ?? null} />
      <RunPanel integrationId={integration.id} types={types ?? null} />
      {types && <TypesSection integration={integration} types={types} />}
      {!types && <ErrorState error={error} onRetry={() => void refetch()} />}
    </>
  )
}
