import type { OperatorOverview } from '../../contract/operator-page.ts'
import { RELEASE } from '../../contract/release.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import type { OperatorActor, ServiceContext } from '../context.ts'
import { readTicks } from '../health/index.ts'
import { MOST_BYTES, readSizes } from '../shards/index.ts'
import { type Hour, HOUR_MS, readHours, type Sites, type Work } from './hour.ts'
import { addSteps, describeLag, type Steps } from './lag.ts'
import { type Queue, readControlQueues, readDeliveryQueues } from './waiting.ts'

const DAY_HOURS = 24
const WEEK_HOURS = 7 * DAY_HOURS
/** Codes that are shown. */
const MOST_CODES = 20

const presentQueue = ({ count, isMore, oldestAt }: Queue) => ({
  count,
  is_more: isMore,
  oldest_at: toTimestamp(oldestAt),
})

/** Counts by code, most frequent first. */
const byCode = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([code, count]) => ({ code, count }))
    .toSorted((left, right) => right.count - left.count)
    .slice(0, MOST_CODES)

function sumOfFailures(hours: readonly Hour[]) {
  const sum: Record<string, number> = {}
  for (const { work } of hours)
    for (const [code, count] of Object.entries(work.failures)) sum[code] = (sum[code] ?? 0) + count
  return byCode(sum)
}

type EndedKind = 'runs' | 'webhooks'

/** Each of the last 24 hours, also those in which nothing was counted. */
function hoursOf(hours: readonly Hour[], kind: EndedKind, last: number) {
  const known = new Map(hours.map(({ hour, work }) => [hour, work[kind]]))
  return Array.from({ length: DAY_HOURS }, (_, index) => {
    const hour = last - DAY_HOURS + 1 + index
    const ended = known.get(hour)
    return { hour: new Date(hour * HOUR_MS).toISOString(), succeeded: ended?.ok ?? 0, failed: ended?.failed ?? 0 }
  })
}

const lagOf = (works: readonly Work[], kind: EndedKind) =>
  describeLag(works.reduce<Steps>((sum, work) => addSteps(sum, work[kind].lag), {}))

const presentSites = (sites: Sites): NonNullable<OperatorOverview['sites']> => ({
  as_of: new Date(sites.asOf).toISOString(),
  sites: sites.sites,
  accounts: sites.accounts,
  states: Object.entries(sites.states).map(([state, count]) => ({ state: state as keyof Sites['states'], count })),
  reasons: byCode(sites.reasons),
  polling: sites.polling,
  running: sites.running,
  stuck: sites.stuck,
  last_failed: sites.lastFailed,
})

/**
 * The figures of the operators' page: four queries of the control database and two of each event database, none of which
 * grows with the sites.
 */
export async function getOverview({ ctx }: { ctx: ServiceContext<OperatorActor> }): Promise<OperatorOverview> {
  const now = ctx.now()
  const last = Math.floor(now / HOUR_MS)
  const [week, { lastTickAt, jobs }, databases, control, deliveries] = await Promise.all([
    readHours(ctx.db, last - WEEK_HOURS + 1),
    readTicks(ctx.db, now),
    readSizes({ db: ctx.db, now }),
    readControlQueues(ctx.db, now),
    readDeliveryQueues(ctx.events.all(), now),
  ])
  const day = week.filter(({ hour }) => hour > last - DAY_HOURS)
  const works = day.map(({ work }) => work)
  const sites = week.findLast((hour) => hour.sites !== null)?.sites ?? null
  return {
    as_of: new Date(now).toISOString(),
    release: RELEASE,
    version: ctx.config.version,
    sites: sites && presentSites(sites),
    runs: hoursOf(day, 'runs', last),
    webhooks: hoursOf(day, 'webhooks', last),
    failures: { day: sumOfFailures(day), week: sumOfFailures(week) },
    lag: { runs: lagOf(works, 'runs'), webhooks: lagOf(works, 'webhooks'), deliveries: describeLag(deliveries.ages) },
    waiting: {
      webhook_deliveries: presentQueue(deliveries.webhooks),
      mails: presentQueue(deliveries.mails),
      events: presentQueue(control.events),
      health_checks: presentQueue(control.healthChecks),
    },
    failed_deliveries: deliveries.failed,
    databases,
    database_bytes: MOST_BYTES,
    last_tick_at: toTimestamp(lastTickAt),
    jobs: jobs.map((job) => ({
      name: job.name,
      at: new Date(job.at).toISOString(),
      took_ms: job.ms,
      is_ok: job.ok,
      failed_at: toTimestamp(job.failed_at ?? null),
    })),
    missing: deliveries.missing,
  }
}
