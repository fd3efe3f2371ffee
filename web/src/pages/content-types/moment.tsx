import type { ReactNode } from 'react'
import { useFormatter } from 'use-intl'

/** A moment as one says it: its time of day, and the day where it isn't today; how long ago that is on hover. */
export function Moment({ at }: { at: string }): ReactNode {
  const format = useFormatter()
  const moment = new Date(at)
  const isToday = moment.toDateString() === new Date().toDateString()
  return (
    <time dateTime={at} title={format.relativeTime(moment, Date.now())}>
      {format.dateTime(moment, { ...(!isToday && { dateStyle: 'medium' }), timeStyle: 'short' })}
    </time>
  )
}
