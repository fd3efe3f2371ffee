import '@mantine/charts/styles.css'
import { BarChart, LineChart } from '@mantine/charts'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { ActivityDay } from '../../api/types.ts'
import { useAmounts } from '../../components/amounts.ts'

interface ChartProps {
  days: readonly ActivityDay[]
  height: number
}

/** The API's days are in UTC, so they are formatted in UTC. */
export function useDayText(): (date: string) => string {
  const format = useFormatter()
  return (date) => format.dateTime(new Date(date), { day: 'numeric', month: 'short', timeZone: 'UTC' })
}

const Y_AXIS_WIDTH = 44
const xAxis = { minTickGap: 24, tickMargin: 8, padding: { left: 8, right: 8 } }

// screen readers and keyboards use the table next to the charts

/** Runs of each day, stacked by how they ended. */
export function RunsChart({ days, height }: ChartProps): ReactNode {
  const t = useTranslations('activity.chart')
  const dayText = useDayText()
  const data = days.map(({ date, succeeded, failed, cancelled }) => ({
    day: dayText(date),
    succeeded,
    failed,
    cancelled,
  }))
  return (
    <BarChart
      h={height}
      data={data}
      dataKey="day"
      type="stacked"
      withLegend
      legendProps={{ verticalAlign: 'bottom' }}
      xAxisProps={xAxis}
      yAxisProps={{ width: Y_AXIS_WIDTH, allowDecimals: false }}
      barChartProps={{ accessibilityLayer: false }}
      barProps={{ isAnimationActive: false }}
      maxBarWidth={28}
      series={[
        { name: 'succeeded', label: t('succeeded'), color: 'var(--app-good)' },
        { name: 'failed', label: t('failed'), color: 'var(--app-bad)' },
        { name: 'cancelled', label: t('cancelled'), color: 'var(--app-idle)' },
      ]}
    />
  )
}

/** Duration of each day's runs; days without runs are left out of the line. */
export function DurationChart({ days, height }: ChartProps): ReactNode {
  const t = useTranslations('activity.chart')
  const dayText = useDayText()
  const amounts = useAmounts()
  const data = days.map(({ date, duration_ms_median: median, duration_ms_max: max }) => ({
    day: dayText(date),
    median,
    max,
  }))
  return (
    <LineChart
      h={height}
      data={data}
      dataKey="day"
      curveType="linear"
      connectNulls
      withLegend
      legendProps={{ verticalAlign: 'bottom' }}
      xAxisProps={xAxis}
      yAxisProps={{ width: Y_AXIS_WIDTH + 24 }}
      lineChartProps={{ accessibilityLayer: false }}
      lineProps={{ isAnimationActive: false }}
      dotProps={{ r: 3 }}
      valueFormatter={(ms) => amounts.duration(ms)}
      series={[
        { name: 'median', label: t('median'), color: 'var(--app-busy)' },
        { name: 'max', label: t('max'), color: 'var(--app-warn)', strokeDasharray: '4 4' },
      ]}
    />
  )
}
