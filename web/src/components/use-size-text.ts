import { useFormatter } from 'use-intl'

const KILO = 1_000
const MEGA = 1_000_000

/** Bytes in words, as kB or MB. */
export function useSizeText(): (bytes: number) => string {
  const format = useFormatter()
  return (bytes) =>
    bytes < MEGA
      ? format.number(bytes / KILO, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 })
      : format.number(bytes / MEGA, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 })
}
