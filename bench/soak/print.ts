/** What a soak has shown, for people. */
import { type Claim, type Measured, ofLastProcess } from './claims.ts'
import { figureAt, type Point, trendOf } from './fit.ts'
import { LAGS } from './lag.ts'
import type { Sample } from './samples.ts'

type Figure = readonly [name: string, points: readonly Point[], digits: number]

const AT = [0, 0.25, 0.5, 0.75, 1] as const
const HEADINGS = ['figure', 'start', 'quarter', 'half', 'three quarters', 'end', 'an hour']
/** A figure is the median of what was measured so near, as a share of the whole. */
const NEAR = 0.06

const figures: readonly (readonly [string, (sample: Sample) => number | null, number])[] = [
  ['resident memory of workerd, MB', ({ residentMb }) => residentMb, 0],
  ['heap in use, MB', ({ heapMb }) => heapMb, 1],
  ['processor, of one core', ({ workerCpu }) => workerCpu, 2],
  ['processor of the load and the sites', ({ loadCpu }) => loadCpu, 2],
  ['webhooks that wait', ({ webhooks }) => webhooks, 0],
  ['webhooks not delivered', ({ undelivered }) => undelivered, 0],
  ['runs that have not ended', ({ runs }) => runs, 0],
  ['commands that wait for a poll', ({ commands }) => commands, 0],
  ['live connections', ({ sockets }) => sockets, 0],
  ['sites', ({ sites }) => sites, 0],
  ['D1, MB', ({ d1Mb }) => d1Mb, 1],
  ['databases of objects, MB', ({ objectsMb }) => objectsMb, 1],
]

const LAG_NAMES = {
  seen: 'edit in WordPress → shown, ms',
  posted: 'edit in IGNY8 → post, ms',
  seenByPolling: 'the same by polling, ms',
  postedByPolling: 'and back by polling, ms',
} as const

export function figuresOf({ samples, lags }: Measured): Figure[] {
  const series = figures.map(([name, pick, digits]): Figure => {
    const points = samples.flatMap((sample) => {
      const value = pick(sample)
      return value === null || Number.isNaN(value) ? [] : [{ at: sample.at, value }]
    })
    return [name, points, digits]
  })
  return [...series, ...LAGS.map((lag): Figure => [LAG_NAMES[lag], lags[lag], 0])]
}

const toText = (value: number, digits: number): string => (Number.isFinite(value) ? value.toFixed(digits) : '–')

/** A figure at five times, and its slope per hour by the robust fit. */
function rowOf([name, points, digits]: Figure, minutes: number): string[] {
  const near = minutes * NEAR
  const cells = AT.map((share) => toText(figureAt(points, minutes * share, near), digits))
  const { perHour } = trendOf(points)
  return [name, ...cells, Number.isFinite(perHour) ? `${perHour > 0 ? '+' : ''}${toText(perHour, digits + 1)}` : '–']
}

function printRows(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
}

const WORDS = new Map([
  [true, 'holds'],
  [false, 'FAILS'],
  [null, 'not enough to say'],
])

export function printSoak(measured: Measured, claims: readonly Claim[]): void {
  printRows([HEADINGS, ...figuresOf(measured).map((figure) => rowOf(figure, measured.minutes))])
  const last = ofLastProcess(measured.samples)
  const [first, end] = [last[0]?.at ?? Number.NaN, last.at(-1)?.at ?? Number.NaN]
  console.log(
    `\nMemory is judged from minute ${toText(first, 0)} to ${toText(end, 0)}: one process, once it was warm.\n`,
  )
  for (const { claim, measured: figure, target, holds } of claims)
    console.log(`${(WORDS.get(holds) ?? '').padEnd(18)} ${claim}: ${figure}; target ${target}`)
}
