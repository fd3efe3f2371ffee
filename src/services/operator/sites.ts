/**
 * Puts one site back to a moment of the last 30 days: by the journal of its object, which plans, merges and can be undone,
 * or by the platform, which winds the whole object back. What is done is in the audit log of the site's account.
 */
import type { Restore, RestorePlan, RestoreRequest } from '../../contract/restores.ts'
import type { Rewound } from '../../contract/operator.ts'
import { log } from '../../lib/log.ts'
import { appendAudit } from '../audit/index.ts'
import { unwrap } from '../site-calls.ts'
import type { OperatorContext } from './backup-id.ts'
import { findSiteCall } from './restores.ts'

type SiteInput = RestoreRequest & { siteId: string }

const momentOf = ({ to, newer }: RestoreRequest) => ({ to: Date.parse(to), newer })

/** What a restore would change. @throws ServiceError `site_not_found`, `moment_not_kept` */
export async function planSiteRestore({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: SiteInput
}): Promise<RestorePlan> {
  const call = await findSiteCall(ctx, input.siteId)
  return unwrap(await ctx.site(input.siteId).planRestore(call, momentOf(input)))
}

/** The restores of a site, newest first. @throws ServiceError `site_not_found` */
export async function listSiteRestores({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { siteId: string }
}): Promise<Restore[]> {
  const call = await findSiteCall(ctx, input.siteId)
  return unwrap(await ctx.site(input.siteId).listRestores(call))
}

async function record(ctx: OperatorContext, siteId: string, accountId: string, metadata: Record<string, unknown>) {
  const entry = { action: 'site.restored', entityId: siteId, accountId, metadata } as const
  await appendAudit({ ctx, input: { entry, changes: [] } })
}

/**
 * Puts a site's items back, in the background.
 * @throws ServiceError `site_not_found`, `moment_not_kept`, `restore_running`
 */
export async function restoreSite({ ctx, input }: { ctx: OperatorContext; input: SiteInput }): Promise<Restore> {
  const { siteId, to, newer } = input
  const call = await findSiteCall(ctx, siteId)
  const started = unwrap(await ctx.site(siteId).startRestore(call, { id: ctx.newId('rst'), ...momentOf(input) }))
  await record(ctx, siteId, call.accountId, { source: 'journal', to, newer, restore_id: started.id })
  return started
}

/**
 * Takes a restore back, in the background: its items get what they had before, unless they were changed since.
 * @throws ServiceError `site_not_found`, `restore_not_found`, `nothing_to_undo`, `moment_not_kept`, `restore_running`
 */
export async function undoSiteRestore({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { siteId: string; restoreId: string }
}): Promise<Restore> {
  const { siteId, restoreId } = input
  const call = await findSiteCall(ctx, siteId)
  const started = unwrap(await ctx.site(siteId).undoRestore(call, ctx.newId('rst'), restoreId))
  await record(ctx, siteId, call.accountId, { source: 'undo', undone_id: restoreId, restore_id: started.id })
  return started
}

/**
 * Has the platform wind a site's object back, with its runs and all it knows of the site. Recorded first: the object ends
 * in the middle of it.
 * @throws ServiceError `site_not_found`, `rewind_unavailable`
 */
export async function rewindSite({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { siteId: string; to: string }
}): Promise<Rewound> {
  const { siteId, to } = input
  const call = await findSiteCall(ctx, siteId)
  const { bookmark } = unwrap(await ctx.site(siteId).rewind(call, Date.parse(to)))
  const id = ctx.newId('rst')
  await record(ctx, siteId, call.accountId, { source: 'platform', to, restore_id: id, bookmark_id: bookmark })
  // the object that is asked to restart can't answer
  await ctx
    .site(siteId)
    .restart()
    .catch((cause: unknown) => log.info('object restarted', { site_id: siteId, cause }))
  unwrap(await ctx.site(siteId).settleRestored(call, { id, to: Date.parse(to) }))
  return { id, bookmark }
}
