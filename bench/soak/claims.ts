/** What a soak must show, and whether it did. */
import { quantile } from '../lib/compare.ts'
import { type Point, trendOf } from './fit.ts'
import type { Imported } from './imports.ts'
import type { Lag } from './lag.ts'
import type { Sample } from './samples.ts'
import type { Settled } from './settle.ts'
import type { Stored } from './stored.ts'

/** All that a soak has measured. */
export interface Measured {
  minutes: number
  samples: readonly Sample[]
  lags: Readonly<Record<Lag, readonly Point[]>>
  imports: readonly Imported[]
  settled: Settled
  stored: Stored
  serverErrors: number
  refusals: number
  troubles: number
  /** Requests that may leave an event. */
  changes: number
  /** Sync events that the last quiet time has left, in which nothing was changed. */
  eventsOfQuiet: number
  restarts: number
  requests: number
}

export interface Claim {
  claim: string
  /** The figure, as people read it. */
  measured: string
  target: string
  /** Null where there is too little to say: a soak of minutes shows no trend of an hour. */
  holds: boolean | null
}

export const TARGETS = {
  /** What the fit says at the end of the last process over what it says at its beginning. */
  heap: 1.05,
  resident: 1.1,
  /** Of the second half of an import over the first: peaks of resident memory. */
  import: 1.05,
  /** Of sites that are called, in milliseconds. */
  lagMs: 3_000,
  /** The fit of a lag may end so much higher than it begins, by ratio or by milliseconds. */
  lagRatio: 1.1,
  lagGrowthMs: 100,
  cpu: 0.6,
  eventsPerChange: 2,
  eventsOfIntegration: 10_000,
} as const

/** A process has loaded all of its code and filled its caches by then. */
export const WARM_UP_MINUTES = 5
/** Less shows no trend, and is played beside other tests. */
const TREND_MINUTES = 15
/** Growth of less is not told from noise. */
const LEAST_LAGS = 20

/** Samples of the process that lived longest at the end, once it was warm. */
export function ofLastProcess(samples: readonly Sample[]): Sample[] {
  const last = samples.at(-1)?.restarts
  const own = samples.filter(({ restarts }) => restarts === last)
  const warmAt = (own[0]?.at ?? 0) + WARM_UP_MINUTES
  return own.filter(({ at }) => at >= warmAt)
}

const toPoints = (samples: readonly Sample[], pick: (sample: Sample) => number | null): Point[] =>
  samples.flatMap((sample) => {
    const value = pick(sample)
    return value === null || Number.isNaN(value) ? [] : [{ at: sample.at, value }]
  })

const number = (value: number, digits = 2): string => (Number.isFinite(value) ? value.toFixed(digits) : 'unknown')

function memoryClaim(claim: string, points: readonly Point[], target: number): Claim {
  const { minutes, median, perHour, ratio } = trendOf(points)
  const measured = `× ${number(ratio)} in ${number(minutes, 0)} min (median ${number(median, 0)} MB, ${number(perHour, 1)} MB/h)`
  return { claim, measured, target: `≤ × ${target}`, holds: minutes < TREND_MINUTES ? null : ratio <= target }
}

/** Imports that were not disturbed by a restart, in a process that had imported before. */
function importClaim(imports: readonly Imported[], isLong: boolean): Claim {
  const ratios = imports
    .filter(({ isWhole, firstHalfMb }) => isWhole && firstHalfMb > 0)
    .map(({ firstHalfMb, secondHalfMb }) => secondHalfMb / firstHalfMb)
  const middle = quantile(ratios, 0.5)
  return {
    claim: 'memory of the second half of an import',
    measured: `× ${number(middle)} of the first (median of ${ratios.length}, worst × ${number(Math.max(...ratios))})`,
    target: `≤ × ${TARGETS.import}`,
    holds: ratios.length === 0 || !isLong ? null : middle <= TARGETS.import,
  }
}

