/**
 * Backups of everything: all rows of D1 and every site's object, as files of lines that prove that they are whole
 * (docs/backup-format.md). The command `npm run backup` puts them into a folder. A backup begins with a record in the
 * operator's log, whose id every read names.
 */
import { gt, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Db } from '../../db/client.ts'
import { sites } from '../../db/schema/index.ts'
import type { Backup, SiteRef } from '../../contract/operator.ts'
import type { Page } from '../../contract/common.ts'
import { fromBase64Url, toBase64Url } from '../../lib/base64.ts'
import { logVersion } from '../../lib/log.ts'
import type { DumpPlace } from '../../site/rpc.ts'
import { appendAudit } from '../audit/index.ts'
import { ServiceError } from '../errors.ts'
import { line } from '../export/part.ts'
import { Seal, SealState } from '../export/seal.ts'
import { unwrap } from '../site-calls.ts'
import { assertBackup, createBackupId, type OperatorContext } from './backup-id.ts'
import { readSecretPrints } from './secret-prints.ts'
import { type DumpedTable, names, tablesOf } from './tables.ts'

/** Of the files. A reader refuses a higher one. */
export const BACKUP_VERSION = 1

const SITES_PER_PAGE = 1_000
/** Few, since a row can be large. */
const ROWS_PER_PAGE = 200
/** A part ends before the request has used all its queries, or made all its calls. */
const RESERVED_QUERIES = 50
const OBJECT_PAGES = 2_000

/** Starts a backup, and records it. */
export async function startBackup({ ctx }: { ctx: OperatorContext }): Promise<Backup> {
  const { id, expiresAt } = await createBackupId(ctx)
  const entry = { action: 'operator.backup_started', entityId: id.slice(0, 36) } as const
  await appendAudit({ ctx, input: { entry, changes: [] } })
  return {
    id,
    started_at: new Date(ctx.now()).toISOString(),
    expires_at: new Date(expiresAt).toISOString(),
    version: logVersion(),
    databases: [...ctx.databases.names()],
    secrets: await readSecretPrints(ctx),
  }
}

/** The sites of all accounts, by id. @throws ServiceError `backup_not_found` */
export async function listBackupSites({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { backupId: string; cursor?: string | undefined }
}): Promise<Page<SiteRef>> {
  await assertBackup(ctx, input.backupId)
  const rows = await ctx.db
    .select({ id: sites.id, account_id: sites.accountId })
    .from(sites)
    .where(gt(sites.id, input.cursor ?? ''))
    .orderBy(sites.id)
    .limit(SITES_PER_PAGE)
  return { results: rows, next: rows.length === SITES_PER_PAGE ? (rows.at(-1)?.id ?? null) : null }
}

const Keys = z.array(z.union([z.string().max(300), z.number()])).max(8)
const RowPlace = z.lazy(() =>
  z.strictObject({ table: z.string().max(60), after: Keys.nullable(), seal: SealState.unwrap().nullable() }),
)
const ObjectPlace = z.lazy(() =>
  z.strictObject({
    place: z.strictObject({ table: z.string().max(60), old: z.boolean(), after: Keys.nullable() }).nullable(),
    seal: SealState.unwrap().nullable(),
  }),
)

const encode = (place: object) => toBase64Url(new TextEncoder().encode(JSON.stringify(place)))

function decode<T extends z.ZodType>(schema: T, cursor: string): z.output<T> {
  try {
    return schema.parse(
      JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromBase64Url(cursor))),
    )
  } catch (cause) {
    throw new ServiceError('invalid_cursor', undefined, { cause })
  }
}

type Row = Record<string, string | number | null>

/** Rows of a table after a key, in the order of the keys. */
function readRows(db: Db, { name, columns, key }: DumpedTable, after: unknown[] | null) {
  const values = sql.join(
    (after ?? []).map((value) => sql`${value}`),
    sql`, `,
  )
  const from = after === null ? sql`` : sql` WHERE (${names(key)}) > (${values})`
  return db.all<Row>(
    sql`SELECT ${names(columns)} FROM ${sql.identifier(name)}${from} ORDER BY ${names(key)} LIMIT ${ROWS_PER_PAGE}`,
  )
}

interface Source {
  db: Db
  tables: readonly DumpedTable[]
}

async function* readTables(
  ctx: OperatorContext,
  { db, tables }: Source,
  start: { table: string; after: unknown[] | null },
  seal: Seal,
): AsyncGenerator<string> {
  let [index, after] = [tables.findIndex(({ name }) => name === start.table), start.after]
  while (ctx.queriesLeft() > RESERVED_QUERIES) {
    const table = tables[index]
    if (!table) {
      yield seal.end(0)
      return
    }
    const rows = await readRows(db, table, after)
    yield await seal.block(rows.map((row) => line({ kind: 'row', table: table.name, row })).join(''))
    const last = rows.at(-1)
    if (last && rows.length === ROWS_PER_PAGE) after = table.key.map((name) => last[name])
    else [index, after] = [index + 1, null]
  }
  yield line({ kind: 'page', next: encode({ table: tables[index]?.name ?? '', after, seal: seal.state }) })
}

/**
 * The rows of a database, or the part after a cursor. Not one moment: what is written meanwhile may be in it or not, and
 * what then belongs to nothing is dropped when it is restored.
 * @throws ServiceError `backup_not_found`, `not_found`, `invalid_cursor`
 */
export async function readDatabase({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { backupId: string; database: string; cursor?: string | undefined }
}): Promise<AsyncGenerator<string>> {
  await assertBackup(ctx, input.backupId)
  const { database } = input
  const opened = ctx.databases.open(database)
  if (opened === null) throw new ServiceError('not_found')
  const source = { db: opened.db, tables: tablesOf(database) }
  const first = source.tables[0]?.name ?? ''
  const place = input.cursor === undefined ? { table: first, after: null, seal: null } : decode(RowPlace, input.cursor)
  if (!source.tables.some(({ name }) => name === place.table)) throw new ServiceError('invalid_cursor')
  const seal = new Seal(place.seal ?? undefined)
  const head = { kind: 'database', version: BACKUP_VERSION, database, at: new Date(ctx.now()).toISOString() }
  async function* read(): AsyncGenerator<string> {
    if (place.seal === null) yield await seal.block(line(head))
    yield* readTables(ctx, source, place, seal)
  }
  return read()
}

async function* readObjectPages(
  ctx: OperatorContext,
  { backupId, siteId }: { backupId: string; siteId: string },
  start: DumpPlace | null,
  seal: Seal,
): AsyncGenerator<string> {
  let place = start
  for (let pages = 0; pages < OBJECT_PAGES; pages++) {
    const page = unwrap(await ctx.site(siteId).dump(backupId, place))
    yield await seal.block(page.text)
    if (page.next === null) {
      yield seal.end(0)
      return
    }
    place = page.next
  }
  yield line({ kind: 'page', next: encode({ place, seal: seal.state }) })
}

/**
 * Everything that a site's object holds, as it was when the first page was read, or the part after a cursor. An object
 * that holds nothing is an end without lines before it.
 * @throws ServiceError `backup_not_found`, `invalid_cursor`; reading throws `dump_ended`
 */
export async function readObject({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { backupId: string; siteId: string; cursor?: string | undefined }
}): Promise<AsyncGenerator<string>> {
  await assertBackup(ctx, input.backupId)
  const { place, seal } = input.cursor === undefined ? { place: null, seal: null } : decode(ObjectPlace, input.cursor)
  return readObjectPages(ctx, input, place, new Seal(seal ?? undefined))
}
