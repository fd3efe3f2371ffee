/** What counting.ts has counted, and how methods are replaced by ones that count. It runs in the Worker's isolate. */
import { AsyncLocalStorage } from 'node:async_hooks'

/** What one table of D1 was asked. Rows as D1 bills them: those of indexes and triggers are counted, too. */
export interface TableCount {
  queries: number
  read: number
  written: number
  /** Rows that were inserted, without those of indexes. */
  inserted: number
}

/** What was counted. */
export interface Counted {
  workerRequests: number
  /** Calls of objects, WebSocket upgrades and alarms among them. */
  objectRequests: number
  /** Alarms that fired, and how often one was set. */
  alarms: number
  alarmsSet: number
  /** Rows of the objects' SQLite. */
  rowsRead: number
  rowsWritten: number
  /** Statements sent to D1, and round trips that wrote something. */
  queries: number
  d1Writes: number
  /** Round trips to D1 that an object waited for. */
  objectTrips: number
  /** Requests of objects to their sites; pauses that objects made, and milliseconds of them. */
  siteRequests: number
  sleeps: number
  sleptMs: number
  kvReads: number
  kvWrites: number
  /** Points written to Analytics Engine that stand for one occasion each. */
  points: number
  logLines: number
  logBytes: number
  /** Spans that a traced invocation would have. */
  spans: number
  tables: Record<string, TableCount>
  /** Messages of the log lines. */
  messages: string[]
}

export type Method = (this: unknown, ...args: unknown[]) => unknown

export const nothingCounted = (): Counted => ({
  workerRequests: 0,
  objectRequests: 0,
  alarms: 0,
  alarmsSet: 0,
  rowsRead: 0,
  rowsWritten: 0,
  queries: 0,
  d1Writes: 0,
  objectTrips: 0,
  siteRequests: 0,
  sleeps: 0,
  sleptMs: 0,
  kvReads: 0,
  kvWrites: 0,
  points: 0,
  logLines: 0,
  logBytes: 0,
  spans: 0,
  tables: {},
  messages: [],
})

/** So far. */
export const told = nothingCounted()

/** @returns what was counted, which is forgotten */
export function takeTold(): Counted {
  const before = { ...told }
  Object.assign(told, nothingCounted())
  return before
}

/** Whose work is done. */
export const where = new AsyncLocalStorage<'object' | 'worker'>()
export const isInObject = () => where.getStore() === 'object'

/** Replaces a method of a prototype by one that counts; once per isolate. */
export function patch(target: object, name: string, wrap: (original: Method) => Method): void {
  const original = Reflect.get(target, name) as Method & { isCounted?: true }
  if (typeof original !== 'function' || original.isCounted) return
  Reflect.set(target, name, Object.assign(wrap(original), { isCounted: true }))
}

export const prototypeOf = (value: unknown) => Object.getPrototypeOf(value) as object
