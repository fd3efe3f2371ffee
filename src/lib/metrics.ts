/**
 * What a deployment measures of itself: one closed list, written as points of Cloudflare's Analytics Engine
 * (docs/operations.md, "Metrics"; ADR 0025). Without the binding `METRICS` nothing is written.
 *
 * A label is a word of the code: a route, a state, an error code. What a person or a site says never is one.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

interface Metric {
  /** Of the value, as UCUM has it. */
  unit: 'ms' | 'By' | '1'
  labels: readonly [] | readonly [string] | readonly [string, string] | readonly [string, string, string]
}

/** The labels of each metric, in the order of their columns: `blob2`, `blob3`, `blob4`. */
export const METRICS = {
  /** An answer of the API: a share of those that are no failure. */
  request: { unit: 'ms', labels: ['route', 'status', 'caller'] },
  /** A run that has ended, and how long it worked. */
  run: { unit: 'ms', labels: ['direction', 'outcome', 'code'] },
  /** From the receipt of a webhook until its post was imported. */
  webhook_lag: { unit: 'ms', labels: ['transport'] },
  /** A share of the polls, and how many commands each took along. */
  poll: { unit: '1', labels: ['transport'] },
  /** A connection that has changed its state or the reason for it. */
  connection: { unit: '1', labels: ['from', 'to', 'reason'] },
  /** A job of the cron. */
  job: { unit: 'ms', labels: ['job', 'outcome'] },
  /** Rows that wait in D1. */
  waiting: { unit: '1', labels: ['queue'] },
  /** Size of a D1 database. */
  database: { unit: 'By', labels: ['database'] },
  /** A passing error of D1. */
  d1_fault: { unit: '1', labels: ['outcome'] },
  /** A share of the calls that a rate limit refuses. */
  throttled: { unit: '1', labels: ['limit'] },
} as const satisfies Record<string, Metric>

/**
 * What is measured of what happens so often that each occasion would cost too much (docs/scale.md): of polls, of runs that
 * succeed and batches of webhooks, of calls that a rate limit refuses. Of requests it is `REQUEST_LOG_RATE`.
 */
export const SHARES = { poll: 0.001, work: 0.1, throttled: 0.05 } as const

export type MetricName = keyof typeof METRICS
type LabelOf<Name extends MetricName> = (typeof METRICS)[Name]['labels'][number]

/** One measurement. */
export interface Point {
  name: MetricName
  labels: Record<string, string>
  value: number
  /** How many occasions it stands for. */
  of: number
}

const WORD = /^[a-z0-9_.-]{1,64}$/i
/** Any other text could be a tenant's. */
const OTHER = 'other'
const NONE = 'none'

let dataset: AnalyticsEngineDataset | undefined
const collectors = new AsyncLocalStorage<Point[]>()

/** Where points go from now on; an isolate has one place all its life. */
export function setMetrics(binding: AnalyticsEngineDataset | undefined): void {
  dataset = binding
}

const toWord = (text: string | null | undefined): string =>
  text === null || text === undefined || text === '' ? NONE : WORD.test(text) ? text : OTHER

function write({ name, labels, value, of }: Point): void {
  const blobs = [name, ...METRICS[name].labels.map((label) => labels[label] ?? NONE)]
  try {
    dataset?.writeDataPoint({ indexes: [name], blobs, doubles: [of, value] })
  } catch {
    // an invocation takes 250 points; what is measured must go on
  }
}

/**
 * Notes a measurement.
 * @param value 1 where only the number of occasions counts
 * @param of how many occasions it stands for, where only a share of them is noted
 */
export function observe<Name extends MetricName>(
  name: Name,
  labels: Record<LabelOf<Name>, string | null | undefined>,
  value = 1,
  of = 1,
): void {
  const words = Object.entries<string | null | undefined>(labels).map(([label, text]) => [label, toWord(text)] as const)
  const point: Point = { name, labels: Object.fromEntries(words), value, of }
  collectors.getStore()?.push(point)
  write(point)
}

/** Does work, and keeps the points that it notes. */
export async function collectMetrics<T>(work: () => Promise<T>): Promise<{ result: T; points: Point[] }> {
  const points: Point[] = []
  return { result: await collectors.run(points, work), points }
}

/** Notes a share of the occasions, 0 to 1, where each would cost too much; its points say how many they stand for. */
export function observeShare<Name extends MetricName>(
  share: number,
  name: Name,
  labels: Record<LabelOf<Name>, string | null | undefined>,
  value = 1,
): void {
  if (share >= 1 || Math.random() < share) observe(name, labels, value, Math.round(1 / share))
}
