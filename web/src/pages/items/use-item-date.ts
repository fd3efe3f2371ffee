import { useFormatter } from 'use-intl'
import { MOMENT } from '../../components/relative-time.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useSiteZone } from './site-zone.ts'

/** Returns the date of an item in words, in the time zone of its site, which is named. */
export function useItemDate(): (date: string) => string {
  const format = useFormatter()
  const { zone } = useSiteZone(useThisSite().id)
  return (date) => format.dateTime(new Date(date), { ...MOMENT, timeZone: zone })
}
