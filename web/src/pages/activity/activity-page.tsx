import { Button, Skeleton, Stack } from '@mantine/core'
import { IconActivity, IconLock } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useMay } from '../../queries/session.ts'
import { useIntegration } from '../../queries/sites.ts'
import { EventsPanel } from './events-panel.tsx'
import { RunsPanel } from './runs-panel.tsx'

const ChartPanel = lazy(() => import('./chart-panel.tsx'))
/** Height of the chart with its table. */
const CHART_HEIGHT = 420

function Unconnected(): ReactNode {
  const t = useTranslations('activity.empty')
  const { id } = useThisSite()
  return (
    <div className="panel">
      <EmptyState
        icon={<IconActivity />}
        title={t('title')}
        text={t('unconnected')}
        action={
          <Button component={Link} to={`/sites/${id}/connect`}>
            {t('toConnect')}
          </Button>
        }
      />
    </div>
  )
}

function Content(): ReactNode {
  const site = useThisSite()
  const { data: integration, error, isPending, refetch } = useIntegration(site.id)
  if (isPending) return <Skeleton height={CHART_HEIGHT} radius="lg" />
  if (integration === null) return <Unconnected />
  if (!integration) return <ErrorState error={error} onRetry={() => void refetch()} />
  return (
    <Stack gap="lg">
      <Suspense fallback={<Skeleton height={CHART_HEIGHT} radius="lg" />}>
        <ChartPanel integrationId={integration.id} />
      </Suspense>
      <RunsPanel integrationId={integration.id} />
      <EventsPanel integrationId={integration.id} />
    </Stack>
  )
}

/** Activity of a site: over time, by run, and by event. */
export default function ActivityPage(): ReactNode {
  const t = useTranslations('activity')
  const site = useThisSite()
  const mayRead = useMay('editor')
  return (
    <Page title={t('title')} context={site.name} description={t('description')}>
      {mayRead ? (
        <Content />
      ) : (
        <div className="panel">
          <EmptyState icon={<IconLock />} title={t('editorsOnly')} text={t('editorsOnlyText')} />
        </div>
      )}
    </Page>
  )
}
