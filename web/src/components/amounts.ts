import { useFormatter } from 'use-intl'

const SECOND_MS = 1_000
const MINUTE_S = 60
const HOUR_S = 3_600
const KILO = 1_000
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

interface Amounts {
  /** A duration in its two largest units: "850 ms", "3.2 s", "4 min 5 s". */
  duration: (ms: number) => string
  /** A data size: "12 kB". */
  bytes: (bytes: number) => string
}

/** Formats amounts in the current language. */
export function useAmounts(): Amounts {
  const format = useFormatter()
  const unit = (value: number, name: string, digits = 0) =>
    format.number(value, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits })
  return {
    duration: (ms) => {
      if (ms < SECOND_MS) return unit(ms, 'millisecond')
      const seconds = ms / SECOND_MS
      if (seconds < MINUTE_S) return unit(seconds, 'second', 1)
      const whole = Math.round(seconds)
      if (whole < HOUR_S) return `${unit(Math.floor(whole / MINUTE_S), 'minute')} ${unit(whole % MINUTE_S, 'second')}`
      const minutes = Math.round(whole / MINUTE_S)
      return `${unit(Math.floor(minutes / MINUTE_S), 'hour')} ${unit(minutes % MINUTE_S, 'minute')}`
    },
    bytes: (bytes) => {
      const power = Math.min(UNITS.length - 1, bytes < KILO ? 0 : Math.floor(Math.log10(bytes) / 3))
      return unit(bytes / KILO ** power, UNITS[power] ?? 'byte', power === 0 ? 0 : 1)
    },
  }
}
