import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { Run } from '../api/types.ts'
import { EXACT_MOMENT, ClockTime, useNow } from './relative-time.tsx'

type Waiting = NonNullable<Run['waiting']>

/** When a run goes on: ahead, or overdue. */
function NextStep({ waiting }: { waiting: Waiting }): ReactNode {
  const t = useTranslations('common.waiting')
  const format = useFormatter()
  const now = useNow()
  if (waiting.next_at === null) return t('after')
  const moment = new Date(waiting.next_at)
  const isDue = moment.getTime() <= now
  const words = (
    <time dateTime={waiting.next_at} title={format.dateTime(moment, EXACT_MOMENT)}>
      {format.relativeTime(moment, now)}
    </time>
  )
  if (waiting.for !== 'poll') return isDue ? t('now') : t.rich('next', { at: () => words })
  return t.rich(isDue ? 'pollOverdue' : 'nextPoll', { at: () => words })
}

/** What a run waits for, since when, and what happens next. */
export function WaitingWords({ waiting }: { waiting: Waiting }): ReactNode {
  const t = useTranslations('common.waiting')
  const since = <ClockTime at={waiting.since} />
  return (
    <span data-waiting={waiting.for}>
      {t.rich(waiting.for, { at: () => since })} <NextStep waiting={waiting} />
    </span>
  )
}
