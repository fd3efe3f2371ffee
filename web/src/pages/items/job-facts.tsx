import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import type { BulkItem, BulkJob } from '../../api/types.ts'
import { useCodeTitle } from '../../components/code-title.ts'
import { ErrorState } from '../../components/states.tsx'
import { titleText } from '../../components/title-text.ts'
import { useBulkItems, useFollowUp } from '../../queries/bulk-changes.ts'
import own from './lists.module.css'

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((total, n) => total + n, 0)

/** Items of a job that are done. */
export const doneOf = ({ counts }: Pick<BulkJob, 'counts'>): number =>
  counts.changed + counts.unchanged + sum(counts.refused)

/** How far a job is, or what came of it, in words. */
export function useJobText(): (job: BulkJob) => string {
  const t = useTranslations('lists.job')
  return (job) => {
    const { state, kind, counts, sending, total, undone_by: undoneBy } = job
    if (state === 'waiting') return t('waiting')
    if (state === 'running') return t('running', { done: doneOf(job), total })
    const refused = sum(counts.refused)
    return [
      kind === 'undo' ? t('undone', { count: counts.changed }) : t('done', { count: counts.changed }),
      refused > 0 && t('refused', { count: refused }),
      sending.failed > 0 && t('failed', { count: sending.failed }),
      sending.waiting > 0 && t('sending', { count: sending.waiting }),
      undoneBy !== null && t('wasUndone'),
    ]
      .filter(Boolean)
      .join(' · ')
  }
}

function JobProgress({ job }: { job: BulkJob }): ReactNode {
  const t = useTranslations('lists.job')
  const textOf = useJobText()
  const share = job.total === 0 ? 100 : (100 * doneOf(job)) / job.total
  return (
    <div>
      <Text size="sm" component="output" aria-live="polite" data-numeric mb={6}>
        {textOf(job)}
      </Text>
      <Progress.Root size="sm">
        <Progress.Section value={job.state === 'done' ? 100 : share} aria-label={t('progress')} />
      </Progress.Root>
    </div>
  )
}

/** Items and why each of them stayed as it was. */
export function Reasons({
  siteId,
  items,
  label,
}: {
  siteId: string
  items: readonly Pick<BulkItem, 'id' | 'title' | 'code'>[]
  label: string
}): ReactNode {
  const t = useTranslations('items')
  const codeTitle = useCodeTitle()
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
    <ul className={own.reasons} aria-label={label} tabIndex={0}>
      {items.map(({ id, title, code }) => (
        <li key={id}>
          <Link href={`/sites/${siteId}/items/${id}`}>{titleText(title) || t('untitled')}</Link>
          <span>{code !== null && codeTitle(code)}</span>
        </li>
      ))}
    </ul>
  )
}

/** What stayed as it was or could not be sent, and a way to repeat it. */
function Failures({ job, onJob }: { job: BulkJob; onJob: (id: string) => void }): ReactNode {
  const t = useTranslations('lists.job')
  const { site_id: siteId, counts, sending } = job
  const refused = useBulkItems(siteId, job, 'refused', sum(counts.refused))
  const failed = useBulkItems(siteId, job, 'failed', sending.failed)
  const following = useFollowUp(siteId)
  const items = [
    ...(refused.data ?? []),
    ...(failed.data ?? []).map(({ id, title, error }) => ({ id, title, code: error?.code ?? null })),
  ]
  if (items.length === 0) return null
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {t('reasons')}
      </Text>
      <Reasons siteId={siteId} items={items} label={t('reasons')} />
      {following.error && <ErrorState error={following.error} />}
      {job.kind !== 'undo' && (
        <Group>
          <Button
            variant="default"
            size="xs"
            loading={following.isPending}
            onClick={() => following.mutate({ id: job.id, way: 'retry' }, { onSuccess: ({ id }) => onJob(id) })}
          >
            {t('retry')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

/** Takes a job back. */
export function UndoButton({ job, onJob }: { job: BulkJob; onJob: (id: string) => void }): ReactNode {
  const t = useTranslations('lists.job')
  const following = useFollowUp(job.site_id)
  if (!job.can_undo) return null
  return (
    <>
      <Button
        variant="default"
        size="xs"
        loading={following.isPending}
        onClick={() => following.mutate({ id: job.id, way: 'undo' }, { onSuccess: ({ id }) => onJob(id) })}
      >
        {t('undo')}
      </Button>
      {following.error && <ErrorState error={following.error} />}
    </>
  )
}

/** A job: progress, then what came of it. @param onJob called with the job that undoes or repeats it */
export function JobFacts({ job, onJob }: { job: BulkJob; onJob: (id: string) => void }): ReactNode {
  return (
    <Stack gap="md">
      <JobProgress job={job} />
      {job.state === 'done' && <Failures job={job} onJob={onJob} />}
    </Stack>
  )
}
