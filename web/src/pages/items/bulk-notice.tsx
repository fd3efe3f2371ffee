import { Button, CloseButton, Progress, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { useTranslations } from 'use-intl'
import type { BulkJob } from '../../api/types.ts'
import { keys } from '../../queries/keys.ts'
import { doneOf, UndoButton, useJobText } from './job-facts.tsx'
import own from './lists.module.css'
import { useJobWords } from './use-action-words.ts'

interface BulkNoticeProps {
  job: BulkJob
  onJob: (id: string) => void
  onDetails: () => void
  onDismiss: () => void
}

/** A change of many items above the list: how far it is, what came of it, and its undo. */
export default function BulkNotice({ job, onJob, onDetails, onDismiss }: BulkNoticeProps): ReactNode {
  const t = useTranslations('lists.job')
  const textOf = useJobText()
  const jobWords = useJobWords()
  const client = useQueryClient()
  const { site_id: siteId, state, sending } = job
  // the list is read again when the job has ended, and when what it changed was sent
  const stage = `${state} ${sending.waiting}`
  useEffect(() => {
    if (stage !== '') void client.invalidateQueries({ queryKey: keys.items(siteId) })
  }, [client, siteId, stage])
  const isDone = state === 'done'
  return (
    <section className={`panel ${own.notice}`} aria-label={t('region')}>
      <div className={own.noticeText}>
        <Text size="sm" fw={600}>
          {jobWords(job)}
        </Text>
        <Text size="sm" component="output" aria-live="polite" data-numeric c="dimmed">
          {textOf(job)}
        </Text>
        {!isDone && (
          <Progress.Root size="xs" mt={6}>
            <Progress.Section value={(100 * doneOf(job)) / Math.max(1, job.total)} aria-label={t('progress')} />
          </Progress.Root>
        )}
      </div>
      {isDone && <UndoButton job={job} onJob={onJob} />}
      <Button variant="subtle" size="xs" onClick={onDetails}>
        {t('details')}
      </Button>
      {isDone && <CloseButton aria-label={t('dismiss')} onClick={onDismiss} />}
    </section>
  )
}
