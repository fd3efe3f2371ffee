/**
 * Loads a backup into an object. From the first part on the object holds the table `loading`, and works for nobody until
 * the backup is whole and somebody has it settled (runs/settle.ts). Its tables are made as they were in the version that
 * made the backup, and brought up to date at the end; so a backup of an earlier version can be loaded.
 *
 * A part that comes twice is left alone. A backup that never came whole leaves the object as it is, for the next try.
 */
import * as z from 'zod'
import { refusal, type LoadPart, type LoadState, type RpcResult } from '../rpc.ts'
import { NO_SUM } from '../../contract/site-file.ts'
import { DUMP_VERSION, dumpedTables, shapeOf } from './dump.ts'
import { firstRow, type SiteDatabase, type SqlRow, type SqlValue } from './database.ts'
import { migrateSiteStore, SITE_STORE_VERSION } from './migrations.ts'

const NAME = /^[a-z_]{1,64}$/

const Head = z.lazy(() =>
  z.object({
    kind: z.literal('object'),
    version: z.number().int(),
    schema: z.number().int().min(1),
    columns: z.record(z.string().regex(NAME), z.array(z.string().regex(NAME)).min(1).max(100)),
  }),
)
type Head = z.infer<typeof Head>

const Row = z.lazy(() =>
  z.object({
    kind: z.literal('row'),
    table: z.string().regex(NAME),
    values: z.array(z.union([z.string(), z.number(), z.null()])).max(100),
  }),
)

interface LoadingRow extends SqlRow {
  id: string
  parts: number
  lines: number
  sum: string
  head: string
  triggers: string
  is_whole: number
}

const EMPTY: LoadState = { parts: 0, lines: 0, sum: NO_SUM, isWhole: false }

/** Whether a backup is being loaded, or has been and was not settled yet. */
export const isLoading = (database: SiteDatabase): boolean =>
  database.rows("SELECT 1 FROM pragma_table_info('loading') LIMIT 1").length > 0

const readLoading = (database: SiteDatabase): LoadingRow | null =>
  isLoading(database) ? firstRow<LoadingRow>(database, 'SELECT * FROM loading') : null

const stateOf = ({ parts, lines, sum, is_whole: isWhole }: LoadingRow): LoadState => ({
  parts,
  lines,
  sum,
  isWhole: isWhole === 1,
})

/** How much of a backup was loaded. */
export function loadState(database: SiteDatabase, restoreId: string): LoadState {
  const row = readLoading(database)
  return row?.id === restoreId ? stateOf(row) : EMPTY
}

/** What the first line says of the tables. */
export function readDumpHead(line: string | undefined): RpcResult<Head> {
  const head = Head.safeParse(line === undefined ? null : JSON.parse(line))
  if (!head.success) return refusal('file_unknown', 'It does not begin like the backup of a site.')
  const { version, schema } = head.data
  return version > DUMP_VERSION || schema > SITE_STORE_VERSION
    ? refusal('backup_newer', `It has version ${version} and tables of version ${schema}.`)
    : { ok: true, value: head.data }
}

/** Makes the tables in an empty object. Their triggers are left out until all rows are there: they would change them. */
function prepare(database: SiteDatabase, restoreId: string, head: Head): void {
  migrateSiteStore(database, head.schema)
  const found = database.rows<{ name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
  )
  for (const { name } of found) database.rows(`DROP TRIGGER ${name}`)
  for (const table of dumpedTables(database)) database.rows(`DELETE FROM ${table}`)
  database.rows(
    `CREATE TABLE loading (id TEXT NOT NULL, parts INTEGER NOT NULL, lines INTEGER NOT NULL, sum TEXT NOT NULL,
       head TEXT NOT NULL, triggers TEXT NOT NULL, is_whole INTEGER NOT NULL)`,
  )
  database.rows(
    'INSERT INTO loading VALUES (?, 0, 0, ?, ?, ?, 0)',
    restoreId,
    NO_SUM,
    JSON.stringify(head),
    JSON.stringify(found.map(({ sql }) => sql)),
  )
}

