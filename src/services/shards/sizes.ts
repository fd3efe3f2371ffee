import { gte, lt, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import type { EventShards } from '../../db/events/shards.ts'
import { databaseSizes } from '../../db/schema/index.ts'
import { observe } from '../../lib/metrics.ts'

/** What D1 gives a database (https://developers.cloudflare.com/d1/platform/limits/). */
export const MOST_BYTES = 10_000_000_000
const DAY_MS = 86_400_000
/** Sizes are noted in each tenth minute. */
export const SIZES_EVERY_MS = 600_000
/** How long sizes are kept. */
const KEPT_DAYS = 90
/** Growth is measured over this time. */
const MEASURED_DAYS = 14
/** A database is filling up if it is this full, or will be full within this time. */
export const WARN_SHARE = 0.8
const WARN_DAYS = 60

/** The control database's name among the databases: its binding. */
const CONTROL = 'DB'

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

interface Databases {
  db: Db
  events: EventShards
}

/** The size of a database, which D1 says with each answer; 0 if it doesn't. */
async function measure(db: Db): Promise<number> {
  const { meta } = await db.run(sql`SELECT 1`)
  return meta.size_after ?? 0
}

/** Notes the size of each database for today, and forgets old ones. A database that is away is left out. */
export async function recordSizes({ db, events, now }: Databases & { now: number }): Promise<number> {
  const all = [{ name: CONTROL, db }, ...events.all()]
  const sizes = await Promise.allSettled(all.map(async (one) => ({ name: one.name, bytes: await measure(one.db) })))
  const day = dayOf(now)
  const rows = sizes.flatMap((size) => (size.status === 'fulfilled' ? [{ ...size.value, day }] : []))
  for (const { name, bytes } of rows) observe('database', { database: name }, bytes)
  const json = sql`(SELECT value ->> 'name', value ->> 'day', value ->> 'bytes' FROM json_each(${JSON.stringify(rows)})
    )`
  await db.batch([
    db
      .insert(databaseSizes)
      .select(sql`SELECT * FROM ${json} WHERE true`)
      .onConflictDoUpdate({
        target: [databaseSizes.name, databaseSizes.day],
        set: { bytes: sql`excluded.bytes` },
        setWhere: sql`${databaseSizes.bytes} <> excluded.bytes`,
      }),
    db.delete(databaseSizes).where(lt(databaseSizes.day, dayOf(now - KEPT_DAYS * DAY_MS))),
  ])
  return rows.length
}

export interface DatabaseSize {
  /** Its binding. */
  name: string
  bytes: number
  /** Bytes that it grows by in a day, over the last two weeks; null before the second day. */
  bytes_per_day: number | null
  /** Days until it is full, if it goes on so; null if it doesn't grow. */
  days_left: number | null
  /** Whether it is time to do something: docs/operations.md. */
  is_filling: boolean
}

type Row = typeof databaseSizes.$inferSelect

const atOf = ({ day }: Row) => Date.parse(`${day}T00:00:00Z`)

/** @param rows of one database, oldest first; at least one */
function describe(rows: readonly [Row, ...Row[]]): DatabaseSize {
  const [first] = rows
  const last = rows.at(-1) ?? first
  const days = (atOf(last) - atOf(first)) / DAY_MS
  const growth = days > 0 ? (last.bytes - first.bytes) / days : null
  const left = growth !== null && growth > 0 ? Math.max(0, Math.floor((MOST_BYTES - last.bytes) / growth)) : null
  return {
    name: last.name,
    bytes: last.bytes,
    bytes_per_day: growth === null ? null : Math.round(growth),
    days_left: left,
    is_filling: last.bytes >= WARN_SHARE * MOST_BYTES || (left !== null && left < WARN_DAYS),
  }
}

/** The size of each database, how it grows, and when it is full: for `/healthz` and whoever operates the bridge. */
export async function readSizes({ db, now }: { db: Db; now: number }): Promise<DatabaseSize[]> {
  const rows = await db
    .select()
    .from(databaseSizes)
    .where(gte(databaseSizes.day, dayOf(now - MEASURED_DAYS * DAY_MS)))
    .orderBy(databaseSizes.name, databaseSizes.day)
  const byName = Map.groupBy(rows, ({ name }) => name)
  return [...byName.values()].flatMap(([first, ...others]) => (first ? [describe([first, ...others])] : []))
}
