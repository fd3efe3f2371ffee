import { type ReactNode, useSyncExternalStore } from 'react'
import { useFormatter, useTranslations } from 'use-intl'

const TICK_MS = 1_000
const JUST_NOW_S = 5

let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

/** One clock for all: it ticks while anybody looks at it. */
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

/** The clock's time; a clock that stood still while nobody looked is set first. */
function readClock(): number {
  if (timer === undefined && Math.abs(Date.now() - now) >= TICK_MS) now = Date.now()
  return now
}

/** Milliseconds since 1970, anew each second. */
export const useNow = (): number => useSyncExternalStore(subscribe, readClock)

/** "2 minutes ago", and ticking; the exact moment on hover. "never" for null. */
export function RelativeTime({ at }: { at: string | null }): ReactNode {
  const t = useTranslations('common')
  const format = useFormatter()
  const present = useNow()
  if (at === null) return <span>{t('never')}</span>
  const moment = new Date(at)
  // a clock that is a little behind the API's must not say "in 2 seconds"
  const reference = Math.max(present, moment.getTime())
  const isJustNow = reference - moment.getTime() < JUST_NOW_S * 1000
  return (
    <time dateTime={at} title={format.dateTime(moment, { dateStyle: 'medium', timeStyle: 'medium' })}>
      {isJustNow ? t('justNow') : format.relativeTime(moment, reference)}
    </time>
  )
}