/** Refuses tables and columns that this version of the tables does not have. */
function refuseHead(database: SiteDatabase, { columns }: Head) {
  const tables = new Set(dumpedTables(database))
  const isKnown = ([table, names]: [string, string[]]) => {
    const known = tables.has(table) ? shapeOf(database, table).columns : []
    return names.every((name) => known.includes(name))
  }
  const unknown = Object.entries(columns).find((entry) => !isKnown(entry))
  return unknown ? refusal('file_unknown', `This version has no table ${unknown[0]} of this form.`) : null
}

/** Stores rows. @returns the refusal of the first line that is none */
function storeRows(database: SiteDatabase, { columns }: Head, lines: readonly string[], first: number) {
  for (const [index, line] of lines.entries()) {
    const row = Row.safeParse(JSON.parse(line))
    const names = row.success ? columns[row.data.table] : undefined
    if (!row.success || names?.length !== row.data.values.length)
      return refusal('file_line_invalid', `Line ${first + index}: not a row of a known table.`)
    database.rows(
      `INSERT OR REPLACE INTO ${row.data.table} (${names.join()}) VALUES (${names.map(() => '?').join()})`,
      ...(row.data.values as SqlValue[]),
    )
  }
  return null
}

/** Whether a part is the next one; null if it is, else the answer. */
function checkPlace(row: LoadingRow | null, part: LoadPart): RpcResult<LoadState> | null {
  const state = row?.id === part.restoreId ? stateOf(row) : EMPTY
  if (part.part <= state.parts) return { ok: true, value: state }
  return part.part === state.parts + 1 ? null : refusal('part_out_of_order', `Part ${state.parts + 1} is expected.`)
}

/**
 * Loads a part of a backup. Before the first one the object must be empty.
 * @returns where the loading is; a part that was refused has changed nothing
 */
export function loadPart(database: SiteDatabase, part: LoadPart): RpcResult<LoadState> {
  const answer = checkPlace(readLoading(database), part)
  if (answer) return answer
  const refused = new Error('refused')
  let reason: RpcResult<LoadState> | null = null
  try {
    return database.transaction(() => {
      reason = part.part === 1 ? begin(database, part) : null
      const row = readLoading(database)
      const rows = part.part === 1 ? part.lines.slice(1) : part.lines
      const head = row && (JSON.parse(row.head) as Head)
      if (reason === null && head) reason = storeRows(database, head, rows, (row?.lines ?? 0) + 1)
      if (reason !== null || !row) throw refused
      const { lines, sum } = part.after
      const sql = 'UPDATE loading SET parts = parts + 1, lines = ?, sum = ?, is_whole = ?'
      database.rows(sql, lines, sum, Number(part.isLast))
      return { ok: true, value: { parts: row.parts + 1, lines, sum, isWhole: part.isLast } }
    })
  } catch (cause) {
    if (cause === refused && reason !== null) return reason
    throw cause
  }
}

function begin(database: SiteDatabase, { restoreId, lines }: LoadPart): (RpcResult<never> & { ok: false }) | null {
  const head = readDumpHead(lines[0])
  if (!head.ok) return head
  prepare(database, restoreId, head.value)
  return refuseHead(database, head.value)
}

/** Ends the loading of a backup that has come whole: the tables get their triggers, and the form of this version. */
export function endLoading(database: SiteDatabase): RpcResult<null> {
  const row = readLoading(database)
  if (!row) return { ok: true, value: null }
  if (row.is_whole === 0) return refusal('file_incomplete', `It ends at line ${row.lines}, without its end.`)
  database.transaction(() => {
    for (const sql of JSON.parse(row.triggers) as string[]) database.rows(sql)
    database.rows('DROP TABLE loading')
    migrateSiteStore(database)
  })
  return { ok: true, value: null }
}
