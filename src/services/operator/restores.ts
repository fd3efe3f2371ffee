/**
 * Restores of a backup into a deployment. First the objects of its sites are loaded, which rest until they are woken; then
 * the rows of D1, those without which nobody signs in last; then each site's object is woken, and the copies of the keys
 * in KV are made anew. Databases must be empty: one that is in use is wound back by D1 Time Travel.
 */
import { and, eq, like, lt, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { DeploymentRestore, FinishedRestore, LoadProgress, SecretPrints } from '../../contract/operator.ts'
import { NO_SUM } from '../../contract/site-file.ts'
import { accounts, integrations, sites, ticks, users } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import type { FilePosition } from '../../site/rpc.ts'
import { appendAudit } from '../audit/index.ts'
import { ServiceError } from '../errors.ts'
import { decodePart, invalidLine, readBlocks } from '../export/blocks.ts'
import { unwrap } from '../site-calls.ts'
import type { OperatorContext } from './backup-id.ts'
import { BACKUP_VERSION } from './backups.ts'
import { differingSecrets } from './secret-prints.ts'
import { REFERENCES, tablesOf } from './tables.ts'

type What = DeploymentRestore['what']

/** A restore that takes longer has been forgotten: people may have signed up since. */
const GOOD_FOR_MS = 86_400_000
const MARK = 'restore'
const markOf = (what: What, id: string) => `${MARK}:${what}:${id}`

/** @throws ServiceError `database_not_empty` if somebody has signed up */
async function assertEmpty(ctx: OperatorContext): Promise<void> {
  for (const table of [accounts, users, sites]) {
    const rows = await ctx.db
      .select({ one: sql`1` })
      .from(table)
      .limit(1)
    if (rows.length > 0) throw new ServiceError('database_not_empty')
  }
}

/**
 * Starts a restore: of everything, or of the objects of some sites alone.
 * @throws ServiceError `secrets_differ`, `database_not_empty`
 */
export async function startDeploymentRestore({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { what: What; secrets: SecretPrints }
}): Promise<DeploymentRestore> {
  const { what, secrets } = input
  const differing = await differingSecrets(ctx, secrets)
  if (differing.length > 0) throw new ServiceError('secrets_differ', `These differ: ${differing.join(', ')}.`)
  if (what === 'everything') await assertEmpty(ctx)
  const id = ctx.newId('rst')
  const isForgotten = and(like(ticks.cron, `${MARK}:%`), lt(ticks.at, new Date(ctx.now() - GOOD_FOR_MS)))
  await ctx.db.delete(ticks).where(isForgotten)
  await ctx.db.insert(ticks).values({ cron: markOf(what, id), at: new Date(ctx.now()) })
  log.info('restore started', { restore_id: id, what })
  return { id, what, databases: [...ctx.databases.names()] }
}

/** @throws ServiceError `restore_not_found` unless a restore of this kind was started, within a day */
export async function assertRestore(ctx: OperatorContext, id: string, ...kinds: What[]): Promise<What> {
  for (const what of kinds) {
    const [mark] = await ctx.db
      .select({ at: ticks.at })
      .from(ticks)
      .where(eq(ticks.cron, markOf(what, id)))
    if (mark && ctx.now() - mark.at.getTime() <= GOOD_FOR_MS) return what
  }
  throw new ServiceError('restore_not_found')
}

const progressOf = (part: number, after: FilePosition, isWhole: boolean): LoadProgress => ({
  next_part: part + 1,
  lines: after.lines,
  sum: after.sum,
  is_whole: isWhole,
})

const Scalar = z.union([z.string(), z.number(), z.null()])
const RowLine = z.lazy(() =>
  z.strictObject({ kind: z.literal('row'), table: z.string(), row: z.record(z.string(), Scalar) }),
)
const HeadLine = z.lazy(() =>
  z.looseObject({ kind: z.literal('database'), version: z.number().int(), database: z.string() }),
)

interface StoredRow {
  table: string
  columns: string[]
  values: (string | number | null)[]
}

function readRow(value: unknown, number: number, database: string): StoredRow {
  const parsed = RowLine.safeParse(value)
  if (!parsed.success) throw invalidLine(number, 'not a row')
  const { table: name, row } = parsed.data
  const table = tablesOf(database).find((one) => one.name === name)
  const columns = Object.keys(row)
  const unknown = columns.find((column) => !table?.columns.includes(column))
  if (!table || unknown !== undefined)
    throw new ServiceError(
      'backup_newer',
      `Line ${number}: this version has no ${name}${unknown ? `.${unknown}` : ''}.`,
    )
  return { table: name, columns, values: Object.values(row) }
}

function assertHead(value: unknown, database: string): void {
  const head = HeadLine.safeParse(value).data
  if (head?.database !== database) throw new ServiceError('file_unknown', `It is not the backup of ${database}.`)
  if (head.version > BACKUP_VERSION) throw new ServiceError('backup_newer', `The file has version ${head.version}.`)
}

/** D1 takes a hundred values of a statement. */
const MOST_VALUES = 100

const quote = (name: string) => `"${name}"`

/** Statements that store rows; several rows each, if they have the same columns. Names are those of known columns. */
function insertsOf(rows: readonly StoredRow[]) {
  const byShape = Map.groupBy(rows, ({ table, columns }) => [table, ...columns].join())
  return [...byShape.values()].flatMap((group) => {
    const { table, columns } = group[0] as StoredRow
    const atOnce = Math.max(1, Math.floor(MOST_VALUES / columns.length))
    const into = `INSERT OR REPLACE INTO ${quote(table)} (${columns.map(quote).join(', ')}) VALUES`
    const values = `(${columns.map(() => '?').join(', ')})`
    const chunks = Array.from({ length: Math.ceil(group.length / atOnce) }, (_, n) =>
      group.slice(n * atOnce, (n + 1) * atOnce),
    )
    return chunks.map((chunk) => ({
      sql: `${into} ${chunk.map(() => values).join(', ')}`,
      values: chunk.flatMap((row) => row.values),
    }))
  })
}

/** Statements of one batch. */
const AT_ONCE = 50

interface PartInput {
  restoreId: string
  part: number
  bytes: ArrayBuffer
}

/**
 * Loads a part of a database. Its rows replace those of the same keys, so a repeat is harmless.
 * @param input `lines`, `sum`: where the file is, as the part before was answered
 * @throws ServiceError `restore_not_found`, `not_found`, `backup_newer`, `file_unknown`, `file_line_invalid`,
 *   `file_damaged`, `file_incomplete`, `file_too_large`
 */
export async function loadDatabasePart({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: PartInput & FilePosition & { database: string }
}): Promise<LoadProgress> {
  await assertRestore(ctx, input.restoreId, 'everything')
  const { database } = input
  const opened = ctx.databases.open(database)
  if (opened === null) throw new ServiceError('not_found')
  const rows: StoredRow[] = []
  const { after, isLast } = await readBlocks(decodePart(input.bytes), input, (value, number) => {
    if (number === 1) assertHead(value, database)
    else rows.push(readRow(value, number, database))
  })
  const inserts = insertsOf(rows)
  for (let start = 0; start < inserts.length; start += AT_ONCE)
    await opened.batch(inserts.slice(start, start + AT_ONCE))
  return progressOf(input.part, after, isLast)
}

/**
 * Loads a part of a site's object. From the first part on the object rests until it is woken.
 * @throws ServiceError `restore_not_found`, `part_out_of_order`, `object_not_empty`, `backup_newer`, `file_unknown`,
 *   `file_line_invalid`, `file_damaged`, `file_incomplete`, `file_too_large`
 */
export async function loadObjectPart({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: PartInput & { siteId: string; replaces: boolean }
}): Promise<LoadProgress> {
  const { restoreId, siteId, part, bytes, replaces } = input
  await assertRestore(ctx, restoreId, 'everything', 'sites')
  const site = ctx.site(siteId)
  const before = part === 1 ? { parts: 0, lines: 0, sum: NO_SUM } : await site.loadState(restoreId)
  if (part <= before.parts) return progressOf(before.parts, before, false)
  if (part !== before.parts + 1) throw new ServiceError('part_out_of_order', `Part ${before.parts + 1} is expected.`)
  const lines: string[] = []
  const { after, isLast } = await readBlocks(decodePart(bytes), before, (_value, _number, text) => lines.push(text))
  // an object that held nothing
  if (part === 1 && lines.length === 0 && isLast) return progressOf(part, after, true)
  const loaded = unwrap(await site.load({ restoreId, part, lines, after, isLast, replaces }))
  return progressOf(loaded.parts, loaded, loaded.isWhole)
}

/**
 * Wakes the object of a site that was loaded. A site that D1 does not have stays at rest.
 * @throws ServiceError `restore_not_found`, `site_not_found`, `file_incomplete`
 */
export async function wakeSite({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { restoreId: string; siteId: string }
}): Promise<void> {
  const { restoreId, siteId } = input
  const what = await assertRestore(ctx, restoreId, 'everything', 'sites')
  const call = await findSiteCall(ctx, siteId)
  unwrap(await ctx.site(siteId).settleRestored(call, null))
  // what happens to one site of a deployment that is in use is in the log of its account
  if (what === 'sites') {
    const entry = {
      action: 'site.restored',
      entityId: siteId,
      accountId: call.accountId,
      metadata: { source: 'backup' },
    } as const
    await appendAudit({ ctx, input: { entry, changes: [] } })
  }
}

/** Names a site of any account, with its integration, to its object. @throws ServiceError `site_not_found` */
export async function findSiteCall(ctx: OperatorContext, siteId: string) {
  const [site] = await ctx.db.select({ accountId: sites.accountId }).from(sites).where(eq(sites.id, siteId)).limit(1)
  if (!site) throw new ServiceError('site_not_found')
  const [integration] = await ctx.db
    .select({ id: integrations.id })
    .from(integrations)
    .where(eq(integrations.siteId, siteId))
    .limit(1)
  const call = { accountId: site.accountId, siteId, keyId: null, requestId: ctx.requestId, actor: 'operator' }
  return { ...call, ...(integration && { integrationId: integration.id }) }
}

/** Deletes what belongs to nothing: it was written or deleted while the backup was read. */
async function dropOrphans(ctx: OperatorContext): Promise<Record<string, number>> {
  const dropped: Record<string, number> = {}
  for (const [table, column, to, toColumn] of REFERENCES) {
    const { meta } = await ctx.db.run(
      sql`DELETE FROM ${sql.identifier(table)} WHERE ${sql.identifier(column)} NOT IN
        (SELECT ${sql.identifier(toColumn)} FROM ${sql.identifier(to)})`,
    )
    if (meta.changes > 0) dropped[table] = (dropped[table] ?? 0) + meta.changes
  }
  return dropped
}

async function countRows(ctx: OperatorContext): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const database of ctx.databases.names())
    for (const { name } of tablesOf(database)) {
      const row = await ctx.databases
        .open(database)
        ?.db.get<{ n: number }>(sql`SELECT count(*) AS n FROM ${sql.identifier(name)}`)
      counts[name] = (counts[name] ?? 0) + (row?.n ?? 0)
    }
  return counts
}

/**
 * Ends a restore, and records it.
 * @returns how many rows there are now
 * @throws ServiceError `restore_not_found`
 */
export async function finishRestore({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { restoreId: string }
}): Promise<FinishedRestore> {
  const { restoreId } = input
  const what = await assertRestore(ctx, restoreId, 'everything', 'sites')
  const dropped = what === 'everything' ? await dropOrphans(ctx) : {}
  const rows = what === 'everything' ? await countRows(ctx) : {}
  const entry = { action: 'operator.restored', entityId: restoreId, metadata: { what } } as const
  const mark = ctx.db.delete(ticks).where(like(ticks.cron, `${MARK}:%:${restoreId}`))
  await appendAudit({ ctx, input: { entry, changes: [mark] } })
  return { rows, dropped }
}
