const two = (value: number) => String(value).padStart(2, '0')

/** The value of a date field in the browser's time zone, to the minute: `2026-11-21T10:00`. Empty without a date. */
export function toLocalTime(date: string | null): string {
  if (date === null) return ''
  const at = new Date(date)
  const day = [String(at.getFullYear()).padStart(4, '0'), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`
}

/** The date of such a value; null if it is empty, or not complete yet. */
export function fromLocalTime(value: string): string | null {
  const ms = value === '' ? NaN : new Date(value).getTime()
  return Number.isNaN(ms) ? null : new Date(ms).toISOString()
}
