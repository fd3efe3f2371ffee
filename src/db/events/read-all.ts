import type { Db } from '../client.ts'
import type { AccountShards } from './shards.ts'

interface Order<R> {
  /** What orders the rows, unique within the account. */
  key: (row: R) => string
  descending: boolean
  limit: number
}

/**
 * Rows of an account from every database that may have some. While an account is moved these are two, and a row that is
 * being copied is in both: it counts once, as the database has it that the account moves to.
 */
export async function readAll<R>(
  { read }: AccountShards,
  query: (db: Db) => Promise<R[]>,
  { key, descending, limit }: Order<R>,
): Promise<R[]> {
  const [first, ...others] = read
  const rows = await query(first)
  if (others.length === 0) return rows
  const byKey = new Map(rows.map((row) => [key(row), row]))
  // one after the other: a row that is moved meanwhile is in the second database
  for (const db of others) for (const row of await query(db)) byKey.set(key(row), row)
  const direction = descending ? -1 : 1
  const ordered = [...byKey.entries()].toSorted(([one], [other]) => (one < other ? -direction : direction))
  return ordered.slice(0, limit).map(([, row]) => row)
}
