import { Button, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { ErrorState } from '../../components/states.tsx'
import type { OperatorOverview } from '../../api/types.ts'
import { OperatorTabs } from '../../layout/operator-tabs.tsx'
import { useOverview } from '../../queries/operator.ts'
import { Attention } from './attention.tsx'
import { DatabasesPanel } from './databases-panel.tsx'
import { FailuresPanel } from './failures-panel.tsx'
import { HeadFigures } from './head-figures.tsx'
import { JobsPanel } from './jobs-panel.tsx'
import { RunsPanel } from './runs-panel.tsx'
import { StatesPanel } from './states-panel.tsx'
import { LagPanel, WaitingPanel } from './waiting-panel.tsx'

function Overview({ overview }: { overview: OperatorOverview }): ReactNode {
  return (
    <Stack gap="lg">
      <Attention overview={overview} />
      <HeadFigures overview={overview} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <StatesPanel sites={overview.sites} />
        <RunsPanel runs={overview.runs} />
        <WaitingPanel waiting={overview.waiting} />
        <LagPanel lag={overview.lag} />
      </SimpleGrid>
      <FailuresPanel failures={overview.failures} deliveries={overview.failed_deliveries} />
      <DatabasesPanel databases={overview.databases} most={overview.database_bytes} />
      <JobsPanel overview={overview} />
    </Stack>
  )
}

/** How the server runs. */
export default function OperatorPage(): ReactNode {
  const t = useTranslations('operator')
  const common = useTranslations('common')
  const { data, error, isPending, isFetching, refetch } = useOverview()
  const again = () => void refetch()
  return (
    <Page
      title={t('title')}
      description={t('description')}
      actions={
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={isFetching && !isPending}
          onClick={again}
        >
          {common('reload')}
        </Button>
      }
    >
      <OperatorTabs />
      {isPending && <Skeleton height={520} radius="lg" />}
      {error && <ErrorState error={error} onRetry={again} />}
      {data && (
        <>
          <Overview overview={data} />
          <Text size="xs" c="dimmed" mt="lg">
            {t('asOf')} <RelativeTime at={data.as_of} />
          </Text>
        </>
      )}
    </Page>
  )
}
