import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { OperatorOverview } from '../../api/types.ts'
import { useAmounts } from '../../components/amounts.ts'
import { ListTable } from '../../components/list-table.tsx'
import { Panel } from '../../components/panel.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { ReplayButton } from './actions.tsx'

const QUEUES = ['webhook_deliveries', 'mails', 'events', 'health_checks'] as const
const LAGS = ['runs', 'webhooks', 'deliveries'] as const

/** How much waits, and since when. */
export function WaitingPanel({ waiting }: Pick<OperatorOverview, 'waiting'>): ReactNode {
  const t = useTranslations('operator.waiting')
  const format = useFormatter()
  return (
    <Panel heading={t('heading')}>
      <ListTable caption={t('heading')} columns={[t('what'), t('count'), t('oldest')]} actions={t('actions')}>
        {QUEUES.map((name) => {
          const { count, is_more: isMore, oldest_at: oldestAt } = waiting[name]
          return (
            <tr key={name}>
              <td>{t(name)}</td>
              <td data-label={t('count')}>
                {isMore ? t('more', { count: format.number(count) }) : format.number(count)}
              </td>
              <td data-label={t('oldest')}>{oldestAt === null ? '–' : <RelativeTime at={oldestAt} />}</td>
              <td>{name !== 'health_checks' && count > 0 && <ReplayButton wish={{ what: name }} about={t(name)} />}</td>
            </tr>
          )
        })}
      </ListTable>
    </Panel>
  )
}

/** How long runs and webhooks take, and how long deliveries have waited. */
export function LagPanel({ lag }: Pick<OperatorOverview, 'lag'>): ReactNode {
  const t = useTranslations('operator.lag')
  const format = useFormatter()
  const amounts = useAmounts()
  const duration = (ms: number | null) => (ms === null ? '–' : amounts.duration(ms))
  return (
    <Panel heading={t('heading')} text={t('text')}>
      <ListTable caption={t('heading')} columns={[t('what'), t('half'), t('most'), t('count')]} actions={null}>
        {LAGS.map((name) => (
          <tr key={name}>
            <td>{t(name)}</td>
            <td data-label={t('half')}>{duration(lag[name].p50_ms)}</td>
            <td data-label={t('most')}>{duration(lag[name].p95_ms)}</td>
            <td data-label={t('count')}>{format.number(lag[name].count)}</td>
          </tr>
        ))}
      </ListTable>
    </Panel>
  )
}
