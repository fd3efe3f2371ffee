import { type ReactNode, useSyncExternalStore } from 'react'
import { useFormatter, useLocale, useTranslations } from 'use-intl'

const TICK_MS = 1_000
/** A moment with the time zone in which it is shown. */
export const MOMENT = {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
} as const
/** The same to the second. */
export const EXACT_MOMENT = { ...MOMENT, second: '2-digit' } as const
const JUST_NOW_S = 5

let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

/** One shared clock. It ticks while any component subscribes to it. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const notify of listeners) notify()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The clock's time. Sets a stopped clock first. */
function readClock(): number {
  if (timer === undefined && Math.abs(Date.now() - now) >= TICK_MS) now = Date.now()
  return now
}

/** Returns the time in milliseconds since 1970, updated each second. */
export const useNow = (): number => useSyncExternalStore(subscribe, readClock)

/** Name of the time zone in which times are shown, such as `CET`. */
export function useZoneName(): string {
  const parts = new Intl.DateTimeFormat(useLocale(), { timeZoneName: 'short' }).formatToParts()
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

/** A relative time such as "2 minutes ago" that updates itself, with the exact time on hover. "never" for null. */
export function RelativeTime({ at }: { at: string | null }): ReactNode {
  const t = useTranslations('common')
  const format = useFormatter()
  const present = useNow()
  if (at === null) return <span>{t('never')}</span>
  const moment = new Date(at)
  // if this clock is behind the API's, it must not show "in 2 seconds"
  const reference = Math.max(present, moment.getTime())
  const isJustNow = reference - moment.getTime() < JUST_NOW_S * 1000
  return (
    <time dateTime={at} title={format.dateTime(moment, EXACT_MOMENT)}>
      {isJustNow ? t('justNow') : format.relativeTime(moment, reference)}
    </time>
  )
}

/** The time of day, with the date if it isn't today; the relative time on hover. */
export function ClockTime({ at }: { at: string }): ReactNode {
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
