import type { Run } from '../../contract/sync.ts'
import { recordEvent } from '../../db/record-event.ts'
import type { Context } from '../context.ts'
import { loadIntegration } from '../integrations/internal.ts'
import { toPortCall } from '../integrations/probe.ts'
import { unwrap } from '../integrations/unwrap.ts'

/**
 * Ends a run: what it has committed stays, and nothing more is done. One that has ended already stays as it is.
 * @throws ServiceError `integration_not_found`, `run_not_found`, `api_key_revoked`
 */
export async function cancelRun({ ctx, input }: { ctx: Context; input: { id: string; runId: string } }): Promise<Run> {
  const startedAt = ctx.now()
  const row = await loadIntegration({ ctx, id: input.id })
  const run = unwrap(await ctx.site(row.siteId).cancelRun(toPortCall(ctx, row), input.runId))
  await recordEvent(ctx, row, { action: 'cancel_run', startedAt, runId: run.id, direction: run.direction })
  return run
}
