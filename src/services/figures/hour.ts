/**
 * What the cron keeps of an hour for operators. It counts every ten minutes, so that a page reads some rows of one small
 * table, and no query of a person goes through all sites or events.
 */
import { gte, lt } from 'drizzle-orm'
import * as z from 'zod'
import { CONNECTION_STATES } from '../../contract/health.ts'
import type { Db } from '../../db/client.ts'
import { figures } from '../../db/schema/index.ts'

export const HOUR_MS = 3_600_000
/** A week is shown; the day before it is spare. */
const KEPT_HOURS = 8 * 24

const Counts = z.lazy(() => z.record(z.string(), z.number()))
const Ended = z.lazy(() => z.object({ ok: z.number(), failed: z.number(), lag: Counts }))

const Work = z.lazy(() =>
  z.object({
    runs: Ended,
    webhooks: Ended,
    /** Failures of every kind of work, by code. */
    failures: Counts,
  }),
)
export type Work = z.infer<typeof Work>

const Sites = z.lazy(() =>
  z.object({
    asOf: z.number(),
    sites: z.number(),
    accounts: z.number(),
    states: z.partialRecord(z.enum(CONNECTION_STATES), z.number()),
    reasons: Counts,
    polling: z.number(),
    running: z.number(),
    stuck: z.number(),
    lastFailed: z.number(),
    /** Ids of the sites that are worst off, and of the largest accounts. */
    worst: z.array(z.string()),
    largest: z.array(z.string()),
  }),
)
export type Sites = z.infer<typeof Sites>

const Body = z.lazy(() => z.object({ work: Work, sites: Sites.unwrap().nullable() }))

export interface Hour {
  /** In hours since 1970. */
  hour: number
  work: Work
  /** As they were when the hour was counted last. */
  sites: Sites | null
}

/** Stores what was counted of an hour, in place of what was counted before. */
export async function storeHour(db: Db, { hour, work, sites }: Hour): Promise<void> {
  const body = JSON.stringify({ work, sites } satisfies z.infer<typeof Body>)
  await db.insert(figures).values({ hour, body }).onConflictDoUpdate({ target: figures.hour, set: { body } })
  await db.delete(figures).where(lt(figures.hour, hour - KEPT_HOURS))
}

/** Hours that were counted, oldest first. One that another release wrote otherwise is left out. */
export async function readHours(db: Db, from: number): Promise<Hour[]> {
  const rows = await db.select().from(figures).where(gte(figures.hour, from)).orderBy(figures.hour)
  return rows.flatMap(({ hour, body }) => {
    const parsed = Body.safeParse(JSON.parse(body))
    return parsed.success ? [{ hour, ...parsed.data }] : []
  })
}

/** The cron counts six times an hour: what it counted last is in one of these rows. */
const RECENT_HOURS = 24

/** The sites as they were counted last; null if that is longer ago than a day. */
export async function readLastSites(db: Db, now: number): Promise<Sites | null> {
  const hours = await readHours(db, Math.floor(now / HOUR_MS) - RECENT_HOURS)
  return hours.findLast(({ sites }) => sites !== null)?.sites ?? null
}
