/** A moment as the wire has it, ISO 8601 in UTC; takes a `Date` or milliseconds since 1970, and keeps null. */
export function toTimestamp(moment: Date | number): string
export function toTimestamp(moment: Date | number | null): string | null
export function toTimestamp(moment: Date | number | null): string | null {
  return moment === null ? null : new Date(moment).toISOString()
}
