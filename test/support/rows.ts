import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { forgetApiKeys } from '../../src/services/api-keys/store.ts'
import { siteObject } from './integration.ts'

/**
 * What a piece of work cost: rows of the object's SQLite, settings of its alarm, statements sent to D1 with the rows that
 * they wrote, indexes included, and reads of KV.
 */
export interface Cost {
  read: number
  written: number
  alarms: number
  d1: number
  d1Written: number
  kv: number
  /** The statements of the object, in order, with the rows of each. */
  statements: { sql: string; read: number; written: number }[]
}

type Method = (...args: unknown[]) => unknown

interface Answered {
  meta?: { rows_written?: number }
}

/** Replaces a method for the time of the work. All files of the project share one isolate, so it is put back. */
function intercept(target: object, name: string, onCall: (result: unknown, args: unknown[]) => void): () => void {
  const original = Reflect.get(target, name) as Method
  Reflect.set(target, name, function (this: unknown, ...args: unknown[]) {
    const result = original.apply(this, args)
    onCall(result, args)
    return result
  })
  return () => Reflect.set(target, name, original)
}

/**
 * Measures what work costs the object of a site, as the platform counts it.
 * @param options.isCold the object starts anew for the work, as after seconds without a call
 */
export async function measureRows(
  siteId: string,
  work: () => Promise<unknown>,
  { isCold = false } = {},
): Promise<Cost> {
  const { sql, storage } = await runInDurableObject(siteObject(siteId), (_instance, state) => ({
    sql: Object.getPrototypeOf(state.storage.sql) as object,
    storage: Object.getPrototypeOf(state.storage) as object,
  }))
  if (isCold) await evictDurableObject(siteObject(siteId))
  const cursors: { sql: string; cursor: SqlStorageCursor<Record<string, SqlStorageValue>> }[] = []
  const counts = { alarms: 0, d1: 0, d1Written: 0, kv: 0 }
  forgetApiKeys(env.API_KEYS)
  const session = Object.getPrototypeOf(env.DB.withSession()) as object
  /** Every statement is sent by this method, and the answer says what the platform would bill. */
  const addWritten = async (answer: unknown) => {
    for (const { meta } of [(await answer) as Answered | Answered[]].flat()) counts.d1Written += meta?.rows_written ?? 0
  }
  const restore = [
    intercept(sql, 'exec', (cursor, [text]) =>
      cursors.push({ sql: String(text), cursor: cursor as (typeof cursors)[number]['cursor'] }),
    ),
    intercept(storage, 'setAlarm', () => counts.alarms++),
    intercept(session, 'prepare', () => counts.d1++),
    intercept(session, '_send', (answer) => void addWritten(answer).catch(() => undefined)),
    intercept(Object.getPrototypeOf(env.API_KEYS) as object, 'get', () => counts.kv++),
  ]
  try {
    await work()
  } finally {
    for (const undo of restore) undo()
  }
  const statements = cursors.map(({ sql: text, cursor }) => ({
    sql: text.replaceAll(/\s+/g, ' '),
    read: cursor.rowsRead,
    written: cursor.rowsWritten,
  }))
  const total = (part: 'read' | 'written') => statements.reduce((sum, statement) => sum + statement[part], 0)
  return { read: total('read'), written: total('written'), ...counts, statements }
}
