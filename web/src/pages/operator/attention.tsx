import { Alert, List } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { OperatorOverview } from '../../api/types.ts'
import { useAmounts } from '../../components/amounts.ts'
import { useNow } from '../../components/relative-time.tsx'

const MINUTE_MS = 60_000
/** The cron ticks every minute; `/healthz` takes as long to complain. */
const TICK_LATE_MINUTES = 15

/** What an operator should look at, in words. */
function useConcerns(overview: OperatorOverview): string[] {
  const t = useTranslations('operator.attention')
  const amounts = useAmounts()
  const now = useNow()
  const { last_tick_at: tickAt, jobs, databases, missing, sites, waiting } = overview
  const concerns: string[] = []
  const minutes = tickAt === null ? null : Math.floor((now - Date.parse(tickAt)) / MINUTE_MS)
  if (minutes === null) concerns.push(t('neverTicked'))
  else if (minutes >= TICK_LATE_MINUTES) concerns.push(t('noTick', { minutes }))
  for (const { name, is_ok: isOk } of jobs) if (!isOk) concerns.push(t('job', { name }))
  for (const { name, bytes, days_left: days, is_filling: isFilling } of databases) {
    const size = amounts.bytes(bytes)
    if (isFilling)
      concerns.push(days === null ? t('databaseFull', { name, size }) : t('database', { name, size, days }))
  }
  for (const name of missing) concerns.push(t('missing', { name }))
  if (sites && sites.stuck > 0) concerns.push(t('stuck', { count: sites.stuck }))
  if (waiting.health_checks.count > 0) concerns.push(t('checks', { count: waiting.health_checks.count }))
  return concerns
}

/** What needs somebody, or that nothing does. */
export function Attention({ overview }: { overview: OperatorOverview }): ReactNode {
  const t = useTranslations('operator.attention')
  const concerns = useConcerns(overview)
  const title = { title: { color: 'var(--mantine-color-text)' } }
  if (concerns.length === 0)
    return (
      <Alert
        role="note"
        color="green"
        variant="light"
        icon={<IconCircleCheck aria-hidden />}
        title={t('fine')}
        styles={title}
      />
    )
  return (
    <Alert
      role="note"
      color="yellow"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={t('title')}
      styles={title}
    >
      <List size="sm">
        {concerns.map((concern) => (
          <List.Item key={concern}>{concern}</List.Item>
        ))}
      </List>
    </Alert>
  )
}
