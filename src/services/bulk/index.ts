/**
 * Changes of many items of a site at once. The site's object plans them and carries them out (site/replica/bulk.ts); here
 * is who may ask for what.
 */
import type { BulkAnswer, BulkItem, BulkJob, BulkOutcome, BulkRequest } from '../../contract/bulk.ts'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { SiteCall, StoredBulk } from '../../site/rpc.ts'
import { loadActorNames, presentActor } from '../actors.ts'
import { describeActor, type ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { assertMayDelete } from '../content/may-delete.ts'
import { unwrap } from '../site-calls.ts'
import { findIntegration, type IntegrationRow, loadSite } from '../tenant.ts'

interface Target {
  key: SiteCall
  integration: IntegrationRow | null
  /** Whether WordPress gets changes at once. */
  isSent: boolean
}

/** A site whose items are to be changed. @throws ServiceError `site_not_found` */
async function openTarget(ctx: ServiceContext, siteId: string): Promise<Target> {
  const [site, integration] = await Promise.all([loadSite({ ctx, siteId }), findIntegration(ctx, siteId)])
  const isOn = site.isActive && integration !== null && integration.isActive && integration.syncEnabled
  const key = {
    accountId: site.accountId,
    siteId,
    keyId: ctx.actor.kind === 'api_key' ? ctx.actor.keyId : null,
    requestId: ctx.requestId,
    actor: describeActor(ctx.actor),
    ...(integration && { integrationId: integration.id }),
  }
  return {
    key,
    integration: isOn ? integration : null,
    isSent: isOn && integration.structure?.two_way_sync_enabled === true,
  }
}

async function present(ctx: ServiceContext, jobs: readonly StoredBulk[]): Promise<BulkJob[]> {
  const names = await loadActorNames(
    ctx,
    jobs.map(({ actor }) => actor),
  )
  return jobs.map((job) => ({ ...job, actor: job.actor === null ? null : presentActor(job.actor, names) }))
}

async function presentOne(ctx: ServiceContext, job: StoredBulk): Promise<BulkJob> {
  const [presented] = await present(ctx, [job])
  if (!presented) throw new Error('a job was not presented')
  return presented
}

interface Started {
  ctx: ServiceContext
  input: { siteId: string; jobId: string }
}

/**
 * Says what a change of many items would do, or starts it, in the background.
 * @throws ServiceError `site_not_found`, `role_too_low`, `sync_disabled`, `bulk_too_large`, `bulk_queue_full`,
 *   `api_key_revoked`
 */
export async function changeItems({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: BulkRequest & { siteId: string }
}): Promise<BulkAnswer> {
  const { siteId, selection, action, dry_run: isDry } = input
  if (action.kind === 'delete') assertMayDelete(ctx.actor)
  const { key, integration, isSent } = await openTarget(ctx, siteId)
  if (action.kind === 'sync' && integration === null) throw new ServiceError('sync_disabled')
  const site = ctx.site(siteId)
  if (isDry) {
    const plan = unwrap(await site.planBulk(key, { selection, action }))
    return { plan: { ...plan, is_sent: isSent }, job: null }
  }
  const start = { id: ctx.newId('bulk'), actor: describeActor(ctx.actor), selection, action }
  return { plan: null, job: await presentOne(ctx, unwrap(await site.startBulk(key, start))) }
}

/**
 * Takes a job back, in the background: its items get what they had, unless they were changed since.
 * @throws ServiceError `site_not_found`, `bulk_not_found`, `bulk_running`, `nothing_to_undo`, `bulk_queue_full`
 */
export async function undoChange({ ctx, input }: Started): Promise<BulkJob> {
  const { key } = await openTarget(ctx, input.siteId)
  const site = ctx.site(input.siteId)
  return presentOne(ctx, unwrap(await site.undoBulk(key, ctx.newId('bulk'), describeActor(ctx.actor), input.jobId)))
}

/**
 * Repeats a job for what it could not change or send, in the background.
 * @throws ServiceError `site_not_found`, `role_too_low`, `bulk_not_found`, `bulk_running`, `nothing_to_retry`,
 *   `bulk_queue_full`
 */
export async function retryChange({ ctx, input }: Started): Promise<BulkJob> {
  const { key } = await openTarget(ctx, input.siteId)
  const site = ctx.site(input.siteId)
  const failed = unwrap(await site.getBulk(input.siteId, input.jobId))
  if (failed.action.kind === 'delete') assertMayDelete(ctx.actor)
  return presentOne(ctx, unwrap(await site.retryBulk(key, ctx.newId('bulk'), describeActor(ctx.actor), input.jobId)))
}

/** How far a job is. @throws ServiceError `site_not_found`, `bulk_not_found` */
export async function getChange({ ctx, input }: Started): Promise<BulkJob> {
  await loadSite({ ctx, siteId: input.siteId })
  return presentOne(ctx, unwrap(await ctx.site(input.siteId).getBulk(input.siteId, input.jobId)))
}

/** The jobs of a site, newest first. @throws ServiceError `site_not_found`, `invalid_cursor` */
export async function listChanges({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: ListQuery & { siteId: string }
}): Promise<Page<BulkJob>> {
  const { siteId, cursor = null, limit } = input
  await loadSite({ ctx, siteId })
  const { results, next } = unwrap(await ctx.site(siteId).listBulk(siteId, cursor, limit))
  return { results: await present(ctx, results), next }
}

const CURSOR = /^at_([1-9]\d{0,5})$/

/** What became of the items of a job. @throws ServiceError `site_not_found`, `bulk_not_found`, `invalid_cursor` */
export async function listChangedItems({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: ListQuery & { siteId: string; jobId: string; outcome?: BulkOutcome | undefined }
}): Promise<Page<BulkItem>> {
  const { siteId, jobId, cursor, limit, outcome } = input
  const after = cursor === undefined ? 0 : Number(CURSOR.exec(cursor)?.[1] ?? Number.NaN)
  if (Number.isNaN(after)) throw new ServiceError('invalid_cursor')
  await loadSite({ ctx, siteId })
  const { results, next } = unwrap(await ctx.site(siteId).listBulkItems(siteId, jobId, { outcome, after, limit }))
  return { results, next: next === null ? null : `at_${next}` }
}
