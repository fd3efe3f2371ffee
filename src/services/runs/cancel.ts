import { and, eq } from 'drizzle-orm'
import type { Run } from '../../contract/sync.ts'
import { recordEvent } from '../../db/record-event.ts'
import { integrations } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { loadIntegration, type IntegrationRow } from '../integrations/internal.ts'
import { toRpcCall } from '../integrations/probe.ts'
import { publishChange } from '../live/publish.ts'
import { unwrap } from '../integrations/unwrap.ts'
import { tenantFilter } from '../tenant-filter.ts'

/** Nobody holds a run that was between two slices, to say that it has ended; a later run has another epoch. */
const endSyncing = (ctx: Context, row: IntegrationRow) =>
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
 * Ends a run: what it has committed stays, and nothing more is done. One that has ended already stays as it is.
 * @throws ServiceError `integration_not_found`, `run_not_found`, `api_key_revoked`
 */
export async function cancelRun({ ctx, input }: { ctx: Context; input: { id: string; runId: string } }): Promise<Run> {
  const startedAt = ctx.now()
  const row = await loadIntegration({ ctx, id: input.id })
  const site = ctx.site(row.siteId)
  const run = unwrap(await site.cancelRun(toRpcCall(ctx, row), input.runId))
  const { currentRun } = await site.runs(row.id)
  const event = recordEvent(ctx, row, { action: 'cancel_run', startedAt, runId: run.id, direction: run.direction })
  await (currentRun?.status === 'running' ? event : ctx.db.batch([event, endSyncing(ctx, row)]))
  publishChange(ctx, row.siteId)
  return run
}
