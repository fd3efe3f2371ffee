import { Box, Group, NativeSelect, SimpleGrid, Skeleton, Text, Title } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { ActivityDay } from '../../api/types.ts'
import { useAmounts } from '../../components/amounts.ts'
import { ErrorState } from '../../components/states.tsx'
import { useActivity } from '../../queries/activity.ts'
import { ActivityTable } from './activity-table.tsx'
import { DurationChart, RunsChart } from './charts.tsx'

const PERIODS = [7, 30, 90]
const DEFAULT_DAYS = 30
const CHARTS_HEIGHT = 210

const sumOf = (days: readonly ActivityDay[], field: 'runs' | 'failed' | 'items_changed' | 'webhooks') =>
  days.reduce((sum, day) => sum + day[field], 0)

/** The median of the days' medians: the usual duration of a run. */
function usualMs(days: readonly ActivityDay[]): number | null {
  const known = days.flatMap(({ duration_ms_median: ms }) => (ms === null ? [] : [ms])).toSorted((a, b) => a - b)
  return known[Math.floor(known.length / 2)] ?? null
}

function Figure({ name, value, isBad = false }: { name: string; value: string; isBad?: boolean }): ReactNode {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" m={0} fw={650} fz="xl" data-numeric {...(isBad && { c: 'var(--app-bad)' })}>
        {value}
      </Text>
    </div>
  )
}

function Figures({ days }: { days: readonly ActivityDay[] }): ReactNode {
  const t = useTranslations('activity.chart')
  const format = useFormatter()
  const amounts = useAmounts()
  const [usual, failed] = [usualMs(days), sumOf(days, 'failed')]
  return (
    <SimpleGrid cols={{ base: 2, sm: 5 }} component="dl" m={0} mb="lg" spacing="md">
      <Figure name={t('nowRuns')} value={format.number(sumOf(days, 'runs'))} />
      <Figure name={t('failed')} value={format.number(failed)} isBad={failed > 0} />
      <Figure name={t('median')} value={usual === null ? t('none') : amounts.duration(usual)} />
      <Figure name={t('changed')} value={format.number(sumOf(days, 'items_changed'))} />
      <Figure name={t('webhooks')} value={format.number(sumOf(days, 'webhooks'))} />
    </SimpleGrid>
  )
}

function Pictures({ days }: { days: readonly ActivityDay[] }): ReactNode {
  const t = useTranslations('activity.chart')
  if (sumOf(days, 'runs') === 0)
    return (
      <Text c="dimmed" size="sm" h={CHARTS_HEIGHT + 28} pt={80} ta="center">
        {t('noRuns')}
      </Text>
    )
  return (
    // hidden from screen readers: the table below has the same numbers
    <SimpleGrid cols={{ base: 1, sm: 2 }} aria-hidden spacing="xl">
      <Box miw={0}>
        <Text size="sm" fw={600} mb={8}>
          {t('runs')}
        </Text>
        <RunsChart days={days} height={CHARTS_HEIGHT} />
      </Box>
      <Box miw={0}>
        <Text size="sm" fw={600} mb={8}>
          {t('durations')}
        </Text>
        <DurationChart days={days} height={CHARTS_HEIGHT} />
      </Box>
    </SimpleGrid>
  )
}

/** Runs, failures and durations per day, as charts and as a table. */
export default function ChartPanel({ integrationId }: { integrationId: string }): ReactNode {
  const t = useTranslations('activity.chart')
  const [days, setDays] = useState(DEFAULT_DAYS)
  const { data, error, isPending, refetch } = useActivity(integrationId, days)
  return (
    <Box component="section" className="panel" p="lg" aria-labelledby="chart-heading">
      <Group justify="space-between" mb="md" gap="sm">
        <Title order={2} size="h3" id="chart-heading">
          {t('title')}
        </Title>
        <NativeSelect
          size="xs"
          aria-label={t('days')}
          value={String(days)}
          onChange={({ currentTarget }) => setDays(Number(currentTarget.value))}
          data={PERIODS.map((count) => ({ value: String(count), label: t('lastDays', { count }) }))}
        />
      </Group>
      {isPending && <Skeleton height={330} />}
      {!data && error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && (
        <>
          <Figures days={data.days} />
          <Pictures days={data.days} />
          <ActivityTable days={data.days} />
        </>
      )}
    </Box>
  )
}