function lagClaims(name: string, points: readonly Point[], isCalled: boolean): Claim[] {
  const values = points.map(({ value }) => value)
  const [p50, p95] = [quantile(values, 0.5), quantile(values, 0.95)]
  const { ratio, perHour, minutes } = trendOf(points)
  const growth = (perHour * minutes) / 60
  const hasEnough = points.length >= LEAST_LAGS
  const grows = ratio > TARGETS.lagRatio && growth > TARGETS.lagGrowthMs
  const measured = `${number(growth, 0)} ms over ${number(minutes, 0)} min (× ${number(ratio)}, ${points.length} edits)`
  const trend: Claim = {
    claim: `${name}: does not grow`,
    measured,
    target: `≤ × ${TARGETS.lagRatio} or ≤ ${TARGETS.lagGrowthMs} ms`,
    holds: hasEnough && minutes >= TREND_MINUTES ? !grows : null,
  }
  if (!isCalled) return [trend]
  return [
    {
      claim: `${name}: p95`,
      measured: `${number(p95, 0)} ms (p50 ${number(p50, 0)} ms)`,
      target: `≤ ${TARGETS.lagMs} ms`,
      holds: hasEnough && minutes >= TREND_MINUTES ? p95 <= TARGETS.lagMs : null,
    },
    trend,
  ]
}

const none = (claim: string, count: number, of?: string): Claim => ({
  claim,
  measured: `${count}${of === undefined ? '' : ` of ${of}`}`,
  target: '0',
  holds: count === 0,
})

const sumOf = (counts: Record<string, number>): number => Object.values(counts).reduce((sum, n) => sum + n, 0)
const withWord = (problems: readonly string[], word: string) =>
  problems.filter((problem) => problem.includes(`: ${word}: `))

function endClaims({
  settled,
  stored,
  serverErrors,
  refusals,
  troubles,
  changes,
  eventsOfQuiet,
  requests,
}: Measured): Claim[] {
  const { problems } = settled
  const [lost, twice] = [withWord(problems, 'lost'), withWord(problems, 'duplicate')]
  const events = stored.rows['sync_events'] ?? 0
  return [
    none('5xx other than 503 with Retry-After under a fault', serverErrors, `${requests} requests`),
    none('refusals that nobody meant to get', refusals, `${requests} requests`),
    none('pieces of the load that failed', troubles),
    none('lost edits', lost.length),
    none('duplicate posts', twice.length),
    none('other differences between sites and IGNY8, counts among them', problems.length - lost.length - twice.length),
    {
      claim: 'everything comes to rest',
      measured: `${number(settled.seconds, 0)} s after the faults`,
      target: 'in time',
      holds: settled.isInTime,
    },
    none('rows that wait for work in D1', sumOf(stored.waiting)),
    none('rows and objects of deleted sites', sumOf(stored.remains)),
    none('events of a quiet time', eventsOfQuiet),
    {
      claim: 'events are bounded',
      measured: `${events} for ${changes} changes and syncs; ${stored.mostEvents} of one site`,
      target: `≤ ${TARGETS.eventsPerChange} each, ≤ ${TARGETS.eventsOfIntegration} of one site`,
      holds: events <= TARGETS.eventsPerChange * changes && stored.mostEvents <= TARGETS.eventsOfIntegration,
    },
  ]
}

/** The verdict on each claim. */
export function judge(measured: Measured): Claim[] {
  const { minutes, samples, lags, imports, restarts } = measured
  const last = ofLastProcess(samples)
  const cpu = quantile(
    samples.map(({ workerCpu }) => workerCpu),
    0.5,
  )
  return [
    memoryClaim(
      'heap in use after its garbage was collected',
      toPoints(last, ({ heapMb }) => heapMb),
      TARGETS.heap,
    ),
    memoryClaim(
      'resident memory',
      toPoints(last, ({ residentMb }) => residentMb),
      TARGETS.resident,
    ),
    importClaim(imports, minutes >= TREND_MINUTES),
    ...lagClaims('edit in WordPress until IGNY8 shows it', lags.seen, true),
    ...lagClaims('edit in IGNY8 until the post has it', lags.posted, true),
    ...lagClaims('the same by polling, seen', lags.seenByPolling, false),
    ...lagClaims('the same by polling, posted', lags.postedByPolling, false),
    ...endClaims(measured),
    {
      claim: 'the machine is not what is measured',
      measured: `${number(cpu)} of one core (median); the Worker's process was killed ${restarts} times`,
      target: `≤ ${TARGETS.cpu}`,
      holds: cpu <= TARGETS.cpu,
    },
  ]
}

export const hasFailed = (claims: readonly Claim[]): boolean => claims.some(({ holds }) => holds === false)
