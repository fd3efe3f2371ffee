/** Counts what D1, KV and Analytics Engine are asked, for counting.ts. It runs in the Worker's isolate. */
import { isInObject, patch, prototypeOf, told } from './counted.ts'

/** Databases by their binding, and sessions by their database. */
const bindings = new WeakMap<object, string>()
const databases = new WeakMap<object, string>()
const CONTROL = 'DB'

/** The table that a statement is about: the one it writes, else the first it reads; `events.` is before those of events. */
function tableOf(sql: string, binding: string): string {
  const prefix = binding === CONTROL ? '' : 'events.'
  const written = /\b(?:insert\s+(?:or\s+\w+\s+)?into|update|delete\s+from)\s+["`]?(\w+)/i.exec(sql)
  const read = /\bfrom\s+["`]?(\w+)/i.exec(sql)
  return prefix + (written?.[1] ?? read?.[1] ?? 'other')
}

interface Meta {
  rows_read?: number
  rows_written?: number
  changes?: number
}

function countStatement(sql: string, binding: string, meta: Meta): void {
  const table = (told.tables[tableOf(sql, binding)] ??= { queries: 0, read: 0, written: 0, inserted: 0 })
  table.queries++
  table.read += meta.rows_read ?? 0
  table.written += meta.rows_written ?? 0
  if (/^\s*insert/i.test(sql)) table.inserted += meta.changes ?? 0
}

const isDatabase = (value: unknown): value is D1Database =>
  typeof value === 'object' && value !== null && 'withSession' in value

/** D1: all statements go through `_send` of the session, with the rows of each in the answer. */
export function countD1(env: Env): void {
  for (const [binding, value] of Object.entries(env)) if (isDatabase(value)) bindings.set(value, binding)
  patch(prototypeOf(env.DB), 'withSession', (original) => {
    return function (this: unknown, ...args: unknown[]) {
      const session = original.apply(this, args) as object
      databases.set(session, bindings.get(this as object) ?? CONTROL)
      return session
    }
  })
  patch(prototypeOf(env.DB.withSession()), '_send', (original) => {
    return async function (this: unknown, ...args: unknown[]) {
      const answer = await original.apply(this, args)
      const statements = [args[1] as string | string[]].flat()
      const results = [answer as { meta?: Meta } | { meta?: Meta }[]].flat()
      told.spans++
      told.queries += statements.length
      if (statements.some((sql) => !/^\s*(select|with)/i.test(sql))) told.d1Writes++
      if (isInObject()) told.objectTrips++
      const binding = databases.get(this as object) ?? CONTROL
      for (const [index, sql] of statements.entries()) countStatement(sql, binding, results[index]?.meta ?? {})
      return answer
    }
  })
}

export function countKv(store: KVNamespace): void {
  const count = (name: string, part: 'kvReads' | 'kvWrites') =>
    patch(prototypeOf(store), name, (original) => {
      return function (this: unknown, ...args: unknown[]) {
        told[part]++
        told.spans++
        return original.apply(this, args)
      }
    })
  for (const name of ['get', 'getWithMetadata']) count(name, 'kvReads')
  for (const name of ['put', 'delete', 'list']) count(name, 'kvWrites')
}

/** Points that stand for one occasion: how many others there are is chance, and in the model (bench/cost/model.ts). */
export function countPoints(env: Env): void {
  for (const binding of Object.values(env as object) as unknown[]) {
    if (typeof binding !== 'object' || binding === null || !('writeDataPoint' in binding)) continue
    patch(prototypeOf(binding), 'writeDataPoint', (original) => {
      return function (this: unknown, ...args: unknown[]) {
        if ((args[0] as { doubles?: number[] }).doubles?.[0] === 1) told.points++
        return original.apply(this, args)
      }
    })
  }
}
