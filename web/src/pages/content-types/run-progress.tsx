import { Button, Group, Progress, Text } from '@mantine/core'
import { IconClock } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ContentTypes, Run } from '../../api/types.ts'
import { notifyFailure } from '../../components/notify.ts'
import { useNow } from '../../components/relative-time.tsx'
import { WaitingWords } from '../../components/waiting-words.tsx'
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
}

/** A current run: a bar per type, rate, time left and counts so far. */
export function RunProgress({ integrationId, run, types }: RunProgressProps): ReactNode {
  const t = useTranslations('contentTypes.run')
  const direction = useTranslations('common.direction')
  const now = useNow()
  const [meter] = useState(() => new RateMeter())
  useEffect(() => meter.add(run, Date.now()), [meter, run])
  const { overall, byType } = meter.rates(run, now)
  const entries = Object.entries(run.progress.by_type)
  const wait = useTranslations('common.waiting.short')
  const { waiting } = run
  const words = run.status === 'queued' ? 'queued' : run.progress.total === 0 ? 'preparing' : 'running'
  return (
    <>
      <Group justify="space-between" gap="sm">
        <div>
          <Text fw={600}>
            {waiting && <IconClock size={18} aria-hidden className={classes.runClock} />}
            {waiting ? wait(waiting.for) : t(words)}
          </Text>
          <Text size="sm" c="dimmed">
            {direction(run.direction)}
          </Text>
        </div>
        <CancelButton integrationId={integrationId} runId={run.id} />
      </Group>
      {waiting && (
        <Text size="sm">
          <WaitingWords waiting={waiting} />
        </Text>
      )}
      <Bar label={t('overall')} progress={run.progress} rate={overall} isWaiting={waiting !== null} />
      {entries.length > 1 && (
        <div className={classes.runTypes}>
          {entries.map(([type, progress]) => (
            <Bar
              key={type}
              label={labelOf(types, type)}
              progress={progress}
              rate={byType[type]}
              isWaiting={waiting !== null}
              isSmall
            />
          ))}
        </div>
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
  /** Nothing happens now: the bar stands still and has no rate. */
  isWaiting: boolean
  isSmall?: boolean
}

function Bar({ label, progress: { done, total }, rate, isWaiting, isSmall = false }: BarProps): ReactNode {
  const t = useTranslations('contentTypes.run')
  const left = useTimeLeft(isWaiting ? null : secondsLeft(total - done, rate))
  const percent = total === 0 ? 0 : Math.floor((done / total) * WHOLE)
  const isUnknown = total === 0
  const isFast = !isWaiting && rate !== null && rate !== undefined && rate > 0 && done < total
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
        <span className={classes.runFigures}>{figures.join(' · ') || (isWaiting ? '' : '…')}</span>
      </div>
      <Progress.Root size={isSmall ? 6 : 10}>
        <Progress.Section
          value={isUnknown && !isWaiting ? WHOLE : percent}
          striped={isUnknown && !isWaiting}
          animated={isUnknown && !isWaiting}
          {...(isWaiting && { color: 'gray' })}
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
