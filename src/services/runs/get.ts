import type { RunDetail } from '../../contract/activity.ts'
import type { Context } from '../context.ts'
import { loadIntegration } from '../integrations/internal.ts'
import { unwrap } from '../integrations/unwrap.ts'

/** A run with its steps. @throws ServiceError `integration_not_found`, `run_not_found` */
export async function getRun({
  ctx,
  input,
}: {
  ctx: Context
  input: { id: string; runId: string }
}): Promise<RunDetail> {
  const row = await loadIntegration({ ctx, id: input.id })
  return unwrap(await ctx.site(row.siteId).getRun(row.id, input.runId))
}
