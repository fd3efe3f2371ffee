import { Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { BulkPlan } from '../../api/types.ts'
import { useCodeTitle } from '../../components/code-title.ts'
import { notifyFailure } from '../../components/notify.ts'
import { ErrorState } from '../../components/states.tsx'
import { useBulkJob } from '../../queries/bulk.ts'
import { type BulkRequest, useBulkPlan, useStartBulk } from '../../queries/bulk-changes.ts'
import { useStatusLabel } from './field-label.ts'
import { JobFacts, Reasons, UndoButton } from './job-facts.tsx'
import own from './lists.module.css'
import { useActionWords, useJobWords } from './use-action-words.ts'
import { typeLabel, type TypeRows } from './use-type-rows.ts'

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((total, n) => total + n, 0)

/** What the plan changes, by kind. */
function Kinds({ plan, rows }: { plan: BulkPlan; rows: TypeRows | null }): ReactNode {
  const t = useTranslations('lists.plan')
  const statusLabel = useStatusLabel()
  return (
    <ul className={own.kinds}>
      {plan.kinds.map(({ type, status, count }) => (
        <li key={`${type} ${status}`}>
          {t('kind', { count, type: typeLabel(rows, type), status: statusLabel(status) })}
        </li>
      ))}
    </ul>
  )
}

/** What stays as it is, and why. */
function Refused({ siteId, plan }: { siteId: string; plan: BulkPlan }): ReactNode {
  const t = useTranslations('lists.plan')
  const codeTitle = useCodeTitle()
  const format = useFormatter()
  const count = sum(plan.counts.refused)
  if (count === 0) return null
  const reasons = Object.entries(plan.counts.refused).map(([code, number]) =>
    t('reason', { reason: codeTitle(code), number: format.number(number) }),
  )
  return (
    <div>
      <Text size="sm" mb={4}>
        {t('refused', { count })} {reasons.join(', ')}
      </Text>
      {plan.refused.length > 0 && (
        <details>
          <summary>{t('first', { count: plan.refused.length })}</summary>
          <Reasons siteId={siteId} items={plan.refused} label={t('first', { count: plan.refused.length })} />
        </details>
      )}
    </div>
  )
}

function PlanFacts({ siteId, plan, rows }: { siteId: string; plan: BulkPlan; rows: TypeRows | null }): ReactNode {
  const t = useTranslations('lists.plan')
  const { counts, action } = plan
  const way = action.kind === 'sync' ? 'synced' : plan.is_sent ? 'sentNow' : 'sentLater'
  return (
    <Stack gap="sm">
      <Text fw={600} component="output" aria-live="polite">
        {t('changes', { count: counts.changed })}
      </Text>
      <Kinds plan={plan} rows={rows} />
      {counts.unchanged > 0 && <Text size="sm">{t('unchanged', { count: counts.unchanged })}</Text>}
      <Refused siteId={siteId} plan={plan} />
      {counts.changed > 0 && (
        <Text size="sm" c="dimmed">
          {t(way)} {t(plan.can_undo ? 'undo' : 'noUndo')}
        </Text>
      )}
    </Stack>
  )
}

interface PlanProps {
  siteId: string
  request: BulkRequest
  rows: TypeRows | null
  onStarted: (id: string) => void
  onClose: () => void
}

/** Shows first what will change, and starts it when somebody says so. */
function Plan({ siteId, request, rows, onStarted, onClose }: PlanProps): ReactNode {
  const t = useTranslations('lists')
  const common = useTranslations('common')
  const plan = useBulkPlan(siteId, request)
  const starting = useStartBulk(siteId)
  const count = plan.data?.counts.changed ?? 0
  const start = () => {
    if (!plan.data) return
    const selection = { ...request.selection, as_of: plan.data.as_of }
    starting.mutate(
      { ...request, selection },
      {
        onSuccess: ({ id }) => onStarted(id),
        onError: (error) => void notifyFailure(t('job.rolledBack'), error),
      },
    )
  }
  return (
    <Stack>
      {plan.isPending && (
        <div aria-busy>
          <Text size="sm" c="dimmed" mb="sm">
            {t('plan.loading')}
          </Text>
          <Skeleton height={16} width="60%" mb={8} />
          <Skeleton height={14} width="40%" />
        </div>
      )}
      {plan.error && <ErrorState error={plan.error} onRetry={() => void plan.refetch()} />}
      {plan.data && <PlanFacts siteId={siteId} plan={plan.data} rows={rows} />}
      {starting.error && <ErrorState error={starting.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {common(plan.data && count === 0 ? 'close' : 'cancel')}
        </Button>
        {(plan.isPending || count > 0) && (
          <Button
            disabled={!plan.data}
            loading={starting.isPending}
            {...(request.action.kind === 'delete' && { color: 'red.9' })}
            onClick={start}
          >
            {plan.data ? t('plan.start', { count }) : t('plan.loading')}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

/** A job that was started: progress, what failed, and one undo. */
function Job({
  siteId,
  id,
  onJob,
  onClose,
}: {
  siteId: string
  id: string
  onJob: (id: string) => void
  onClose: () => void
}): ReactNode {
  const common = useTranslations('common')
  const { data: job, error } = useBulkJob(siteId, id)
  return (
    <Stack>
      {error && !job && <ErrorState error={error} />}
      {job && <JobFacts job={job} onJob={onJob} />}
      <Group justify="flex-end">
        {job && <UndoButton job={job} onJob={onJob} />}
        <Button onClick={onClose} data-autofocus>
          {common('close')}
        </Button>
      </Group>
    </Stack>
  )
}

interface BulkDialogProps {
  siteId: string
  rows: TypeRows | null
  /** What is to be done; null to show a job that was started before. */
  request: BulkRequest | null
  jobId: string | null
  onJob: (id: string) => void
  onClose: () => void
}

/** The dialog of a change of many items: plan, progress, outcome. Closing it stops nothing. */
export default function BulkDialog({ siteId, rows, request, jobId, onJob, onClose }: BulkDialogProps): ReactNode {
  const common = useTranslations('common')
  const actionWords = useActionWords()
  const jobWords = useJobWords()
  const [isStarted, setStarted] = useState(request === null)
  const { data: job } = useBulkJob(siteId, isStarted ? jobId : null)
  const title = isStarted && job ? jobWords(job) : request ? actionWords(request.action) : ''
  return (
    <Modal opened onClose={onClose} title={title} centered closeButtonProps={{ 'aria-label': common('close') }}>
      {request && !isStarted && (
        <Plan
          siteId={siteId}
          request={request}
          rows={rows}
          onClose={onClose}
          onStarted={(id) => {
            setStarted(true)
            onJob(id)
          }}
        />
      )}
      {isStarted && jobId !== null && <Job siteId={siteId} id={jobId} onJob={onJob} onClose={onClose} />}
    </Modal>
  )
}
