import { Box } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { ActivityDay } from '../../api/types.ts'
import { useAmounts } from '../../components/amounts.ts'
import classes from '../../components/data-list.module.css'
import diff from '../../components/diff/diff.module.css'
import { useDayText } from './charts.tsx'

const COUNTED = ['succeeded', 'failed', 'cancelled'] as const

/** The numbers of the charts as a table, newest day first. */
export function ActivityTable({ days }: { days: readonly ActivityDay[] }): ReactNode {
  const t = useTranslations('activity.chart')
  const format = useFormatter()
  const amounts = useAmounts()
  const dayText = useDayText()
  const duration = (ms: number | null) => (ms === null ? t('none') : amounts.duration(ms))
  return (
    <Box component="details" className={diff.fold} mt="md" mb={0}>
      <summary>{t('asTable')}</summary>
      {/* a scrolling region must be reachable by keyboard */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={classes.scroll} aria-label={t('table')} tabIndex={0}>
        <table className={`${classes.table} ${classes.dense}`} aria-label={t('table')}>
          <thead>
            <tr>
              <th scope="col">{t('day')}</th>
              {(['nowRuns', ...COUNTED, 'median', 'max', 'changed', 'webhooks'] as const).map((column) => (
                <th key={column} scope="col" className={classes.number}>
                  {t(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map((day) => (
              <tr key={day.date}>
                <td style={{ whiteSpace: 'nowrap' }}>{dayText(day.date)}</td>
                <td className={classes.number}>{format.number(day.runs)}</td>
                {COUNTED.map((field) => (
                  <td key={field} className={classes.number}>
                    {format.number(day[field])}
                  </td>
                ))}
                <td className={classes.number}>{duration(day.duration_ms_median)}</td>
                <td className={classes.number}>{duration(day.duration_ms_max)}</td>
                <td className={classes.number}>{format.number(day.items_changed)}</td>
                <td className={classes.number}>{format.number(day.webhooks)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Box>
  )
}
