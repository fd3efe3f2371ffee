import type { Comparison } from './compare.ts'

/** One line of the report. */
export interface Row extends Partial<Comparison> {
  name: string
  /** What is compared with what. */
  against: string
  value: number
  unit: 'of the throughput' | 'times' | 'kB gzip' | 'items/s' | 'requests' | 'rows' | 'kB' | 'ms'
  /** Absent: told for information. */
  target?: { atLeast: number } | { atMost: number }
  note?: string
  details?: Record<string, number>
}

/** Whether a row reaches its target; null where it has none. */
export function isReached({ value, target }: Row): boolean | null {
  if (!target) return null
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}

const describeTarget = ({ target }: Row) =>
  target ? ('atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`) : '–'
const VERDICTS = new Map([
  [true, 'reached'],
  [false, 'MISSED'],
  [null, ''],
])
const figure = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(2))

/** The rows as a table for people, notes below it. */
export function printTable(rows: readonly Row[]): void {
  const cells = rows.map((row) => [
    row.name,
    `${figure(row.value)} ${row.unit}`,
    row.spread ? `${figure(row.spread[0])} – ${figure(row.spread[1])}` : '',
    describeTarget(row),
    VERDICTS.get(isReached(row)) ?? '',
  ])
  const table = [['path', 'measured', 'quartiles', 'target', ''], ...cells]
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)))
  for (const line of table)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
  console.log()
  for (const { name, against, note, details } of rows) {
    console.log(`${name}: ${against}${note === undefined ? '' : ` ${note}`}`)
    const figures = Object.entries(details ?? {}).map(([what, value]) => `${what} ${value}`)
    if (figures.length > 0) console.log(`  ${figures.join(', ')}`)
  }
}

/** The rows as one JSON document. */
export function printJson(rows: readonly Row[], machine: Record<string, unknown>): void {
  const results = rows.map((row) => ({ ...row, reached: isReached(row) }))
  console.log(JSON.stringify({ measured_at: new Date().toISOString(), machine, results }, null, 2))
}
