/** The estimate as tables for people. */
import type { Counts, Estimate, Line } from './model.ts'
import { d1Rows } from './operations.ts'
import { LIMITS, PRICES, PRICES_OF } from './prices.ts'
import type { DatabaseGrowth } from './storage.ts'
import { TARGET_DOLLARS, TARGET_OF_SIZE } from './target.ts'

const SHOWN_TABLES = 8
const SMALLEST_SHOWN = 0.005
const UNITS = [
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
] as const

/** A number in few characters: `864 M`, `15.2 k`, `0.54`; empty for 0. */
function short(value: number): string {
  if (value === 0) return ''
  for (const [unit, size] of UNITS)
    if (value >= size * 10) return `${(value / size).toFixed(value >= size * 100 ? 0 : 1)} ${unit}`
  if (value >= 100) return value.toFixed(0)
  if (value >= 10) return value.toFixed(1)
  return value < SMALLEST_SHOWN ? '~0' : String(Number(value.toFixed(2)))
}

const money = (value: number) => value.toFixed(value >= 100 ? 0 : 2)

/** Columns on a line each; numbers to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}

const HEAD = ['', 'a month', 'req', 'CPU', 'obj', 'r', 'w', 'D1', 'r', 'w', 'KV', 'log', 'dollars']
const LEGEND = `\
Of one piece of work: requests to the Worker, its processor time (ms, at most), calls of objects, rows that objects read
and write (a set alarm is one), statements of D1, rows that D1 reads and writes, KV, log lines. Dollars: of a month, by
list price; what the plan includes is taken off below.`

function lineOf({ title, perMonth, operations, dollars }: Line): string[] {
  if (!operations) return [title, ...Array.from({ length: HEAD.length - 2 }, () => ''), money(dollars)]
  const { workerRequests, workerCpuMs, objectRequests, rowsRead, rowsWritten, alarmsSet, queries } = operations
  const counted = [
    perMonth,
    workerRequests,
    workerRequests > 0 ? workerCpuMs : 0,
    objectRequests,
    rowsRead,
    rowsWritten + alarmsSet,
    queries,
    d1Rows(operations, 'read'),
    d1Rows(operations, 'written'),
    operations.kvReads + operations.kvWrites,
    operations.logLines,
  ]
  return [title, ...counted.map(short), money(dollars)]
}

function printMeters({ meters, total }: Estimate): void {
  const paid = meters
    .filter(({ dollars }) => dollars >= SMALLEST_SHOWN)
    .toSorted((left, right) => right.dollars - left.dollars)
  const rows = paid.map(({ meter, amount, dollars }) => [PRICES[meter].what, short(amount), money(dollars)])
  console.log(table([['billed', 'a month', 'dollars'], ...rows, ['in all, with the plan', '', money(total)]]))
}

function printStored({ stored, rates, scenario }: Estimate): void {
  const { tables, control, events, objectGb, objectsGb } = stored
  const full = ({ daysToFull }: DatabaseGrowth) =>
    daysToFull === null ? 'not full in ten years' : `one is full after ${daysToFull} days`
  console.log(
    `\nD1, whose databases have ${LIMITS.d1Gb} GB each: the control database ${control.gb.toFixed(2)} GB in the long run ` +
      `(${full(control)}); events ${events.gb.toFixed(1)} GB (${full(events)}; ${events.databases} needed).`,
  )
  const rows = tables
    .slice(0, SHOWN_TABLES)
    .map(({ table: name, bytesPerRow, rowsPerMonth, gb, isEndless }) => [
      name,
      short(rowsPerMonth),
      bytesPerRow.toFixed(0),
      `${gb.toFixed(2)}${isEndless ? ' a year' : ''}`,
    ])
  console.log(table([['table', 'rows a month', 'bytes each', 'GB'], ...rows]))
  const each = (objectGb * 1000).toFixed(2)
  console.log(`Objects: ${each} MB each, ${objectsGb.toFixed(0)} GB for ${scenario.sites} sites.`)
  const perSecond = (value: number) => value.toFixed(value < 10 ? 1 : 0)
  const queries = ({ queriesPerSecond, queriesAtPeak }: Estimate['rates']['control']) =>
    `${perSecond(queriesPerSecond)} (${perSecond(queriesAtPeak)} in the busiest hour)`
  console.log(
    `A second: ${perSecond(rates.workerRequestsPerSecond)} requests, ${perSecond(rates.alarmsPerSecond)} alarms, ` +
      `${perSecond(rates.siteRequestsPerSecond)} requests to sites; queries of the control database ` +
      `${queries(rates.control)}, of the event databases ${queries(rates.events)}.`,
  )
}

/**
 * Prints what a month costs, what it consists of, and what dominates.
 * @param ofTenfold dollars of the same with ten times as many items
 */
export function printEstimate(estimate: Estimate, { sizes }: Counts, ofTenfold: number): void {
  const { scenario, lines, total } = estimate
  const { sites, items, edits, polling } = scenario
  console.log(`${sites} sites with ${items} items and ${edits} edits a day; ${polling * 100} % of them poll.`)
  console.log(`Counted at ${sizes.small} and ${sizes.large} items; prices of ${PRICES_OF}.\n`)
  console.log(table([HEAD, ...lines.map(lineOf)]))
  console.log(`\n${LEGEND}\n`)
  printMeters(estimate)
  printStored(estimate)
  const top = lines.slice(0, 3).map(({ title, dollars }) => `${title} (${money(dollars)})`)
  console.log(`\nMost of it: ${top.join('; ')}.`)
  console.log(
    `${money(total)} dollars a month, ${(total / TARGET_DOLLARS).toFixed(2)} of the ${TARGET_DOLLARS} that 100000 ` +
      'sites with 500 items, 3 edits and 20 % polling may cost.',
  )
  console.log(
    `With ${items * 10} items ${money(ofTenfold)}, ${(ofTenfold / total).toFixed(2)} times as much; from 500 to 5000 ` +
      `it may be ${TARGET_OF_SIZE}.`,
  )
}
