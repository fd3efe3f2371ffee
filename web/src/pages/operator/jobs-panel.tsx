import { Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { OperatorOverview } from '../../api/types.ts'
import { useAmounts } from '../../components/amounts.ts'
import { ListTable } from '../../components/list-table.tsx'
import { Facts, Panel } from '../../components/panel.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'

type Job = OperatorOverview['jobs'][number]

function Row({ job }: { job: Job }): ReactNode {
  const t = useTranslations('operator.jobs')
  const amounts = useAmounts()
  const Icon = job.is_ok ? IconCircleCheck : IconAlertTriangle
  return (
    <tr>
      <td>
        <code>{job.name}</code>
      </td>
      <td data-label={t('at')}>
        <RelativeTime at={job.at} />
      </td>
      <td data-label={t('took')}>{amounts.duration(job.took_ms)}</td>
      <td data-label={t('outcome')}>
        <Text component="span" size="sm">
          <Icon
            size={16}
            aria-hidden
            color={job.is_ok ? 'var(--app-good)' : 'var(--app-bad)'}
            style={{ verticalAlign: '-3px', marginInlineEnd: 6 }}
          />
          {t(job.is_ok ? 'ok' : 'failed')}
        </Text>
      </td>
      <td data-label={t('failedAt')}>{job.failed_at === null ? '–' : <RelativeTime at={job.failed_at} />}</td>
    </tr>
  )
}

/** When each job of the cron last ran, and how it ended. */
export function JobsPanel({ overview }: { overview: OperatorOverview }): ReactNode {
  const t = useTranslations('operator.jobs')
  const { jobs, last_tick_at: tickAt, release, version } = overview
  return (
    <Panel heading={t('heading')} text={t('text', { release, version: version ?? t('unversioned') })}>
      <Facts facts={[[t('tick'), <RelativeTime key="tick" at={tickAt} />]]} />
      <ListTable
        caption={t('heading')}
        columns={[t('name'), t('at'), t('took'), t('outcome'), t('failedAt')]}
        actions={null}
      >
        {jobs.map((job) => (
          <Row key={job.name} job={job} />
        ))}
      </ListTable>
    </Panel>
  )
}
