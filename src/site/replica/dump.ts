/**
 * A backup of an object: every row of its tables as it was at one moment, read in pages.
 *
 * A small object is read at once, in one step. A large one is read in many calls, and goes on working meanwhile. For that
 * time triggers keep of each row that is changed or deleted what it was before, once, and of each new row that it is new
 * (copy on write). So a page takes the rows that were not changed from the table itself, and at the table's end those that
 * were from the copies. A row that is changed after its page was read is in the backup twice, both times as it was at the
 * beginning. Tables that don't grow with the site are read whole in the first call.
 *
 * Left out is what another backup doesn't need: files of imports, and the state of backups themselves.
 */
import type { DumpPlace, ExportPage } from '../keeping-rpc.ts'
import { firstRow, type SiteDatabase, type SqlRow, type SqlValue } from './database.ts'
import { SITE_STORE_VERSION } from './migrations.ts'
import type { DumpTable } from './tables/dumps.ts'

/** Of the format. A reader refuses a higher one. */
export const DUMP_VERSION = 1

/** Tables that grow with the site. */
export const LARGE_TABLES = [
  'items',
  'versions',
  'history',
  'resolutions',
  'terms',
  'media',
  'inbox',
  'pass_ids',
  'bulk_parts',
] as const
/** Tables that are not part of a backup. */
export const LEFT_OUT: readonly string[] = ['migrations', 'imports', 'import_lines', 'dump', 'loading']

/** The copies of a table begin with this. */
const COPY = 'dump_'
/** An object of this size at most is read in one step. */
const SMALL_BYTES = 2_000_000
const PAGE_CHARACTERS = 1_000_000
/** Rows read at once: few where a row can have 2 MB. */
const ROWS_AT_ONCE = 500
const LONG_ROWS_AT_ONCE = 10
const WITH_TEXTS: ReadonlySet<string> = new Set(['versions', 'history', 'resolutions'])

interface Shape {
  table: string
  columns: string[]
  key: string[]
}

const text = (line: object) => `${JSON.stringify(line)}\n`
const list = (names: readonly string[], prefix = '') => names.map((name) => `${prefix}${name}`).join(', ')

