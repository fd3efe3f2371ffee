import type { Db } from '../../db/client.ts'
import type { EventShards } from '../../db/events/shards.ts'
import { countSites } from './count-sites.ts'
import { countWork } from './count-work.ts'
import { HOUR_MS, storeHour } from './hour.ts'
export { getOverview } from './overview.ts'
export { getOperatorAccount, listOperatorAccounts } from './accounts.ts'
export { listOperatorSites } from './lists.ts'

const MINUTE_MS = 60_000
/** Figures are counted in each tenth minute. */
const FIGURES_EVERY_MINUTES = 10
/** Not in the minute in which sizes are noted. */
const IN_MINUTE = 4

/** Whether this tick counts. */
export const areFiguresDue = (now: number): boolean => Math.floor(now / MINUTE_MS) % FIGURES_EVERY_MINUTES === IN_MINUTE

/**
 * Counts the hour so far for operators, and once more the hour that has just ended, whose last minutes were not counted yet.
 * @returns how many hours were counted
 */
export async function recordFigures({
  db,
  events,
  now,
}: {
  db: Db
  events: EventShards
  now: number
}): Promise<number> {
  const hour = Math.floor(now / HOUR_MS)
  const isFirst = now - hour * HOUR_MS < FIGURES_EVERY_MINUTES * MINUTE_MS
  if (isFirst) await storeHour(db, { hour: hour - 1, work: await countWork(events, hour - 1), sites: null })
  await storeHour(db, { hour, work: await countWork(events, hour), sites: await countSites(db, now) })
  return isFirst ? 2 : 1
}
