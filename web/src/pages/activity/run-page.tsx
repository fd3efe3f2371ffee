import { Alert, Box, Button, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconHistoryOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link, useParams } from 'wouter'
import { useTranslations } from 'use-intl'
import { isCode } from '../../api/errors.ts'
import type { RunDetail } from '../../api/types.ts'
import { useCodeTitle } from '../../components/code-title.ts'
import classes from '../../components/data-list.module.css'
import { LoadMore } from '../../components/load-more.tsx'
import { Page } from '../../components/page.tsx'
import { PageError } from '../../components/page-error.tsx'
import { PageSkeleton } from '../../components/page-skeleton.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useEvents } from '../../queries/events.ts'
import { entriesOf } from '../../queries/paging.ts'
import { isOpen, useRun } from '../../queries/runs.ts'
import { useIntegration } from '../../queries/sites.ts'
import { CancelRunButton } from './cancel-run-button.tsx'
import { EventList } from './event-list.tsx'
import { RunFacts } from './run-facts.tsx'
import { RunProgress } from './run-progress.tsx'
import { RunSteps } from './run-steps.tsx'

function RunGone(): ReactNode {
  const t = useTranslations('activity.run')
  const site = useThisSite()
  return (
    <Page title={t('title')} context={site.name}>
      <div className="panel">
        <EmptyState
          icon={<IconHistoryOff />}
          title={t('gone')}
          text={t('goneText')}
          action={
            <Button component={Link} to={`/sites/${site.id}/activity`}>
              {t('toActivity')}
            </Button>
          }
        />
      </div>
    </Page>
  )
}

/** Why the run failed, or why it is being retried. */
function RunTrouble({ run }: { run: RunDetail }): ReactNode {
  const t = useTranslations('activity.run')
  const codeTitle = useCodeTitle()
  if (!run.error) return null
  const { code, detail, fix } = run.error
  return (
    <Alert
      color={isOpen(run) ? 'yellow' : 'red'}
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
      icon={<IconAlertTriangle aria-hidden />}
      title={codeTitle(code)}
      data-testid="run-trouble"
    >
      <Text size="sm" lang="en">
        {detail}
      </Text>
      {fix && (
        <Text size="sm" mt={4} lang="en">
          {fix}
        </Text>
      )}
      {isOpen(run) && (
        <Text size="sm" mt={4}>
          {t('retrying')}
        </Text>
      )}
    </Alert>
  )
}

function RunEvents({ integrationId, runId }: { integrationId: string; runId: string }): ReactNode {
  const t = useTranslations('activity')
  const list = useEvents(integrationId, { run_id: runId })
  const events = entriesOf(list.data)
  return (
    <Stack component="section" gap="sm" aria-labelledby="run-events-heading">
      <Title order={2} size="h3" id="run-events-heading">
        {t('run.events')}
      </Title>
      {list.isLoadingError && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && (
        <Box className="panel">
          {events.length > 0 ? (
            <EventList events={events} isOfRun />
          ) : (
            <Text size="sm" c="dimmed" p="lg">
              {t('events.none')}
            </Text>
          )}
        </Box>
      )}
      {list.hasNextPage && (
        <LoadMore
          shown={t('events.shown', { count: events.length, more: 'true' })}
          hasNextPage
          isFetchingNextPage={list.isFetchingNextPage}
          error={list.isFetchNextPageError ? list.error : null}
          onMore={() => void list.fetchNextPage()}
        />
      )}
    </Stack>
  )
}

function RunView({ integrationId, runId }: { integrationId: string; runId: string }): ReactNode {
  const t = useTranslations('activity.run')
  const direction = useTranslations('common.direction')
  const site = useThisSite()
  const { data: run, error, isPending, refetch } = useRun(integrationId, runId)
  if (isPending) return <PageSkeleton />
  if (isCode(error, 'run_not_found')) return <RunGone />
  if (!run) return <PageError context={site.name} error={error} onRetry={() => void refetch()} />
  return (
    <Page
      title={t('titleOf', { direction: direction(run.direction) })}
      context={site.name}
      description={
        <Text size="sm" component="span">
          <Link href={`/sites/${site.id}/activity`} className={classes.link}>
            {t('toActivity')}
          </Link>
        </Text>
      }
      actions={isOpen(run) && <CancelRunButton integrationId={integrationId} runId={run.id} />}
    >
      <Stack gap="lg">
        <RunTrouble run={run} />
        {isOpen(run) && <RunProgress run={run} />}
        <RunFacts run={run} />
        <RunSteps run={run} />
        <RunEvents integrationId={integrationId} runId={run.id} />
      </Stack>
    </Page>
  )
}

/** Page of one run: its steps and errors. */
export default function RunPage(): ReactNode {
  const site = useThisSite()
  const { runId } = useParams<{ runId: string }>()
  const { data: integration, error, isPending, refetch } = useIntegration(site.id)
  if (isPending) return <PageSkeleton />
  if (integration === null) return <RunGone />
  if (!integration) return <PageError context={site.name} error={error} onRetry={() => void refetch()} />
  return <RunView integrationId={integration.id} runId={runId} />
}
