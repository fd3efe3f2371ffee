/** From operations, how often and prices to dollars a month. Pure. */
import {
  D1_TRIP_MS,
  ENRICHED_BYTES,
  LOG_DAYS,
  MONTH_MS,
  PEAK,
  REQUEST_BYTES,
  SITE_ANSWER_MS,
  SPAN_BYTES,
  type Observed,
  type Scenario,
} from './assumptions.ts'
import { SHARES } from '../../src/lib/metrics.ts'
import { PAUSE_SHARE } from '../../src/site/transport/direct-sender.ts'
import { KIND_IDS, kindOf, type KindId } from './kinds.ts'
import { atSize, d1Rows, type Operations, type Sized } from './operations.ts'
import {
  addUsage,
  listDollars,
  METERS,
  meterDollars,
  type Meter,
  monthDollars,
  noUsage,
  scaleUsage,
  type Usage,
} from './prices.ts'
import { type Bytes, databasesOf, growthOf, objectBytes, retentions, type Stored } from './storage.ts'

const GB = 1e9
/** Memory that an object is billed for, in GB. */
const OBJECT_GB = 0.128

/** What was counted on the running Worker. */
export interface Counts {
  /** Items of the two sites. */
  sizes: { small: number; large: number }
  kinds: Record<KindId, Sized>
  bytes: Bytes
}

export interface Configuration {
  observed: Observed
  retentionDays: number
  ticksAMonth: number
}

/** How long an object is active: its own work, and what it waits for. */
export function objectSeconds(operations: Operations): number {
  const { objectRequests, cpuMs, objectTrips, siteRequests, sleeps, sleptMs } = operations
  if (objectRequests === 0) return 0
  // the lab's site answers at once, and the pause after an answer is a share of the time that it took
  const waited = siteRequests * SITE_ANSWER_MS + sleeps * SITE_ANSWER_MS * PAUSE_SHARE
  return (cpuMs + objectTrips * D1_TRIP_MS + waited + sleptMs) / 1000
}

/** GB of logs and traces. */
export function observedGb(operations: Operations, { logs, requests, hasInvocations, traces }: Observed): number {
  const { workerRequests, objectRequests, logLines, logBytes, spans } = operations
  const ofRequests = requests * workerRequests
  const lines = logLines + ofRequests + (hasInvocations ? workerRequests + objectRequests : 0)
  const own = logBytes + ofRequests * REQUEST_BYTES
  return (logs * (lines * ENRICHED_BYTES + own) + traces * spans * SPAN_BYTES) / GB
}

/** What the platform bills for operations; nothing is stored by them. */
export function usageOf(operations: Operations, observed: Observed): Usage {
  const gb = observedGb(operations, observed)
  // points of which each stands for one occasion are counted. Of others there are at most so many: any request may be a
  // poll, and any alarm may end a run or a batch of webhooks
  const { points, workerRequests, alarms } = operations
  const sampled = (observed.requests + SHARES.poll) * workerRequests + SHARES.work * alarms
  return {
    ...noUsage(),
    workerRequests: operations.workerRequests,
    workerCpuMs: operations.workerRequests > 0 ? operations.workerCpuMs : 0,
    objectRequests: operations.objectRequests,
    objectGbS: objectSeconds(operations) * OBJECT_GB,
    objectRowsRead: operations.rowsRead,
    objectRowsWritten: operations.rowsWritten + operations.alarmsSet,
    d1RowsRead: d1Rows(operations, 'read'),
    d1RowsWritten: d1Rows(operations, 'written'),
    kvReads: operations.kvReads,
    kvWrites: operations.kvWrites,
    observed: gb,
    observedStorage: (gb * LOG_DAYS) / 30,
    points: points + sampled,
  }
}

export interface Line {
  id: KindId | 'storage'
  title: string
  perMonth: number
  /** Of one. */
  operations: Operations | null
  /** Of the month. */
  usage: Usage
  /** By list price: what the plan includes is taken off the sum alone. */
  dollars: number
}

export interface Estimate {
  scenario: Scenario
  lines: Line[]
  meters: { meter: Meter; amount: number; dollars: number }[]
  /** Dollars a month, with what the plan includes. */
  total: number
  stored: Stored
  rates: {
    workerRequestsPerSecond: number
    /** Statements a second that the control database and the event databases get, on average and in the busiest hour. */
    control: { queriesPerSecond: number; queriesAtPeak: number }
    events: { queriesPerSecond: number; queriesAtPeak: number }
    d1ByTable: { table: string; queries: number; read: number; written: number }[]
    alarmsPerSecond: number
    /** Sites that are called in a second. */
    siteRequestsPerSecond: number
  }
}

