/** Days as a date field has them, in the browser's time zone: `2026-11-21`. */
const DAY = /^\d{4}-\d{2}-\d{2}$/

function momentOf(day: string | null, daysLater: number): string | null {
  if (day === null || !DAY.test(day)) return null
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  const at = new Date(year, month - 1, date + daysLater)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}

/** The moment at which a day begins; null for what is no day. */
export const startOfDay = (day: string | null): string | null => momentOf(day, 0)

/** The moment at which a day has ended. */
export const dayAfter = (day: string | null): string | null => momentOf(day, 1)

/** The browser's time zone, as people name it. */
export const timeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone
