/** What the databases hold once the Worker has stopped. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface Stored {
  /** Rows of D1, by table. */
  rows: Record<string, number>
  /** Rows of D1 that are still to be worked on, by what they are. */
  waiting: Record<string, number>
  /** Where a deleted site is still named, by table. */
  remains: Record<string, number>
  /** Most events of one integration. */
  mostEvents: number
}

/** What a deleted site leaves on purpose: the audit log says who deleted it, and events stay until their time is over. */
const KEEPS_NAMES = new Set(['audit_log', 'sync_events'])
const OWN_TABLES =
  "type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name <> 'd1_migrations'"

const databasesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sqlite') && !name.includes('metadata'))
    .map((name) => join(folder, name))

function tablesOf(database: DatabaseSync): string[] {
  return (database.prepare(`SELECT name FROM sqlite_master WHERE ${OWN_TABLES}`).all() as { name: string }[]).map(
    ({ name }) => name,
  )
}

const numberOf = (database: DatabaseSync, sql: string): number =>
  (database.prepare(sql).get() as { n: number | null } | undefined)?.n ?? 0

/** Rows that something is still to be done with, by the table that has them. */
const WAITING: Readonly<Record<string, string>> = {
  outbox: 'SELECT count(*) AS n FROM outbox',
  notification_deliveries: "SELECT count(*) AS n FROM notification_deliveries WHERE status = 'pending'",
  integrations: "SELECT count(*) AS n FROM integrations WHERE sync_status IN ('syncing', 'pending')",
}

function readDatabase(file: string, gone: readonly string[], stored: Stored): void {
  const database = new DatabaseSync(file)
  const add = (counts: Record<string, number>, name: string, n: number) => (counts[name] = (counts[name] ?? 0) + n)
  for (const table of tablesOf(database)) {
    add(stored.rows, table, numberOf(database, `SELECT count(*) AS n FROM "${table}"`))
    const waiting = WAITING[table]
    if (waiting !== undefined) add(stored.waiting, table, numberOf(database, waiting))
    if (table === 'sync_events') {
      const most = 'SELECT max(n) AS n FROM (SELECT count(*) AS n FROM sync_events GROUP BY integration_id)'
      stored.mostEvents = Math.max(stored.mostEvents, numberOf(database, most))
    }
    if (KEEPS_NAMES.has(table)) continue
    for (const row of database.prepare(`SELECT * FROM "${table}"`).iterate()) {
      const text = JSON.stringify(row, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
      if (gone.some((id) => text.includes(id))) add(stored.remains, table, 1)
    }
  }
  database.close()
}

/** Tables that an object has; none once its site was deleted. */
function tablesOfObject(file: string): string[] {
  const database = new DatabaseSync(file)
  const tables = tablesOf(database)
  database.close()
  return tables
}

/**
 * @param folder what the Worker keeps; nothing may have it open
 * @param gone ids of sites and integrations that were deleted
 * @param goneObjects ids of their objects
 */
export function readStored(folder: string, gone: readonly string[], goneObjects: readonly string[]): Stored {
  const state = join(folder, 'state/v3')
  const stored: Stored = { rows: {}, waiting: {}, remains: {}, mostEvents: 0 }
  const ids = gone.filter((id) => id !== '')
  for (const file of databasesIn(join(state, 'd1'))) readDatabase(file, ids, stored)
  const isGone = new Set(goneObjects)
  for (const file of databasesIn(join(state, 'do'))) {
    const id = /([0-9a-f]{64})\.sqlite$/.exec(file)?.[1]
    if (id === undefined || !isGone.has(id)) continue
    const tables = tablesOfObject(file)
    if (tables.length > 0) stored.remains['objects'] = (stored.remains['objects'] ?? 0) + 1
  }
  return stored
}
