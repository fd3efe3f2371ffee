import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { OperatorOverview } from '../../api/types.ts'
import { ListTable } from '../../components/list-table.tsx'
import { Panel } from '../../components/panel.tsx'
import panel from '../../components/panel.module.css'
import classes from './operator.module.css'

type Hours = OperatorOverview['runs']

function useHourText(): (hour: string) => string {
  const format = useFormatter()
  return (hour) => format.dateTime(new Date(hour), { hour: '2-digit', minute: '2-digit' })
}

/** Bars for people who see; the table below says the same. */
function Bars({ runs }: { runs: Hours }): ReactNode {
  const t = useTranslations('operator.runs')
  const hourText = useHourText()
  const format = useFormatter()
  const most = Math.max(1, ...runs.map(({ succeeded, failed }) => succeeded + failed))
  const height = (count: number) => ({ height: `${(100 * count) / most}%` })
  return (
    <div aria-hidden>
      <ul className={classes.hours}>
        {runs.map(({ hour, succeeded, failed }) => (
          <li
            key={hour}
            className={classes.hour}
            title={t('bar', {
              hour: hourText(hour),
              succeeded: format.number(succeeded),
              failed: format.number(failed),
            })}
          >
            {failed > 0 && <span className={classes.failed} style={height(failed)} />}
            {succeeded > 0 && <span className={classes.succeeded} style={height(succeeded)} />}
          </li>
        ))}
      </ul>
      <div className={classes.ends}>
        <span>{runs[0] && hourText(runs[0].hour)}</span>
        <span className={classes.legend}>
          <span>
            <span className={classes.key} style={{ color: 'var(--app-good)' }} />
            {t('succeeded')}
          </span>
          <span>
            <span className={classes.key} style={{ color: 'var(--app-bad)' }} />
            {t('failed')}
          </span>
        </span>
        <span>{runs.at(-1) && hourText(runs.at(-1)?.hour ?? '')}</span>
      </div>
    </div>
  )
}

/** How many runs ended in each hour. */
export function RunsPanel({ runs }: { runs: Hours }): ReactNode {
  const t = useTranslations('operator.runs')
  const format = useFormatter()
  const hourText = useHourText()
  return (
    <Panel heading={t('heading')} text={t('text')}>
      <Bars runs={runs} />
      <details>
        <Text component="summary" className={panel.summary ?? ''}>
          {t('table')}
        </Text>
        <ListTable caption={t('heading')} columns={[t('hour'), t('succeeded'), t('failed')]} actions={null}>
          {runs.toReversed().map(({ hour, succeeded, failed }) => (
            <tr key={hour}>
              <td>{hourText(hour)}</td>
              <td data-label={t('succeeded')}>{format.number(succeeded)}</td>
              <td data-label={t('failed')}>{format.number(failed)}</td>
            </tr>
          ))}
        </ListTable>
      </details>
    </Panel>
  )
}
