import type { SyncState } from '../../contract/sync.ts'
import type { Context } from '../context.ts'
import { loadIntegration, toTimestamp, type IntegrationRow } from './internal.ts'

/** What the integration's row and the site's object say of its runs. */
export async function describeSync(ctx: Context, row: IntegrationRow): Promise<SyncState> {
  const { currentRun, lastRun, lagS, waitingForSiteSince } = await ctx.site(row.siteId).runs(row.id)
  return {
    sync_status: row.syncStatus,
    last_sync_at: toTimestamp(row.lastSyncAt),
    current_run: currentRun,
    last_run: lastRun,
    lag_s: lagS,
    waiting_for_site_since: waitingForSiteSince === null ? null : new Date(waitingForSiteSince).toISOString(),
  }
}

/** @throws ServiceError `integration_not_found` */
export async function getSyncStatus({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<SyncState> {
  return describeSync(ctx, await loadIntegration({ ctx, id: input.id }))
}
