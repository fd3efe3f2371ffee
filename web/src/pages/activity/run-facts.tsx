import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { RunDetail } from '../../api/types.ts'
import { useAmounts } from '../../components/amounts.ts'
import classes from '../../components/data-list.module.css'
import { RunStatusBadge } from '../../components/state-badge.tsx'
import { WaitingWords } from '../../components/waiting-words.tsx'
import { RunDuration } from './runs-panel.tsx'
import { Who } from './who.tsx'
import { useCountsText } from './use-counts-text.ts'
import { EXACT_MOMENT } from '../../components/relative-time.tsx'

function Fact({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-numeric>{children}</dd>
    </div>
  )
}

/** Details of a run. */
export function RunFacts({ run }: { run: RunDetail }): ReactNode {
  const t = useTranslations('activity.run')
  const nothing = useTranslations('activity.counts')
  const direction = useTranslations('common.direction')
  const format = useFormatter()
  const amounts = useAmounts()
  const countsText = useCountsText()
  const moment = (at: string | null) => (at === null ? t('notYet') : format.dateTime(new Date(at), EXACT_MOMENT))
  return (
    <section className="panel" aria-label={t('facts')}>
      <Text component="dl" p="lg" className={classes.facts}>
        <Fact name={t('status')}>
          <RunStatusBadge run={run} />
        </Fact>
        {run.waiting && (
          <Fact name={t('waitsFor')}>
            <WaitingWords waiting={run.waiting} />
          </Fact>
        )}
        {run.actor && (
          <Fact name={t('by')}>
            <Who actor={run.actor} />
          </Fact>
        )}
        <Fact name={t('direction')}>{direction(run.direction)}</Fact>
        <Fact name={t('result')}>{countsText(run.counts) || nothing('nothing')}</Fact>
        <Fact name={t('queued')}>{moment(run.queued_at)}</Fact>
        <Fact name={t('started')}>{moment(run.started_at)}</Fact>
        <Fact name={t('finished')}>{moment(run.finished_at)}</Fact>
        <Fact name={t('duration')}>
          <RunDuration run={run} />
        </Fact>
        <Fact name={t('working')}>{amounts.duration(run.duration_ms)}</Fact>
        <Fact name={t('requests')}>{format.number(run.requests)}</Fact>
        <Fact name={t('bytes')}>{amounts.bytes(run.bytes)}</Fact>
      </Text>
    </section>
  )
}
