import { FetchData } from '../../contract/content-link.ts'
import type { CommandResult } from '../../contract/link.ts'
import type { RunCounts } from '../../contract/sync.ts'
import { LinkError } from '../transport/direct/errors.ts'
import type { EngineContext, RunConfig } from './context.ts'
import { importDeletions, importDocuments } from './import.ts'
import { countRequests, importTotals } from './totals.ts'

/** Posts as they are at the site, and what it says of the number of those of their types. */
interface Fetched extends FetchData {
  counted: CommandResult | undefined
}

/**
 * Looks at posts by their ids.
 * @param types those of which the number may have changed: asked along
 * @throws LinkError when the site can't say
 */
export async function fetchPosts(
  ctx: EngineContext,
  ids: readonly number[],
  types: readonly string[] = [],
): Promise<Fetched> {
  const [result, counted] = await ctx.send([{ name: 'fetch', args: { ids } }, ...countRequests(types)])
  if (!result?.ok) {
    const detail = result ? `${result.code}: ${result.detail}` : 'no answer'
    throw new LinkError({ code: 'command_failed', detail: `The site could not show its posts: ${detail}` }, [])
  }
  const { items, missing } = FetchData.parse(result.data)
  return { items, missing: await dropUnseen(ctx, missing), counted }
}

/** Of posts that a site doesn't show, those that are gone; the others' type has vanished, with the plugin that made it. */
async function dropUnseen(ctx: EngineContext, missing: readonly number[]): Promise<number[]> {
  const typeOf = (postId: number) => ctx.replica.items.getByExternalId(postId)?.type
  const types = [...new Set(missing.flatMap((postId) => typeOf(postId) ?? []))]
  if (types.length === 0) return [...missing]
  const results = await ctx.send(
    types.map((type) => ({ name: 'index', args: { type, after: [0, 0], limit: 1, fields: 'ids' } })),
  )
  const isThere = new Set(types.filter((_, index) => results[index]?.ok))
  return missing.filter((postId) => isThere.has(typeOf(postId) ?? ''))
}

/** Takes in a look at posts: those that are there, and those that are gone. To be called inside a transaction. */
export function importFetched(
  ctx: EngineContext,
  { items, missing, counted }: Fetched,
  runConfig: RunConfig,
  counts: RunCounts,
): void {
  importDocuments(ctx, items, runConfig.policy, counts)
  importDeletions(ctx, missing, runConfig.policy, counts)
  importTotals(ctx, counted)
}
