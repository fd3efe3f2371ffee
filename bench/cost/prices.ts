/**
 * Cloudflare's prices for the Workers Paid plan, in dollars, as published on 29 November 2026. Logs and traces are priced
 * by volume from 1 December 2026 on; before, an event or span cost 0.60 dollars a million.
 *
 * Sources:
 * - requests and processor time: https://developers.cloudflare.com/workers/platform/pricing/
 * - D1: https://developers.cloudflare.com/d1/platform/pricing/
 * - KV: https://developers.cloudflare.com/kv/platform/pricing/
 * - objects: https://developers.cloudflare.com/durable-objects/platform/pricing/
 * - logs and traces: https://developers.cloudflare.com/observability/pricing/
 * - Analytics Engine: https://developers.cloudflare.com/analytics/analytics-engine/pricing/
 */
import { MOST_BYTES } from '../../src/services/shards/sizes.ts'

export const PRICES_OF = '2026-11-29'

/** Dollars for each of a month's units above those that the plan includes. */
export interface Price {
  /** For people: of what. */
  what: string
  unit: string
  dollars: number
  included: number
}

const MILLION = 1e6
const million = (what: string, dollars: number, included: number): Price => ({
  what,
  unit: 'million',
  dollars: dollars / MILLION,
  included,
})
const gigabytes = (what: string, dollars: number, included: number): Price => ({
  what,
  unit: 'GB',
  dollars,
  included,
})

/** The plan itself, a month. */
export const PLAN_DOLLARS = 5

export const PRICES = {
  workerRequests: million('Worker requests', 0.3, 10 * MILLION),
  workerCpuMs: million('Worker processor time (ms)', 0.02, 30 * MILLION),
  objectRequests: million('object requests and alarms', 0.15, MILLION),
  /** 128 MB for as long as the object is active. */
  objectGbS: million('object duration (GB-s)', 12.5, 400_000),
  objectRowsRead: million('object rows read', 0.001, 25_000 * MILLION),
  /** Each `setAlarm` is one, too. */
  objectRowsWritten: million('object rows written', 1, 50 * MILLION),
  objectStorage: gigabytes('object storage', 0.2, 5),
  d1RowsRead: million('D1 rows read', 0.001, 25_000 * MILLION),
  d1RowsWritten: million('D1 rows written', 1, 50 * MILLION),
  d1Storage: gigabytes('D1 storage', 0.75, 5),
  kvReads: million('KV reads', 0.5, 10 * MILLION),
  kvWrites: million('KV writes', 5, MILLION),
  kvStorage: gigabytes('KV storage', 0.5, 1),
  observed: gigabytes('logs and traces', 0.25, 50),
  observedStorage: gigabytes('logs and traces, kept 7 days', 0.1, 12),
  points: million('Analytics Engine points', 0.25, 10 * MILLION),
} satisfies Record<string, Price>

export type Meter = keyof typeof PRICES
export const METERS = Object.keys(PRICES) as Meter[]

/** What a month takes of each meter. */
export type Usage = Record<Meter, number>

export const noUsage = (): Usage => Object.fromEntries(METERS.map((meter) => [meter, 0])) as Usage

export const addUsage = (left: Usage, right: Usage): Usage =>
  Object.fromEntries(METERS.map((meter) => [meter, left[meter] + right[meter]])) as Usage

export const scaleUsage = (usage: Usage, factor: number): Usage =>
  Object.fromEntries(METERS.map((meter) => [meter, usage[meter] * factor])) as Usage

/** Dollars by list price, as if nothing were included. */
export const listDollars = (usage: Usage): number =>
  METERS.reduce((sum, meter) => sum + usage[meter] * PRICES[meter].dollars, 0)

/** Dollars of one meter for a whole month, with what the plan includes. */
export function meterDollars(meter: Meter, amount: number): number {
  const { dollars, included } = PRICES[meter]
  return Math.max(0, amount - included) * dollars
}

/** Dollars of a whole month: the plan, and what goes beyond what it includes. */
export const monthDollars = (usage: Usage): number =>
  METERS.reduce((sum, meter) => sum + meterDollars(meter, usage[meter]), PLAN_DOLLARS)

/** Limits of the platform that growth meets. */
export const LIMITS = {
  /** https://developers.cloudflare.com/d1/platform/limits/ */
  d1Gb: MOST_BYTES / 1e9,
  d1QueriesPerTick: 1_000,
  /** A database answers one query after another: about so many of a millisecond each. */
  d1QueriesPerSecond: 1_000,
  /** https://developers.cloudflare.com/durable-objects/platform/limits/ */
  objectGb: 10,
  /** https://developers.cloudflare.com/workers/platform/limits/ */
  subrequestsPerTick: 10_000,
} as const
