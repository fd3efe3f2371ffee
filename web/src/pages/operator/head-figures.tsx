import { SimpleGrid, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { OperatorOverview } from '../../api/types.ts'
import { isIll } from './states.ts'

function Figure({ name, value, isBad = false }: { name: string; value: string; isBad?: boolean }): ReactNode {
  return (
    <div className="panel" style={{ padding: '14px 16px' }}>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" m={0} fw={650} fz="xl" data-numeric {...(isBad && { c: 'var(--app-bad)' })}>
        {value}
      </Text>
    </div>
  )
}

/** The numbers that are looked at first. */
export function HeadFigures({ overview }: { overview: OperatorOverview }): ReactNode {
  const t = useTranslations('operator.figures')
  const format = useFormatter()
  const { sites, runs, waiting } = overview
  const ill = sites?.states.filter(({ state }) => isIll(state)).reduce((sum, { count }) => sum + count, 0)
  const failed = runs.reduce((sum, hour) => sum + hour.failed, 0)
  const deliveries = waiting.webhook_deliveries.count + waiting.mails.count
  const number = (value: number | undefined) => (value === undefined ? '–' : format.number(value))
  return (
    <SimpleGrid component="dl" cols={{ base: 2, sm: 5 }} spacing="sm" m={0}>
      <Figure name={t('sites')} value={number(sites?.sites)} />
      <Figure name={t('ill')} value={number(ill)} isBad={(ill ?? 0) > 0} />
      <Figure name={t('running')} value={number(sites?.running)} />
      <Figure name={t('failed')} value={number(failed)} isBad={failed > 0} />
      <Figure name={t('waiting')} value={number(deliveries)} />
    </SimpleGrid>
  )
}
