/**
 * Imports of the export of a site into a site (docs/export-format.md). The file comes in parts, to the site's object, which
 * carries it out when all of it is there and intact.
 */
import type { Page } from '../../contract/common.ts'
import type { ImportOptions, ImportRefusals, SiteImport } from '../../contract/imports.ts'
import type { CallingKey } from '../../site/rpc.ts'
import { appendAudit } from '../audit/index.ts'
import { describeActor, type ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { unwrap } from '../site-calls.ts'
import { findIntegration, type IntegrationRow, loadSite } from '../tenant.ts'
import { decodePart } from '../export/blocks.ts'
import { readPart } from './read-part.ts'
import { takeSettings } from './settings.ts'

interface Target {
  key: CallingKey
  integration: IntegrationRow | null
}

/** The site that is imported into. @throws ServiceError `site_not_found` */
async function openTarget(ctx: ServiceContext, siteId: string): Promise<Target> {
  const site = await loadSite({ ctx, siteId })
  const key = {
    accountId: site.accountId,
    siteId,
    keyId: null,
    requestId: ctx.requestId,
    actor: describeActor(ctx.actor),
  }
  return { key, integration: await findIntegration(ctx, siteId) }
}

const keyOf = async (ctx: ServiceContext, siteId: string): Promise<CallingKey> => {
  const site = await loadSite({ ctx, siteId })
  return { accountId: site.accountId, siteId, keyId: null, requestId: ctx.requestId }
}

/**
 * Starts an import. One that was waiting for more parts is dropped.
 * @throws ServiceError `site_not_found`, `import_running`
 */
export async function startImport({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { siteId: string; options: ImportOptions }
}): Promise<SiteImport> {
  const { siteId, options } = input
  const { key, integration } = await openTarget(ctx, siteId)
  const start = {
    id: ctx.newId('imp'),
    options,
    actor: describeActor(ctx.actor),
    siteUrl: integration?.siteUrl ?? null,
  }
  return unwrap(await ctx.site(siteId).startImport(key, start))
}

interface PartInput {
  siteId: string
  importId: string
  part: number
  bytes: ArrayBuffer
}

/**
 * Takes a part of the file. A part that has come already is left alone.
 * @throws ServiceError `site_not_found`, `import_not_found`, `part_out_of_order`, `file_line_invalid`, `file_unknown`,
 *   `file_damaged`, `file_incomplete`, `file_too_large`
 */
export async function sendPart({ ctx, input }: { ctx: ServiceContext; input: PartInput }): Promise<SiteImport> {
  const { siteId, importId, part, bytes } = input
  const key = await keyOf(ctx, siteId)
  const site = ctx.site(siteId)
  const before = unwrap(await site.importPosition(key, importId))
  const shared = { importId, part, bytes: bytes.byteLength }
  // it has come already: its lines are not read against the place where the file is now
  if (part <= before.parts)
    return unwrap(await site.stageImport(key, { ...shared, lines: [], leftOut: {}, after: before, isLast: false }))
  if (part !== before.parts + 1 || before.isWhole)
    throw new ServiceError(
      'part_out_of_order',
      before.isWhole ? 'The file is whole.' : `Part ${before.parts + 1} is expected.`,
    )
  const { head, ...read } = await readPart(decodePart(bytes), before)
  const siteUrl = head === null ? {} : { siteUrl: head.site_url ?? null }
  return unwrap(await site.stageImport(key, { ...shared, ...read, ...siteUrl }))
}

/**
 * Has the import carried out, in the background. Repeating it returns how far it is.
 * @throws ServiceError `site_not_found`, `import_not_found`, `file_incomplete`
 */
export async function applyImport({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { siteId: string; importId: string }
}): Promise<SiteImport> {
  const { siteId, importId } = input
  const { key, integration } = await openTarget(ctx, siteId)
  const site = ctx.site(siteId)
  const before = unwrap(await site.getImport(key))
  if (before.id !== importId) throw new ServiceError('import_not_found')
  if (before.state === 'applying' || before.state === 'done') return before
  if (before.state === 'receiving')
    throw new ServiceError('file_incomplete', `It ends at line ${before.lines}, without its end.`)
  const line = unwrap(await site.importSettings(key, importId))
  const refused =
    line === null ? {} : before.settings ? await takeSettings(ctx, integration, line) : { settings_not_chosen: 1 }
  const metadata = { replace: before.replace, settings: before.settings, lines: before.lines }
  await appendAudit({ ctx, input: { entry: { action: 'site.imported', entityId: siteId, metadata }, changes: [] } })
  const call = { ...key, ...(integration && { integrationId: integration.id }) }
  return unwrap(await site.applyImport(call, importId, { refused, siteUrl: integration?.siteUrl ?? null }))
}

/** The import that is under way, or the last one. @throws ServiceError `site_not_found`, `import_not_found` */
export async function getImport({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { siteId: string }
}): Promise<SiteImport> {
  return unwrap(await ctx.site(input.siteId).getImport(await keyOf(ctx, input.siteId)))
}

/** What the import refused. @throws ServiceError `site_not_found`, `import_not_found`, `invalid_cursor` */
export async function listRefusals({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { siteId: string; cursor?: string | undefined; limit: number }
}): Promise<Page<ImportRefusals['results'][number]>> {
  const { siteId, cursor = '0', limit } = input
  if (!/^\d{1,7}$/.test(cursor)) throw new ServiceError('invalid_cursor')
  const { results, next } = unwrap(await ctx.site(siteId).listRefusals(await keyOf(ctx, siteId), Number(cursor), limit))
  return { results, next: next === null ? null : String(next) }
}

/** Drops an import that was not carried out. @throws ServiceError `site_not_found`, `import_not_found`, `import_running` */
export async function dropImport({ ctx, input }: { ctx: ServiceContext; input: { siteId: string } }): Promise<void> {
  unwrap(await ctx.site(input.siteId).dropImport(await keyOf(ctx, input.siteId)))
}
