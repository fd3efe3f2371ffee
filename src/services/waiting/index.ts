import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import type { EventShards } from '../../db/events/shards.ts'
import { observe } from '../../lib/metrics.ts'

/** Counting ends here: more is as bad. */
const MOST_COUNTED = 10_000

const some = (from: string) => sql.raw(`(SELECT count(*) FROM (SELECT 1 FROM ${from} LIMIT ${MOST_COUNTED}))`)

/** What the control database has to do, found by indexes. `deletions` are those whose time has come. */
const inControl = (now: number) => ({
  outbox: some('outbox'),
  changes: some('connection_watch WHERE due_at IS NOT NULL'),
  deletions: some(`deletions WHERE next_at <= ${now}`),
})

/**
 * Measures what waits in D1: entries of the outbox, changes of connections that people are to be told of, deletions that
 * are due, and deliveries.
 * @returns how much of each; an event database that is away is left out
 */
export async function measureWaiting({ db, events, now }: { db: Db; events: EventShards; now: number }) {
  const { outbox, changes, deletions } = inControl(now)
  const row = await db.get<Record<'outbox' | 'changes' | 'deletions', number>>(
    sql`SELECT ${outbox} AS outbox, ${changes} AS changes, ${deletions} AS deletions`,
  )
  const deliveries = some('notification_deliveries WHERE next_attempt_at IS NOT NULL')
  const counted = await Promise.allSettled(
    events.all().map(({ db: shard }) => shard.get<{ n: number }>(sql`SELECT ${deliveries} AS n`)),
  )
  const n = counted.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value.n : 0), 0)
  const waiting = { ...row, deliveries: n }
  for (const [queue, count] of Object.entries(waiting)) observe('waiting', { queue }, count)
  return waiting
}
