/** Dates of the form in the time zone of the site: `2026-11-21T10:00` there is a moment. */
import { useQuery } from '@tanstack/react-query'
import type { ContentTypes } from '../../api/types.ts'
import { contentTypesQuery } from '../../queries/content-types.ts'
import { useMay } from '../../queries/session.ts'
import { useIntegration } from '../../queries/sites.ts'

const MINUTE_MS = 60_000
const HOUR_MINUTES = 60
const two = (value: number) => String(value).padStart(2, '0')
const OFFSET = /^([+-])(\d{2}):?(\d{2})$/

const browserZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone

/** Whether times can be shown in a zone: by its name, or an offset such as `+02:00`. */
function isZone(zone: string): boolean {
  if (OFFSET.test(zone)) return true
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }))
  } catch {
    return false
  }
}

/** Minutes by which the clocks of a zone are ahead of UTC at a moment. */
export function offsetMinutes(zone: string, ms: number): number {
  const [, sign, hours, minutes] = OFFSET.exec(zone) ?? []
  if (sign !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR_MINUTES + Number(minutes))
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  const shown = Date.UTC(year, month - 1, day, hour, minute, second)
  return Math.round((shown - Math.floor(ms / 1000) * 1000) / MINUTE_MS)
}

/** The value of a date field in a zone, to the minute: `2026-11-21T10:00`. Empty without a date. */
export function toZonedTime(date: string, zone: string): string {
  const ms = Date.parse(date)
  if (Number.isNaN(ms)) return ''
  const at = new Date(ms + offsetMinutes(zone, ms) * MINUTE_MS)
  const day = [String(at.getUTCFullYear()).padStart(4, '0'), two(at.getUTCMonth() + 1), two(at.getUTCDate())].join('-')
  return `${day}T${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`
}

/**
 * The moment of such a value, as the API has it; empty if it is not complete. A time that clocks skip in spring is the
 * one an hour later; of a time that they show twice in autumn, it is the first.
 */
export function fromZonedTime(value: string, zone: string): string {
  const shown = Date.parse(`${value}Z`)
  if (value === '' || Number.isNaN(shown)) return ''
  const before = offsetMinutes(zone, shown - HOUR_MINUTES * 24 * MINUTE_MS)
  const guess = shown - before * MINUTE_MS
  const ms = offsetMinutes(zone, guess) === before ? guess : shown - offsetMinutes(zone, guess) * MINUTE_MS
  // a skipped time exists in neither offset
  const isShown = toZonedTime(new Date(ms).toISOString(), zone) === value.slice(0, 16)
  return new Date(isShown ? ms : guess).toISOString()
}

export interface SiteZone {
  zone: string
  /** Whether it is the site's; else it is that of the browser. */
  isOfSite: boolean
}

/** Structure of a site, for people who may edit; undefined while it is not known. */
export function useSiteStructure(siteId: string): ContentTypes | undefined {
  const mayRead = useMay('editor')
  const { data: integration } = useIntegration(siteId)
  return useQuery({ ...contentTypesQuery(integration?.id ?? ''), enabled: mayRead && Boolean(integration) }).data
}

/** The time zone of a site as its plugin reports it, else that of this browser. */
export function useSiteZone(siteId: string): SiteZone {
  const zone = useSiteStructure(siteId)?.timezone ?? null
  return zone !== null && isZone(zone) ? { zone, isOfSite: true } : { zone: browserZone(), isOfSite: false }
}
