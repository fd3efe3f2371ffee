/**
 * The reconcile stage: finds what the list of changed posts can't show. It works off three kinds of differences, one
 * request a round:
 * - items whose body is newer on the site (`external_ahead`): they are fetched;
 * - types whose number of posts differs from the replica's (`cursor.mismatches`): a **pass** reads all their ids;
 * - after a complete pass (`cursor.repairing`): items the pass did not name are fetched, and so are posts without an
 *   item.
 *
 * A pass deletes nothing by itself. Its ids are collected page by page in `pass_ids`, and only a pass that reached its
 * last page becomes a repair; one that breaks off is continued, or started over by the next run. An item that a
 * complete pass did not name is only missing from a list, so the site is asked for that very post, and the item is
 * deleted only if the site says that the post is gone and its type still exists (fetch-posts.ts).
 */
import { IDS_LIMIT, IndexData } from '../../contract/content-link.ts'
import { LinkError } from '../transport/direct/errors.ts'
import { assertHeld, type RunConfig, type EngineContext } from './context.ts'
import { fetchPosts, hasNews, importFetched } from './fetch-posts.ts'
import { assertAdvances, endsList, warn } from './cursor.ts'
import type { RunCursor } from '../replica/tables/run-cursor.ts'

/** Posts fetched in one request. */
const FETCH_LIMIT = 100

/** Reads the next page of a pass: all ids of a type. */
async function passRound(
  ctx: EngineContext,
  type: string,
  after: number,
  cursor: RunCursor,
  save: (cursor: RunCursor) => void,
): Promise<void> {
  ctx.enter('compare', type)
  const args = { type, after: [0, after], limit: IDS_LIMIT, fields: 'ids' }
  const [result] = await ctx.send([{ name: 'index', args }])
  if (result && !result.ok && endsList(result.code)) {
    assertHeld(ctx)
    warn(cursor, `${result.code}: ${type}`)
    cursor.streams = null
    ctx.replica.database.transaction(() => save(cursor))
    return
  }
  if (!result?.ok) throw new LinkError({ code: 'command_failed', detail: `The site could not list ${type}.` }, [])
  const page = IndexData.parse(result.data)
  assertAdvances([0, after], page.next, type)
  assertHeld(ctx)
  ctx.replica.database.transaction(() => {
    if (after === 0) ctx.replica.types.clearPass(type)
    ctx.replica.types.addToPass(
      type,
      page.items.map(({ id }) => id),
    )
    if (page.next) cursor.streams = [{ kind: 'ids', type, after: page.next[1] }]
    else {
      cursor.streams = null
      cursor.repairing = [...cursor.repairing, type]
    }
    save(cursor)
  })
}

/** Repairs some of what a complete pass found. @returns false if nothing is left to repair */
async function repairTypeRound(
  ctx: EngineContext,
  type: string,
  runConfig: RunConfig,
  cursor: RunCursor,
  save: (cursor: RunCursor) => void,
): Promise<boolean> {
  const { items, types, database } = ctx.replica
  const unseen = items.unseen(type, FETCH_LIMIT)
  const ids = unseen.length > 0 ? unseen : types.unknownIds(type, FETCH_LIMIT)
  if (ids.length === 0) return false
  ctx.enter('compare', type)
  const fetched = await fetchPosts(ctx, ids)
  assertHeld(ctx)
  database.transaction(() => {
    importFetched(ctx, fetched, runConfig, cursor.counts)
    // these ids are done whatever the fetch brought, so that the repair ends
    types.addToPass(type, unseen)
    types.dropFromPass(type, unseen.length > 0 ? [] : ids)
    save(cursor)
  })
  return true
}

/**
 * Plays one round: continues a repair, then a pass, then fetches newer bodies, then starts the next pass.
 * @returns false if no difference is left
 */
export async function reconcileRound(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor,
  save: (cursor: RunCursor) => void,
): Promise<boolean> {
  const [repairing] = cursor.repairing
  if (repairing !== undefined) {
    if (await repairTypeRound(ctx, repairing, runConfig, cursor, save)) return true
    cursor.repairing = cursor.repairing.slice(1)
    ctx.replica.database.transaction(() => {
      ctx.replica.types.clearPass(repairing)
      save(cursor)
    })
    return true
  }
  const [open] = cursor.streams ?? []
  if (open?.kind === 'ids') {
    await passRound(ctx, open.type, open.after, cursor, save)
    return true
  }
  ctx.enter('read', null)
  const outdated = ctx.replica.items.outdated(FETCH_LIMIT)
  const fetched = outdated.length > 0 ? await fetchPosts(ctx, outdated) : null
  if (fetched && hasNews(fetched)) {
    assertHeld(ctx)
    ctx.replica.database.transaction(() => {
      importFetched(ctx, fetched, runConfig, cursor.counts)
      save(cursor)
    })
    return true
  }
  const [mismatch, ...rest] = cursor.mismatches
  if (mismatch === undefined) return false
  cursor.mismatches = rest
  await passRound(ctx, mismatch, 0, cursor, save)
  return true
}
