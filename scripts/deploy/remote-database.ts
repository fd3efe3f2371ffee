/** A database of an account over Cloudflare's HTTP API, in the shape of a binding, as far as drizzle uses one. */
import * as z from 'zod'
import { queryPath } from './database.ts'
import type { Progress } from './state.ts'
import { accessOf } from './wrangler.ts'

const RIGHT = 'Account · D1 · Edit'
const Meta = z.looseObject({ changes: z.number().default(0), size_after: z.number().optional() })
const Value = z.union([z.string(), z.number(), z.null()])
const Objects = z.array(z.looseObject({ results: z.array(z.record(z.string(), Value)), meta: Meta })).min(1)
const Rows = z.array(z.looseObject({ results: z.looseObject({ rows: z.array(z.array(Value)) }) })).min(1)

/** @param id of the database */
export function openRemote(progress: Progress, id: string): D1Database {
  const ask = async <T>(schema: z.ZodType<T>, method: 'query' | 'raw', sql: string, params: unknown[]): Promise<T> => {
    const path = `${queryPath(progress, id)}/${method}`
    return accessOf(progress).api.call({ schema, path, right: RIGHT, method: 'POST', body: { sql, params } })
  }
  const prepare = (sql: string, params: unknown[] = []): object => {
    const run = async () => ({ success: true, ...(await ask(Objects, 'query', sql, params))[0] })
    return {
      bind: (...values: unknown[]) => prepare(sql, values),
      all: run,
      run,
      raw: async () => (await ask(Rows, 'raw', sql, params))[0]?.results.rows ?? [],
    }
  }
  const session = { prepare: (sql: string) => prepare(sql), getBookmark: () => null }
  const binding: unknown = { ...session, withSession: () => session }
  return binding as D1Database
}
