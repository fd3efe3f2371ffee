import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import type { EventShards } from '../../db/events/shards.ts'
import { addSteps, stepOf } from './lag.ts'
import { HOUR_MS, type Work } from './hour.ts'

/** Events of one hour and database that are counted; some 40 times what 100,000 sites make. */
const MOST_EVENTS = 500_000
/** Codes that are kept; the rest is counted together. */
const MOST_CODES = 40
export const OTHER_CODES = 'other'

interface Row {
  action: string
  success: number
  code: string | null
  step: number
  n: number
}

/** Ids of events begin with their time. */
const firstIdOf = (ms: number) => `evt_${ms.toString(16).padStart(12, '0')}`

/** @returns the events of an hour by action, outcome and duration, found by the index of their ids */
const countEvents = (shard: Db, hour: number): Promise<Row[]> =>
  shard.all<Row>(
    sql`SELECT action, success, code, ${sql.raw(stepOf('took'))} AS step, count(*) AS n
      FROM (SELECT action, success, code, finished_at - started_at AS took FROM sync_events
        WHERE id >= ${firstIdOf(hour * HOUR_MS)} AND id < ${firstIdOf((hour + 1) * HOUR_MS)} LIMIT ${MOST_EVENTS})
      GROUP BY 1, 2, 3, 4`,
  )

const noneEnded = () => ({ ok: 0, failed: 0, lag: {} })

const KINDS: Record<string, 'runs' | 'webhooks'> = { sync: 'runs', drift_check: 'runs', webhook: 'webhooks' }

/** The most frequent ones; what is left together. */
function most(counts: Record<string, number>): Record<string, number> {
  const sorted = Object.entries(counts).toSorted(([, left], [, right]) => right - left)
  const rest = sorted.slice(MOST_CODES).reduce((sum, [, count]) => sum + count, 0)
  return { ...Object.fromEntries(sorted.slice(0, MOST_CODES)), ...(rest > 0 && { [OTHER_CODES]: rest }) }
}

/** What ended in an hour, over all event databases. @throws if one of them doesn't answer */
export async function countWork(events: EventShards, hour: number): Promise<Work> {
  const rows = (await Promise.all(events.all().map(({ db }) => countEvents(db, hour)))).flat()
  const work: Work = { runs: noneEnded(), webhooks: noneEnded(), failures: {} }
  for (const { action, success, code, step, n } of rows) {
    if (success === 0) work.failures[code ?? OTHER_CODES] = (work.failures[code ?? OTHER_CODES] ?? 0) + n
    const kind = KINDS[action]
    if (kind === undefined) continue
    const ended = work[kind]
    if (success === 1) {
      ended.ok += n
      ended.lag = addSteps(ended.lag, { [step]: n })
    } else ended.failed += n
  }
  return { ...work, failures: most(work.failures) }
}
