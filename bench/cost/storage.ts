/** What is stored, how it grows, and how far that is from the limits of the platform. */
import { MESSAGE_MARGIN_MS } from '../../src/services/notifications/index.ts'
import { WARN_SHARE } from '../../src/services/shards/sizes.ts'
import { DAY_MS, DAYS_A_MONTH, MONTHS_OF_A_SITE, SITES_AN_ACCOUNT } from './assumptions.ts'
import { LIMITS } from './prices.ts'

const GB = 1e9

/** Bytes as they were measured in the lab. */
export interface Bytes {
  /** A row of D1 with its share of the indexes, by table. */
  rows: Record<string, number>
  /** The database of a site's object at two sizes, in items. */
  object: { small: number; large: number }
  /** A key in KV. */
  key: number
}

/** Tables with a row (or some) for each site or account, for as long as those exist. */
const ROWS_OF_A_SITE: Record<string, number> = {
  sites: 1,
  integrations: 1,
  api_keys: 1,
  connection_watch: 1,
  accounts: 1 / SITES_AN_ACCOUNT,
  users: 1 / SITES_AN_ACCOUNT,
  user_credentials: 1 / SITES_AN_ACCOUNT,
  memberships: 1 / SITES_AN_ACCOUNT,
  // a sign-in a week, each for 30 days
  sessions: 4 / SITES_AN_ACCOUNT,
}

/** Tables whose rows are deleted after a time: months that a row stays. Those of event databases begin with `events.`. */
export const retentions = (retentionDays: number): Record<string, number> => ({
  'events.sync_events': retentionDays / DAYS_A_MONTH,
  'events.notification_messages': (retentionDays + MESSAGE_MARGIN_MS / DAY_MS) / DAYS_A_MONTH,
  'events.notification_deliveries': retentionDays / DAYS_A_MONTH,
})

/** Tables whose rows stay with their account. */
const KEPT = ['audit_log']

export interface TableGrowth {
  table: string
  bytesPerRow: number
  rowsPerMonth: number
  /** Rows once as many are deleted as are added; for a table without a retention, after a year. */
  rows: number
  gb: number
  isEndless: boolean
}

/** Every table of D1 that grows, largest first. @param inserted rows that a month adds, by table */
export function growthOf(
  bytes: Bytes,
  inserted: Record<string, number>,
  { sites, retentionDays }: { sites: number; retentionDays: number },
): TableGrowth[] {
  const months = retentions(retentionDays)
  const line = (table: string, rowsPerMonth: number, rows: number, isEndless = false): TableGrowth => {
    const bytesPerRow = bytes.rows[table] ?? 0
    return { table, bytesPerRow, rowsPerMonth, rows, gb: (rows * bytesPerRow) / GB, isEndless }
  }
  const lines = [
    ...Object.entries(ROWS_OF_A_SITE).map(([table, perSite]) =>
      line(table, (sites * perSite) / MONTHS_OF_A_SITE, sites * perSite),
    ),
    ...Object.entries(months).map(([table, kept]) => line(table, inserted[table] ?? 0, (inserted[table] ?? 0) * kept)),
    ...KEPT.map((table) => line(table, inserted[table] ?? 0, (inserted[table] ?? 0) * 12, true)),
  ]
  return lines.toSorted((left, right) => right.gb - left.gb)
}

/** Bytes of a site's object at a size, on the line through both sizes. */
export function objectBytes({ object }: Bytes, sizes: { small: number; large: number }, items: number): number {
  const perItem = (object.large - object.small) / (sizes.large - sizes.small)
  return Math.max(0, object.small + perItem * (items - sizes.small))
}

/** The control database, or the event databases together. */
export interface DatabaseGrowth {
  /** In the long run. */
  gb: number
  /** Days until one database is full, from nothing; null if it never is. */
  daysToFull: number | null
}

export interface Stored {
  d1Gb: number
  control: DatabaseGrowth
  /** @property databases how many are needed, each as full as is fine */
  events: DatabaseGrowth & { databases: number }
  objectsGb: number
  objectGb: number
  kvGb: number
  tables: TableGrowth[]
}

const isOfEvents = ({ table }: TableGrowth) => table.startsWith('events.')

/** Days until tables that grow evenly to their steady state fill a database. */
export function daysToFull(tables: readonly TableGrowth[], sites: number, retentionDays: number): number | null {
  const months = retentions(retentionDays)
  const fixed = tables.filter(({ table }) => table in ROWS_OF_A_SITE).reduce((sum, { gb }) => sum + gb, 0)
  const growing = tables.filter(({ table }) => !(table in ROWS_OF_A_SITE))
  const perDay = (table: TableGrowth) => (table.rowsPerMonth * table.bytesPerRow) / GB / DAYS_A_MONTH
  const after = (days: number) =>
    growing.reduce(
      (sum, table) =>
        sum + perDay(table) * (table.isEndless ? days : Math.min(days, (months[table.table] ?? 0) * DAYS_A_MONTH)),
      fixed,
    )
  if (sites === 0) return null
  // an endless table fills any database; later than in ten years is never
  for (let days = 0; days <= 3650; days++) if (after(days) >= LIMITS.d1Gb) return days
  return null
}

/** Both kinds of databases. @param tables all that grow */
export function databasesOf(
  tables: readonly TableGrowth[],
  { sites, retentionDays }: { sites: number; retentionDays: number },
): Pick<Stored, 'd1Gb' | 'control' | 'events'> {
  const growth = (some: readonly TableGrowth[]): DatabaseGrowth => ({
    gb: some.reduce((sum, { gb }) => sum + gb, 0),
    daysToFull: daysToFull(some, sites, retentionDays),
  })
  const control = growth(tables.filter((table) => !isOfEvents(table)))
  const events = growth(tables.filter(isOfEvents))
  const databases = Math.max(1, Math.ceil(events.gb / (LIMITS.d1Gb * WARN_SHARE)))
  return { d1Gb: control.gb + events.gb, control, events: { ...events, databases } }
}