/** The tables of a backup, in the order of their names. */
export function dumpedTables(database: SiteDatabase): string[] {
  const sql = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'
    AND name NOT LIKE '~_cf~_%' ESCAPE '~' AND name NOT LIKE 'dump~_%' ESCAPE '~' ORDER BY name`
  const names = database.rows<{ name: string }>(sql).map(({ name }) => name)
  return names.filter((name) => !LEFT_OUT.includes(name))
}

export function shapeOf(database: SiteDatabase, table: string): Shape {
  const sql = 'SELECT name, pk FROM pragma_table_info(?) ORDER BY cid'
  const columns = database.rows<{ name: string; pk: number }>(sql, table)
  const key = columns.filter(({ pk }) => pk > 0).toSorted((left, right) => left.pk - right.pk)
  return { table, columns: columns.map(({ name }) => name), key: key.map(({ name }) => name) }
}

function toLine(table: string, columns: readonly string[], row: SqlRow): string {
  return text({ kind: 'row', table, values: columns.map((name) => row[name]) })
}

function readWhole(database: SiteDatabase, table: string): string {
  const { columns } = shapeOf(database, table)
  return database
    .rows(`SELECT /* all of it */ ${list(columns)} FROM ${table}`)
    .map((row) => toLine(table, columns, row))
    .join('')
}

/** The first line: the version of the tables, and their columns in the order of the values. */
function headOf(database: SiteDatabase, tables: readonly string[], now: number): string {
  const columns = Object.fromEntries(tables.map((table) => [table, shapeOf(database, table).columns]))
  return text({ kind: 'object', version: DUMP_VERSION, schema: SITE_STORE_VERSION, at: now, columns })
}

/**
 * Keeps from now on what the rows of a table were. Not by OR IGNORE: the conflict clause of a statement that fires a
 * trigger takes the place of the trigger's own.
 */
function watch(database: SiteDatabase, { table, columns, key }: Shape): void {
  const copy = `${COPY}${table}`
  const unless = (row: string) =>
    `WHERE NOT EXISTS (SELECT 1 FROM ${copy} WHERE ${key.map((name) => `${name} = ${row}.${name}`).join(' AND ')});`
  const old = `INSERT INTO ${copy} (${list(columns)}, was) SELECT ${list(columns, 'old.')}, 1 ${unless('old')}`
  const isNew = `INSERT INTO ${copy} (${list(key)}, was) SELECT ${list(key, 'new.')}, 0 ${unless('new')}`
  database.rows(`CREATE TABLE ${copy} AS SELECT ${list(columns)}, 1 AS was FROM ${table} LIMIT 0`)
  database.rows(`CREATE UNIQUE INDEX ${copy}_key ON ${copy} (${list(key)})`)
  database.rows(`CREATE TRIGGER ${copy}_update BEFORE UPDATE ON ${table} BEGIN ${old} END`)
  database.rows(`CREATE TRIGGER ${copy}_delete BEFORE DELETE ON ${table} BEGIN ${old} END`)
  database.rows(`CREATE TRIGGER ${copy}_insert AFTER INSERT ON ${table} BEGIN ${isNew} END`)
}

function unwatch(database: SiteDatabase, table: string): void {
  for (const event of ['update', 'delete', 'insert']) database.rows(`DROP TRIGGER IF EXISTS ${COPY}${table}_${event}`)
  database.rows(`DROP TABLE IF EXISTS ${COPY}${table}`)
}

/** Gives a backup up that is being read in pages. */
export function endDump(database: SiteDatabase, dumps: DumpTable): void {
  database.transaction(() => {
    for (const table of dumps.read()?.tables ?? []) unwatch(database, table)
    dumps.end()
  })
}

/** Starts a backup in place of the one that was being read. */
function startDump(database: SiteDatabase, dumps: DumpTable, id: string, now: number, bytes: number) {
  endDump(database, dumps)
  return database.transaction((): ExportPage<DumpPlace> => {
    const tables = dumpedTables(database)
    const large = bytes <= SMALL_BYTES ? [] : LARGE_TABLES.filter((table) => tables.includes(table))
    const small = tables.filter((table) => !(large as string[]).includes(table))
    const lines = headOf(database, tables, now) + small.map((table) => readWhole(database, table)).join('')
    const [first] = large
    if (first === undefined) return { text: lines, next: null }
    for (const table of large) watch(database, shapeOf(database, table))
    dumps.start(id, large, now)
    return { text: lines, next: { table: first, old: false, after: null } }
  })
}

/** Rows of a table, or of its copies, after a key, in the order of the keys. */
function readRows(database: SiteDatabase, shape: Shape, { old, after }: DumpPlace, limit: number): SqlRow[] {
  const { table, columns, key } = shape
  const [names, copy] = [list(key), `${COPY}${table}`]
  const from = after === null ? '' : ` AND (${names}) > (${key.map(() => '?').join()})`
  const values: SqlValue[] = [...(after ?? []), limit]
  if (old)
    return database.rows(
      `SELECT ${list(columns)} FROM ${copy} WHERE was = 1${from} ORDER BY ${names} LIMIT ?`,
      ...values,
    )
  const same = key.map((name) => `${copy}.${name} = ${table}.${name}`).join(' AND ')
  return database.rows(
    `SELECT ${list(columns)} FROM ${table} WHERE NOT EXISTS (SELECT 1 FROM ${copy} WHERE ${same})${from}
     ORDER BY ${names} LIMIT ?`,
    ...values,
  )
}

/** What comes after all rows of a table, or of its copies; null: all tables were read. */
function afterTable(tables: readonly string[], { table, old }: DumpPlace): DumpPlace | null {
  if (!old) return { table, old: true, after: null }
  const next = tables[tables.indexOf(table) + 1]
  return next === undefined ? null : { table: next, old: false, after: null }
}

/** About a megabyte of rows of one table. */
function readPage(database: SiteDatabase, tables: readonly string[], place: DumpPlace): ExportPage<DumpPlace> {
  const shape = shapeOf(database, place.table)
  const limit = WITH_TEXTS.has(place.table) ? LONG_ROWS_AT_ONCE : ROWS_AT_ONCE
  let lines = ''
  let { after } = place
  for (;;) {
    const rows = readRows(database, shape, { ...place, after }, limit)
    for (const row of rows) {
      lines += toLine(place.table, shape.columns, row)
      after = shape.key.map((name) => row[name] ?? '')
      if (lines.length >= PAGE_CHARACTERS) return { text: lines, next: { ...place, after } }
    }
    if (rows.length < limit) return { text: lines, next: afterTable(tables, place) }
  }
}

/**
 * A page of a backup.
 * @param place null for the first page
 * @param bytes the size of the object
 * @returns null if the backup is not being read any more: it was given up, or another one began
 */
export function readDump(
  { database, dumps, now, bytes }: { database: SiteDatabase; dumps: DumpTable; now: number; bytes: number },
  id: string,
  place: DumpPlace | null,
): ExportPage<DumpPlace> | null {
  if (place === null) return startDump(database, dumps, id, now, bytes)
  const running = dumps.read()
  if (running?.id !== id || !running.tables.includes(place.table)) return null
  dumps.touch(now)
  const page = readPage(database, running.tables, place)
  if (page.next === null) endDump(database, dumps)
  return page
}

/** Whether the object has something that a backup would replace. */
export const hasContent = (database: SiteDatabase): boolean =>
  firstRow(database, 'SELECT 1 FROM items LIMIT 1') !== null
