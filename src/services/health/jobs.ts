/** When each job of the cron last ran: part of the row that a tick writes anyway. */
import { notLike, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Db } from '../../db/client.ts'
import { ticks } from '../../db/schema/index.ts'

/** A job that has not run for so long is one of another release. */
const FORGOTTEN_MS = 7 * 86_400_000

/** How a job ended. */
export interface JobOutcome {
  /** When, in milliseconds since 1970. */
  at: number
  ms: number
  ok: boolean
}

const StoredJobs = z.lazy(() =>
  z.record(z.string(), z.object({ at: z.number(), ms: z.number(), ok: z.boolean(), failed_at: z.number().optional() })),
)

interface Tick {
  db: Db
  cron: string
  now: number
  jobs: Record<string, JobOutcome>
  /** Whether all of its jobs succeeded; for `/healthz` only such a tick counts. */
  isWhole: boolean
}

/** Notes a tick and its jobs. A job that did not run this time stays as it was noted last, and so does its last failure. */
export async function recordTick({ db, cron, now, jobs, isWhole }: Tick): Promise<void> {
  const noted = Object.entries(jobs).map(([name, job]) => [name, { ...job, ...(!job.ok && { failed_at: job.at }) }])
  const at = new Date(isWhole ? now : 0)
  await db
    .insert(ticks)
    .values({ cron, at, jobs: JSON.stringify(Object.fromEntries(noted)) })
    .onConflictDoUpdate({
      target: ticks.cron,
      set: { ...(isWhole && { at }), jobs: sql`json_patch(${ticks.jobs}, excluded.jobs)` },
    })
}

/** The last whole tick, and the jobs of the last week by their names. */
export async function readTicks(db: Db, now: number) {
  const rows = await db.select().from(ticks).where(notLike(ticks.cron, 'restore:%'))
  const jobs = rows.flatMap((row) => Object.entries(StoredJobs.safeParse(JSON.parse(row.jobs)).data ?? {}))
  const at = rows.length === 0 ? 0 : Math.min(...rows.map((row) => row.at.getTime()))
  return {
    lastTickAt: at === 0 ? null : at,
    jobs: jobs
      .filter(([, job]) => now - job.at < FORGOTTEN_MS)
      .map(([name, { at, ms, ok, failed_at }]) => ({ name, at, ms, ok, failed_at }))
      .toSorted((left, right) => left.name.localeCompare(right.name)),
  }
}
