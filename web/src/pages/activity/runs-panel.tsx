import { Box, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useFormatter, useTranslations } from 'use-intl'
import type { Run } from '../../api/types.ts'
import { useAmounts } from '../../components/amounts.ts'
import { useCodeTitle } from '../../components/code-title.ts'
import classes from '../../components/data-list.module.css'
import { LoadMore } from '../../components/load-more.tsx'
import { MOMENT, RelativeTime, useNow } from '../../components/relative-time.tsx'
import { RunStatusBadge } from '../../components/state-badge.tsx'
import { ErrorState } from '../../components/states.tsx'
import { WaitingWords } from '../../components/waiting-words.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { entriesOf } from '../../queries/paging.ts'
import { isOpen, useRuns } from '../../queries/runs.ts'
import { useCountsText } from './use-counts-text.ts'

const PHONE = '(max-width: 48em)'

/** Duration of a run, so far if it is still running. */
export function RunDuration({ run }: { run: Pick<Run, 'status' | 'started_at' | 'finished_at'> }): ReactNode {
  const t = useTranslations('activity.runs')
  const amounts = useAmounts()
  const now = useNow()
  if (run.started_at === null) return isOpen(run) ? t('waiting') : t('never')
  const end = run.finished_at === null ? now : Date.parse(run.finished_at)
  return <span data-numeric>{amounts.duration(Math.max(0, end - Date.parse(run.started_at)))}</span>
}

/** Result of a run: its counts, its error, or what it waits for. */
function RunResult({ run }: { run: Run }): ReactNode {
  const t = useTranslations('activity.counts')
  const countsText = useCountsText()
  const codeTitle = useCodeTitle()
  if (run.waiting) return <WaitingWords waiting={run.waiting} />
  if (run.error && run.status !== 'succeeded') return <span title={run.error.detail}>{codeTitle(run.error.code)}</span>
  if (isOpen(run) && Object.values(run.counts).every((count) => count === 0)) return null
  return countsText(run.counts) || t('nothing')
}

function RunLink({ run }: { run: Run }): ReactNode {
  const t = useTranslations('activity.runs')
  const direction = useTranslations('common.direction')
  const format = useFormatter()
  const { id } = useThisSite()
  const when = format.dateTime(new Date(run.queued_at), MOMENT)
  return (
    <Link href={`/sites/${id}/activity/runs/${run.id}`} className={classes.primary} title={t('open', { when })}>
      {direction(run.direction)}
    </Link>
  )
}

function RunCards({ runs }: { runs: readonly Run[] }): ReactNode {
  return (
    <ul className={classes.cards}>
      {runs.map((run) => (
        <li key={run.id} data-run={run.id}>
          <Group justify="space-between" gap={8}>
            <RunLink run={run} />
            <RunStatusBadge run={run} />
          </Group>
          <Text size="sm" mt={4}>
            <RunResult run={run} />
          </Text>
          <Text size="sm" c="dimmed">
            <RelativeTime at={run.started_at ?? run.queued_at} /> · <RunDuration run={run} />
          </Text>
        </li>
      ))}
    </ul>
  )
}

function RunTable({ runs }: { runs: readonly Run[] }): ReactNode {
  const t = useTranslations('activity.runs')
  return (
    // a scrolling region must be reachable by keyboard
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes.scroll} aria-label={t('title')} tabIndex={0}>
      <table className={`${classes.table} ${classes.dense}`}>
        <thead>
          <tr>
            {(['direction', 'status', 'started', 'duration', 'result'] as const).map((column) => (
              <th key={column} scope="col">
                {t(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id} data-run={run.id}>
              <td>
                <RunLink run={run} />
              </td>
              <td>
                <RunStatusBadge run={run} />
              </td>
              <td style={{ whiteSpace: 'nowrap' }}>
                <RelativeTime at={run.started_at ?? run.queued_at} />
              </td>
              <td style={{ whiteSpace: 'nowrap' }}>
                <RunDuration run={run} />
              </td>
              <td>
                <RunResult run={run} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The runs of the integration, newest first. */
export function RunsPanel({ integrationId }: { integrationId: string }): ReactNode {
  const t = useTranslations('activity')
  const list = useRuns(integrationId)
  const isPhone = useMediaQuery(PHONE, undefined, { getInitialValueInEffect: false })
  const runs = entriesOf(list.data)
  return (
    <Stack gap="sm">
      <Title order={2} size="h3">
        {t('runs.title')}
      </Title>
      {list.isLoadingError && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton height={240} radius="lg" />}
      {list.isSuccess && (
        <Box className="panel">
          {runs.length === 0 && (
            <Text c="dimmed" size="sm" p="lg">
              {t('empty.runs')}
            </Text>
          )}
          {runs.length > 0 && (isPhone ? <RunCards runs={runs} /> : <RunTable runs={runs} />)}
        </Box>
      )}
      {runs.length > 0 && (
        <LoadMore
          shown={t('runs.shown', { count: runs.length, more: String(list.hasNextPage) })}
          hasNextPage={list.hasNextPage}
          isFetchingNextPage={list.isFetchingNextPage}
          error={list.isFetchNextPageError ? list.error : null}
          onMore={() => void list.fetchNextPage()}
        />
      )}
    </Stack>
  )
}
