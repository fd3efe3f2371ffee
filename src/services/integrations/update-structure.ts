import type { StructureStored } from '../../contract/content-types.ts'
import type { Structure } from '../../contract/structure.ts'
import type { Context } from '../context.ts'
import { loadIntegration } from './internal.ts'
import { toRpcCall } from './probe.ts'
import { unwrap } from './unwrap.ts'

/**
 * Stores the structure that a plugin pushes. For an API key the site is known, so that the object's one write is all:
 * it names account, site and integration, and finds nothing where they don't belong together.
 * @throws ServiceError `integration_not_found`, `api_key_revoked`
 */
export async function updateStructure({
  ctx,
  input,
}: {
  ctx: Context
  input: { id: string; structure: Structure }
}): Promise<StructureStored> {
  const { actor } = ctx
  const row =
    actor.kind === 'api_key'
      ? { id: input.id, accountId: actor.accountId, siteId: actor.siteId }
      : await loadIntegration({ ctx, id: input.id })
  return unwrap(await ctx.site(row.siteId).storeStructure(toRpcCall(ctx, row), input.structure))
}
