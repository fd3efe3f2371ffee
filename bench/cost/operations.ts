import { type Counted, nothingCounted, type TableCount } from '../lib/counted.ts'

/** What is counted of a piece of work; fractions are averages. */
export type Operations = Omit<Counted, 'messages' | 'tables'> & {
  /** Processor time of the whole runtime, its simulated databases included. */
  cpuMs: number
  /** The same, without what only starts the object: of this the Worker is billed a part. */
  workerCpuMs: number
  /** D1, by the table that each statement is about. */
  tables: Record<string, TableCount>
}

type Part = Exclude<keyof Operations, 'tables'>

const { tables: _, messages: __, ...NOTHING_COUNTED } = nothingCounted()
const NONE: Record<Part, number> = { ...NOTHING_COUNTED, cpuMs: 0, workerCpuMs: 0 }

export const PARTS = Object.keys(NONE) as Part[]
const NO_ROWS: TableCount = { queries: 0, read: 0, written: 0, inserted: 0 }
const TABLE_PARTS = Object.keys(NO_ROWS) as (keyof TableCount)[]

export const nothing = (): Operations => ({ ...NONE, tables: {} })

/** Combines each number of one with that of the other; a table that one of them lacks counts as zeros. */
function combine(left: Operations, right: Operations, how: (left: number, right: number) => number): Operations {
  const combined = nothing()
  for (const part of PARTS) combined[part] = how(left[part], right[part])
  for (const name of new Set([...Object.keys(left.tables), ...Object.keys(right.tables)])) {
    const [one, other] = [left.tables[name] ?? NO_ROWS, right.tables[name] ?? NO_ROWS]
    const table = { ...NO_ROWS }
    for (const part of TABLE_PARTS) table[part] = how(one[part], other[part])
    combined.tables[name] = table
  }
  return combined
}

export const add = (left: Operations, right: Operations): Operations => combine(left, right, (a, b) => a + b)

export const scale = (operations: Operations, factor: number): Operations =>
  combine(operations, nothing(), (a) => a * factor)

/** The same work without what is counted of it elsewhere; never less than nothing. */
export const subtract = (left: Operations, right: Operations): Operations =>
  combine(left, right, (a, b) => Math.max(0, a - b))

/** Operations at two sizes of a site, in items. */
export interface Sized {
  small: Operations
  large: Operations
}

/**
 * The operations at a size, on the line through both sizes. What differs by chance (a wait that took one round more)
 * makes no line that falls below nothing.
 */
export function atSize({ small, large }: Sized, sizes: { small: number; large: number }, items: number): Operations {
  const share = (items - sizes.small) / (sizes.large - sizes.small)
  return combine(small, large, (a, b) => Math.max(0, a + (b - a) * share))
}

/** Rows of D1 in all tables. */
export const d1Rows = ({ tables }: Operations, part: 'read' | 'written'): number =>
  Object.values(tables).reduce((sum, table) => sum + table[part], 0)

/** Adds what was counted, without the messages. */
export function addCounted(operations: Operations, { messages: _messages, ...counted }: Counted): Operations {
  return add(operations, { ...counted, cpuMs: 0, workerCpuMs: 0 })
}