interface Quantity {
  id: KindId
  perMonth: number
  operations: Operations
}

/** Rows that a month inserts into each table. */
function insertedBy(quantities: readonly Quantity[]): Record<string, number> {
  const rows: Record<string, number> = {}
  for (const { perMonth, operations } of quantities)
    for (const [table, { inserted }] of Object.entries(operations.tables))
      rows[table] = (rows[table] ?? 0) + inserted * perMonth
  return rows
}

function quantitiesOf(counts: Counts, scenario: Scenario, configuration: Configuration): Quantity[] {
  const { ticksAMonth, retentionDays } = configuration
  const quantity = (id: KindId, rowsToPrune: number): Quantity => ({
    id,
    perMonth: kindOf(id).perMonth({ ...scenario, ticksAMonth, rowsToPrune }),
    operations: atSize(counts.kinds[id], counts.sizes, scenario.items),
  })
  const inserted = insertedBy(KIND_IDS.map((id) => quantity(id, 0)))
  const pruned = Object.keys(retentions(retentionDays)).reduce((sum, table) => sum + (inserted[table] ?? 0), 0)
  return KIND_IDS.map((id) => quantity(id, pruned))
}

function storedOf(counts: Counts, inserted: Record<string, number>, scenario: Scenario, retentionDays: number): Stored {
  const { sites, items } = scenario
  const tables = growthOf(counts.bytes, inserted, { sites, retentionDays })
  const objectGb = objectBytes(counts.bytes, counts.sizes, items) / GB
  return {
    tables,
    ...databasesOf(tables, { sites, retentionDays }),
    objectGb,
    objectsGb: objectGb * sites,
    kvGb: (counts.bytes.key * sites) / GB,
  }
}

function ratesOf(quantities: readonly Quantity[]): Estimate['rates'] {
  const perSecond = (of: (operations: Operations) => number) =>
    quantities.reduce((sum, { perMonth, operations }) => sum + of(operations) * perMonth, 0) / (MONTH_MS / 1000)
  const names = [...new Set(quantities.flatMap(({ operations }) => Object.keys(operations.tables)))]
  const byTable = names.map((table) => ({
    table,
    queries: perSecond(({ tables }) => tables[table]?.queries ?? 0),
    read: perSecond(({ tables }) => tables[table]?.read ?? 0),
    written: perSecond(({ tables }) => tables[table]?.written ?? 0),
  }))
  const queriesOf = (isCounted: (line: { table: string }) => boolean) => {
    const queriesPerSecond = byTable.filter(isCounted).reduce((sum, { queries }) => sum + queries, 0)
    return { queriesPerSecond, queriesAtPeak: queriesPerSecond * PEAK }
  }
  return {
    workerRequestsPerSecond: perSecond((operations) => operations.workerRequests),
    control: queriesOf(({ table }) => !table.startsWith('events.')),
    events: queriesOf(({ table }) => table.startsWith('events.')),
    d1ByTable: byTable.toSorted((left, right) => right.queries - left.queries),
    alarmsPerSecond: perSecond((operations) => operations.alarms),
    siteRequestsPerSecond: perSecond((operations) => operations.siteRequests),
  }
}

/** What a month costs. */
export function estimate(counts: Counts, scenario: Scenario, configuration: Configuration): Estimate {
  const quantities = quantitiesOf(counts, scenario, configuration)
  const stored = storedOf(counts, insertedBy(quantities), scenario, configuration.retentionDays)
  const storage: Usage = {
    ...noUsage(),
    d1Storage: stored.d1Gb,
    objectStorage: stored.objectsGb,
    kvStorage: stored.kvGb,
  }
  const lines: Line[] = quantities.map(({ id, perMonth, operations }) => {
    const usage = scaleUsage(usageOf(operations, configuration.observed), perMonth)
    return { id, title: kindOf(id).title, perMonth, operations, usage, dollars: listDollars(usage) }
  })
  lines.push({
    id: 'storage',
    title: 'what is stored',
    perMonth: 1,
    operations: null,
    usage: storage,
    dollars: listDollars(storage),
  })
  const usage = lines.map((line) => line.usage).reduce(addUsage, noUsage())
  return {
    scenario,
    lines: lines.toSorted((left, right) => right.dollars - left.dollars),
    meters: METERS.map((meter) => ({ meter, amount: usage[meter], dollars: meterDollars(meter, usage[meter]) })),
    total: monthDollars(usage),
    stored,
    rates: ratesOf(quantities),
  }
}
