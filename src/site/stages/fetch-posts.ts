import { FetchData, type RawDocument } from '../../contract/content-link.ts'
import type { CommandResult } from '../../contract/link.ts'
import type { RunCounts } from '../../contract/sync.ts'
import { LinkError } from '../transport/direct/errors.ts'
import type { EngineContext, RunConfig } from './context.ts'
import { importDeletions, importDocuments } from './import.ts'
import { countRequests, importTotals } from './totals.ts'

/** Posts as they are on the site now. */
interface Fetched extends FetchData {
  /** The answer to the count of their types, if one was requested. */
  counted: CommandResult | undefined
}

/**
 * Fetches posts by their ids.
 * @param types post types to count in the same request, because their number of posts may have changed
 * @throws LinkError if the site can't answer
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
  const { items, missing, denied, left_alone: leftAlone } = FetchData.parse(result.data)
  const deleted = await selectDeleted(ctx, missing)
  return { items: items.map(requireBody), missing: deleted, denied, left_alone: leftAlone, counted }
}

/** Whether a fetch brought news, so that the same question need not be asked again. */
export const hasNews = ({ items, missing, left_alone: leftAlone }: FetchData): boolean =>
  items.length + missing.length + leftAlone.length > 0

/** A post that is fetched for its body and comes without one can't be used. Fetched again, it would hold up its run. */
function requireBody(raw: RawDocument): RawDocument {
  if (raw['body'] !== null || 'error' in raw) return raw
  const { id, type, modified } = raw
  return { id, type, modified, etag: null, error: { code: 'invalid_document', detail: 'body: the site sent none' } }
}

/**
 * The posts that are deleted, among those that the site does not show. If a type is not registered (its plugin was
 * switched off), the site shows none of its posts, but they still exist.
 */
async function selectDeleted(ctx: EngineContext, missing: readonly number[]): Promise<number[]> {
  const typeOf = (postId: number) => ctx.replica.items.getByExternalId(postId)?.type
  const types = [...new Set(missing.flatMap((postId) => typeOf(postId) ?? []))]
  if (types.length === 0) return [...missing]
  const results = await ctx.send(
    types.map((type) => ({ name: 'index', args: { type, after: [0, 0], limit: 1, fields: 'ids' } })),
  )
  const registered = new Set(types.filter((_, index) => results[index]?.ok))
  return missing.filter((postId) => registered.has(typeOf(postId) ?? ''))
}

/** Imports fetched posts, deletions, and which posts are left alone. Call it inside a transaction. */
export function importFetched(
  ctx: EngineContext,
  { items, missing, left_alone: leftAlone, counted }: Fetched,
  runConfig: RunConfig,
  counts: RunCounts,
): void {
  importDocuments(ctx, items, runConfig.policy, counts)
  importDeletions(ctx, missing, runConfig.policy, counts)
  ctx.replica.items.leaveAlone(leftAlone, ctx.now())
  importTotals(ctx, counted)
}
