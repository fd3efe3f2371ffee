import { integer } from 'drizzle-orm/sqlite-core'

/** A moment as milliseconds since 1970. */
export const timestampMs = (name: string) => integer(name, { mode: 'timestamp_ms' })
