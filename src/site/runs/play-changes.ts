/**
 * Carries out what changes many items at once: putting a site back, and imports. Each alarm plays one step. At the end D1
 * hears of it in one write, with an event, and what has to be sent is queued, as after an edit; only then is it done, so a
 * crash in between repeats the last write.
 */
import { raiseEpoch, readIntegration, writeProjection, type IntegrationRef } from '../../db/projection.ts'
import type { EventInput } from '../../db/record-event.ts'
import { log } from '../../lib/log.ts'
import { endImport, playImport, type ImportContext } from '../replica/imports.ts'
import { endRestore, playRestore, type RestoreContext } from '../replica/restores.ts'
import { readImportCounts, type ImportRow } from '../replica/tables/imports.ts'
import { readCounts, type RestoreRow } from '../replica/tables/restores.ts'
import type { ObjectContext } from './context.ts'
import { countsOf } from './counts.ts'

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((total, n) => total + n, 0)

export const restoreContext = (
  { store, now }: Pick<ObjectContext, 'store' | 'now'>,
  siteId: string,
): RestoreContext => ({
  replica: store.replica,
  siteId,
  now,
})

export const importContext = ({ store, now }: Pick<ObjectContext, 'store' | 'now'>, siteId: string): ImportContext => ({
  replica: store.replica,
  imports: store.imports,
  siteId,
  now,
})

/** Ends all runs of the site, and keeps those that are under way from writing to D1. For content that is put back. */
export async function fenceRuns(ctx: ObjectContext): Promise<void> {
  const integration = ctx.store.access.integration()
  if (!integration) return
  ctx.store.runs.cancelAll(integration.integrationId, ctx.now())
  await raiseEpoch(ctx, integration)
}

/** Queues a run that sends what changed, if two-way sync is on. */
async function queuePush(ctx: ObjectContext, integration: IntegrationRef, actor: string): Promise<void> {
  const row = await readIntegration(ctx, integration)
  if (!row?.isActive || !row.syncEnabled || !row.structure?.two_way_sync_enabled) return
  const { runs } = ctx.store
  const call = { ...integration, keyId: null, requestId: ctx.newId('req'), actor }
  runs.repeat(runs.enqueue(ctx.newId('run'), call, 'to_external', ctx.now()).id)
}

/** Tells D1, and queues what has to be sent. A site without an integration has nobody to tell. */
export async function conclude(ctx: ObjectContext, event: EventInput, actor: string): Promise<void> {
  const integration = ctx.store.access.integration()
  if (!integration) return
  await writeProjection(ctx, integration, { epoch: null, counts: countsOf(ctx.store), event: { ...event, actor } })
  await queuePush(ctx, integration, actor)
}

async function playStepOfRestore(ctx: ObjectContext, row: RestoreRow): Promise<void> {
  const siteId = ctx.store.access.integration()?.siteId ?? ''
  const restoring = restoreContext(ctx, siteId)
  const outcome = playRestore(restoring, row)
  if (outcome === 'more') return
  const { skipped, ...counts } = readCounts(ctx.store.replica.restores.find(row.id) ?? row)
  const all = { ...counts, skipped: sum(skipped) }
  const failure =
    outcome === 'failed' ? { code: 'moment_not_kept', detail: 'The moment is no longer kept.' } : undefined
  await conclude(ctx, { action: 'restore', startedAt: row.at, counts: all, ...(failure && { failure }) }, 'operator')
  endRestore(restoring, row, outcome)
  log.info('site put back', { restore_id: row.id, kind: row.kind, outcome, ...all })
}

async function playStepOfImport(ctx: ObjectContext, row: ImportRow): Promise<void> {
  const importing = importContext(ctx, ctx.store.access.integration()?.siteId ?? '')
  if (!playImport(importing)) return
  const { refused, ...counts } = readImportCounts(ctx.store.imports.read() ?? row)
  const all = { ...counts, refused: sum(refused) }
  await conclude(ctx, { action: 'import', startedAt: row.at, counts: all }, row.actor)
  endImport(importing)
  log.info('site imported', { import_id: row.id, ...all })
}

/** Plays the next step of a restore, or else of an import, that is under way. */
export async function playChanges(ctx: ObjectContext): Promise<void> {
  const restore = ctx.store.replica.restores.running()
  if (restore) return playStepOfRestore(ctx, restore)
  const importing = ctx.store.imports.dueAt() === 0 ? ctx.store.imports.read() : null
  if (importing) await playStepOfImport(ctx, importing)
}
