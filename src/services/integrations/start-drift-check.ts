import type { Run } from '../../contract/sync.ts'
import type { Context } from '../context.ts'
import { loadEnabledIntegration } from './internal.ts'
import { toRpcCall } from './probe.ts'
import { unwrap } from './unwrap.ts'

/**
 * Queues a drift audit at the site's object; while one is unfinished, that one is the answer.
 * @throws ServiceError `integration_not_found`, `sync_disabled`, `api_key_revoked`
 */
export async function startDriftCheck({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<Run> {
  const row = await loadEnabledIntegration({ ctx, id: input.id })
  return unwrap(await ctx.site(row.siteId).enqueue(toRpcCall(ctx, row), 'drift_check'))
}
