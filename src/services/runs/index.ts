import { and, eq } from 'drizzle-orm'
import type { RunDetail } from '../../contract/activity.ts'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { Item } from '../../contract/content.ts'
import type { Direction, Run } from '../../contract/sync.ts'
import { recordEvent } from '../../db/record-event.ts'
import { integrations } from '../../db/schema/index.ts'
import { loadActorNames } from '../actors.ts'
import type { ServiceContext } from '../context.ts'
import { publishChange, toRpcCall, unwrap } from '../site-calls.ts'
import { type IntegrationRow, loadEnabledIntegration, loadIntegration, tenantFilter } from '../tenant.ts'
import { readCursor, toPage } from '../wire.ts'

/**
 * Queues a run at the site's object. Returns the unfinished run of the same direction, if there is one.
 * @throws ServiceError `integration_not_found`, `sync_disabled`, `api_key_revoked`
 */
export async function startSync({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; direction: Direction }
}): Promise<Run> {
  const row = await loadEnabledIntegration({ ctx, id: input.id })
  return unwrap(await ctx.site(row.siteId).enqueue(toRpcCall(ctx, row), input.direction))
}

/**
 * Queues a drift check at the site's object. Returns the unfinished one, if there is one.
 * @throws ServiceError `integration_not_found`, `sync_disabled`, `api_key_revoked`
 */
export async function startDriftCheck({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<Run> {
  const row = await loadEnabledIntegration({ ctx, id: input.id })
  return unwrap(await ctx.site(row.siteId).enqueue(toRpcCall(ctx, row), 'drift_check'))
}

/**
 * Syncs one item in both directions now.
 * @param input `contentId`: an item's id, or WordPress' post id
 * @throws ServiceError `integration_not_found`, `sync_disabled`, `item_not_found`, `api_key_revoked`, or the reason why
 *   the site can't be called
 */
export async function syncItem({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; contentId: string }
}): Promise<Item> {
  const row = await loadEnabledIntegration({ ctx, id: input.id })
  return unwrap(await ctx.site(row.siteId).syncItem(toRpcCall(ctx, row), input.contentId))
}

/** Runs with the names of those who asked for them; the site's object knows ids alone. */
async function nameActors<R extends Run>(ctx: ServiceContext, runs: readonly R[]): Promise<R[]> {
  // `undefined`, too: the object of an earlier release answers without while a deployment is under way
  const stored = runs.map(({ actor }) => (actor?.id ? `${actor.kind}:${actor.id}` : null))
  const names = await loadActorNames(ctx, stored)
  return runs.map((run) => {
    const { actor } = run
    return { ...run, actor: actor && { ...actor, name: actor.id === null ? null : (names.get(actor.id) ?? null) } }
  })
}

/** The runs of an integration, newest first. @throws ServiceError `integration_not_found`, `invalid_cursor` */
export async function listRuns({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: ListQuery & { id: string }
}): Promise<Page<Run>> {
  const before = readCursor(input.cursor)
  const { siteId } = await loadIntegration({ ctx, id: input.id })
  const runs = await ctx.site(siteId).listRuns(input.id, input.limit + 1, before)
  return toPage(await nameActors(ctx, runs), input.limit, (run) => run)
}

/** A run with its steps. @throws ServiceError `integration_not_found`, `run_not_found` */
export async function getRun({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; runId: string }
}): Promise<RunDetail> {
  const row = await loadIntegration({ ctx, id: input.id })
  const run = unwrap(await ctx.site(row.siteId).getRun(row.id, input.runId))
  const [named = run] = await nameActors(ctx, [run])
  return named
}

/**
 * A run cancelled between two slices has no holder to clear `syncing`, so we do it here. The epoch check spares a newer
 * run.
 */
const endSyncing = (ctx: ServiceContext, row: IntegrationRow) =>
  ctx.db
    .update(integrations)
    .set({ syncStatus: 'pending' })
    .where(
      and(
        eq(integrations.id, row.id),
        tenantFilter(ctx.actor, integrations),
        eq(integrations.syncStatus, 'syncing'),
        eq(integrations.syncEpoch, row.syncEpoch),
      ),
    )

/**
 * Cancels a run. What it committed stays. A run that has ended stays as it is.
 * @throws ServiceError `integration_not_found`, `run_not_found`, `api_key_revoked`
 */
export async function cancelRun({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; runId: string }
}): Promise<Run> {
  const startedAt = ctx.now()
  const row = await loadIntegration({ ctx, id: input.id })
  const site = ctx.site(row.siteId)
  const run = unwrap(await site.cancelRun(toRpcCall(ctx, row), input.runId))
  const { currentRun } = await site.runs(row.id)
  if (currentRun?.status !== 'running') await endSyncing(ctx, row)
  await recordEvent(ctx, row, { action: 'cancel_run', startedAt, runId: run.id, direction: run.direction })
  publishChange(ctx, row.siteId)
  return run
}
