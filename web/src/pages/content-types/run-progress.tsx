import { Button, Group, Progress, Text } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ContentTypes, Run } from '../../api/types.ts'
import { notifyFailure } from '../../components/notify.ts'
import { ClockTime, useNow } from '../../components/relative-time.tsx'
import { useCancelRun } from '../../queries/sync.ts'
import classes from './content-types.module.css'
import { RunCounts } from './run-counts.tsx'
import { RateMeter, secondsLeft } from './run-rates.ts'

const MINUTE_S = 60
const HOUR_S = 3_600
const WHOLE = 100

interface RunProgressProps {
  integrationId: string
  run: Run
  types: ContentTypes | null
  /** Since when the run waits for the site's poll; null if it doesn't. */
  waitingForSiteSince: string | null
}

/** A current run: a bar per type, rate, time left and counts so far. */
export function RunProgress({ integrationId, run, types, waitingForSiteSince }: RunProgressProps): ReactNode {
  const t = useTranslations('contentTypes.run')
  const direction = useTranslations('common.direction')
  const now = useNow()
  const [meter] = useState(() => new RateMeter())
  useEffect(() => meter.add(run, Date.now()), [meter, run])
  const { overall, byType } = meter.rates(run, now)
  const entries = Object.entries(run.progress.by_type)
  const since = waitingForSiteSince !== null && <ClockTime at={waitingForSiteSince} />
  const words = run.status === 'queued' ? 'queued' : run.progress.total === 0 ? 'preparing' : 'running'
  return (
    <>
      <Group justify="space-between" gap="sm">
        <div>
          <Text fw={600}>{t(words)}</Text>
          <Text size="sm" c="dimmed">
            {direction(run.direction)}
          </Text>
        </div>
        <CancelButton integrationId={integrationId} runId={run.id} />
      </Group>
      <Bar label={t('overall')} progress={run.progress} rate={overall} />
      {entries.length > 1 && (
        <div className={classes.runTypes}>
          {entries.map(([type, progress]) => (
            <Bar key={type} label={labelOf(types, type)} progress={progress} rate={byType[type]} isSmall />
          ))}
        </div>
      )}
      {since && (
        <Text size="sm" c="dimmed">
          {t.rich('waiting', { at: () => since })}
        </Text>
      )}
      <RunCounts counts={run.counts} />
    </>
  )
}

function labelOf(types: ContentTypes | null, slug: string): string {
  const kinds = [types?.post_types, types?.taxonomies]
  return kinds.map((kind) => (kind && Object.hasOwn(kind, slug) ? kind[slug]?.label : undefined)).find(Boolean) ?? slug
}

interface BarProps {
  label: string
  progress: { done: number; total: number }
  rate: number | null | undefined
  isSmall?: boolean
}

function Bar({ label, progress: { done, total }, rate, isSmall = false }: BarProps): ReactNode {
  const t = useTranslations('contentTypes.run')
  const left = useTimeLeft(secondsLeft(total - done, rate))
  const percent = total === 0 ? 0 : Math.floor((done / total) * WHOLE)
  const isUnknown = total === 0
  const isFast = rate !== null && rate !== undefined && rate > 0 && done < total
  const figures = isUnknown
    ? []
    : [
        t('progress', { done, total }),
        t('percent', { percent }),
        ...(isFast ? [t('rate', { rate: rate < 1 ? Math.round(rate * 10) / 10 : Math.round(rate) })] : []),
        ...(left === null ? [] : [left]),
      ]
  return (
    <div data-progress={label}>
      <div className={classes.runLine}>
        <span>{label}</span>
        <span className={classes.runFigures}>{figures.join(' · ') || '…'}</span>
      </div>
      <Progress.Root size={isSmall ? 6 : 10}>
        <Progress.Section
          value={isUnknown ? WHOLE : percent}
          striped={isUnknown}
          animated={isUnknown}
          aria-label={t('barLabel', { label })}
        />
      </Progress.Root>
    </div>
  )
}

function useTimeLeft(seconds: number | null): string | null {
  const t = useTranslations('contentTypes.run')
  if (seconds === null) return null
  if (seconds < MINUTE_S) return t('secondsLeft', { count: seconds })
  if (seconds < HOUR_S) return t('minutesLeft', { count: Math.ceil(seconds / MINUTE_S) })
  return t('hoursLeft', { count: Math.ceil(seconds / HOUR_S) })
}

function CancelButton({ integrationId, runId }: { integrationId: string; runId: string }): ReactNode {
  const t = useTranslations('contentTypes.run')
  const cancel = useCancelRun(integrationId)
  const start = () => cancel.mutate(runId, { onError: (error) => void notifyFailure(t('cancelRefused'), error) })
  return (
    <Button variant="default" size="xs" loading={cancel.isPending} onClick={start}>
      {t('cancel')}
    </Button>
  )
}
