import type { ReactNode } from 'react'
import { useFormatter } from 'use-intl'
import { useNow } from '../../components/relative-time.tsx'

/** A moment as one says it: its time of day, and the day where it isn't today; how long ago that is on hover. */
export function Moment({ at }: { at: string }): ReactNode {
  const format = useFormatter()
  const now = useNow()
  const moment = new Date(at)
  const isToday = moment.toDateString() === new Date(now).toDateString()
  return (
    <time dateTime={at} title={format.relativeTime(moment, now)}>
      {format.dateTime(moment, { ...(!isToday && { dateStyle: 'medium' }), timeStyle: 'short' })}
    </time>
  )
}
