import type { Direction, Run } from '../../contract/sync.ts'
import type { Context } from '../context.ts'
import { loadEnabledIntegration } from './internal.ts'
import { toRpcCall } from './probe.ts'
import { unwrap } from './unwrap.ts'

/**
 * Queues a run at the site's object; while one of the same direction is unfinished, that one is the answer.
 * @throws ServiceError `integration_not_found`, `sync_disabled`, `api_key_revoked`
 */
export async function startSync({
  ctx,
  input,
}: {
  ctx: Context
  input: { id: string; direction: Direction }
}): Promise<Run> {
  const row = await loadEnabledIntegration({ ctx, id: input.id })
  return unwrap(await ctx.site(row.siteId).enqueue(toRpcCall(ctx, row), input.direction))
}
