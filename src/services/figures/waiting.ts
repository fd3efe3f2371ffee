/** What waits, as it is at this moment. Each query reads an index that has nothing but what waits, up to a bound. */
import { sql } from 'drizzle-orm'
import type { CHANNELS } from '../../contract/notifications.ts'
import type { Db } from '../../db/client.ts'
import type { Shard } from '../../db/events/shards.ts'
import { log } from '../../lib/log.ts'
import { addSteps, type Steps, stepOf } from './lag.ts'

type Channel = (typeof CHANNELS)[number]

/** Rows of a kind and database that are counted. */
const MOST_COUNTED = 2_000
const MOST_FAILED = 5_000
const WEEK_MS = 7 * 86_400_000
/** The cron wakes objects whose check is overdue by so much. */
const OVERDUE_MS = 120_000

/** What waits, and since when. */
export interface Queue {
  count: number
  isMore: boolean
  /** Milliseconds since 1970; null if nothing waits. */
  oldestAt: number | null
}

const queueOf = (count: number, oldestAt: number | null): Queue => ({
  count: Math.min(count, MOST_COUNTED),
  isMore: count > MOST_COUNTED,
  oldestAt,
})

/** The outbox and the health checks of the control database, in one query. */
export async function readControlQueues(db: Db, now: number): Promise<{ events: Queue; healthChecks: Queue }> {
  const overdue = sql`SELECT next_check_at AS at FROM integrations WHERE next_check_at < ${now - OVERDUE_MS}
    ORDER BY next_check_at LIMIT ${MOST_COUNTED + 1}`
  const row = await db.get<{ waiting: number; oldest: number | null; checks: number; due: number | null }>(
    sql`SELECT ifnull((SELECT max(seq) FROM outbox), 0) - ifnull((SELECT min(seq) FROM outbox) - 1, 0) AS waiting,
      (SELECT created_at FROM outbox ORDER BY seq LIMIT 1) AS oldest,
      (SELECT count(*) FROM (${overdue})) AS checks,
      (SELECT at FROM (${overdue}) LIMIT 1) AS due`,
  )
  // numbers of the outbox are consecutive, and rows leave at its beginning: nothing is counted one by one
  const events = { count: row.waiting, isMore: false, oldestAt: row.oldest }
  return { events, healthChecks: queueOf(row.checks, row.due) }
}

interface Pending {
  channel: Channel
  step: number
  n: number
  oldest: number
}

interface Failed {
  channel: Channel
  code: string | null
  n: number
}

interface ShardQueues {
  pending: Pending[]
  failed: Failed[]
}

async function readShard({ db }: Shard, now: number): Promise<ShardQueues> {
  const [pending, failed] = await Promise.all([
    db.all<Pending>(
      sql`SELECT channel, ${sql.raw(stepOf('age'))} AS step, count(*) AS n, min(created_at) AS oldest
        FROM (SELECT channel, created_at, ${now} - created_at AS age FROM notification_deliveries
          WHERE next_attempt_at IS NOT NULL ORDER BY next_attempt_at LIMIT ${MOST_COUNTED + 1})
        GROUP BY 1, 2`,
    ),
    db.all<Failed>(
      sql`SELECT channel, error_code AS code, count(*) AS n
        FROM (SELECT channel, error_code FROM notification_deliveries
          WHERE status = 'failed' AND created_at >= ${now - WEEK_MS} ORDER BY created_at DESC LIMIT ${MOST_FAILED})
        GROUP BY 1, 2`,
    ),
  ])
  return { pending, failed }
}

export interface DeliveryQueues {
  webhooks: Queue
  mails: Queue
  /** Ages of what waits. */
  ages: Steps
  failed: { channel: Channel; code: string; count: number }[]
  /** Databases that did not answer. */
  missing: string[]
}

function queueOfChannel(pending: readonly Pending[], channel: Channel): Queue {
  const mine = pending.filter((row) => row.channel === channel)
  const count = mine.reduce((sum, { n }) => sum + n, 0)
  return queueOf(count, mine.length === 0 ? null : Math.min(...mine.map(({ oldest }) => oldest)))
}

/** Deliveries that wait or have failed, over all event databases. One that doesn't answer is named. */
export async function readDeliveryQueues(shards: readonly Shard[], now: number): Promise<DeliveryQueues> {
  const read = await Promise.allSettled(shards.map((shard) => readShard(shard, now)))
  const missing: string[] = []
  const all: ShardQueues = { pending: [], failed: [] }
  for (const [index, one] of read.entries()) {
    if (one.status === 'fulfilled') {
      all.pending.push(...one.value.pending)
      all.failed.push(...one.value.failed)
      continue
    }
    log.warn('events not readable', { cause: one.reason })
    missing.push(shards[index]?.name ?? '')
  }
  const failed = Map.groupBy(all.failed, ({ channel, code }) => `${channel} ${code ?? 'other'}`)
  return {
    webhooks: queueOfChannel(all.pending, 'webhook'),
    mails: queueOfChannel(all.pending, 'email'),
    ages: all.pending.reduce<Steps>((sum, { step, n }) => addSteps(sum, { [step]: n }), {}),
    failed: [...failed.values()]
      .flatMap((rows) => {
        const [first] = rows
        const count = rows.reduce((sum, { n }) => sum + n, 0)
        return first ? [{ channel: first.channel, code: first.code ?? 'other', count }] : []
      })
      .toSorted((left, right) => right.count - left.count),
    missing,
  }
}
