import { FetchData, IDS_LIMIT, IndexData } from '../../contract/content-link.ts'
import type { CommandResult } from '../../contract/link.ts'
import type { RunCounts } from '../../contract/sync.ts'
import { LinkError } from '../link/errors.ts'
import { absorbDeletions, absorbDocuments } from './absorb.ts'
import { assertHeld, type Assignment, type EngineContext } from './context.ts'
import { absorbCounts, countRequests } from './totals.ts'
import { assertAdvances, type RunCursor } from './cursor.ts'

/** Posts that are looked at in one request. */
const FETCH_LIMIT = 100

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
export function absorbFetched(
  ctx: EngineContext,
  { items, missing, counted }: Fetched,
  assignment: Assignment,
  counts: RunCounts,
): void {
  absorbDocuments(ctx, items, assignment.policy, counts)
  absorbDeletions(ctx, missing, assignment.policy, counts)
  absorbCounts(ctx, counted)
}

/** Reads the next page of all ids of a type. What the site doesn't name is only suspected until it was asked for it. */
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
      cursor.mending = [...cursor.mending, type]
    }
    save(cursor)
  })
}

/** Mends a portion of what differs after all ids of a type were seen. @returns false when nothing differs any more */
async function mendRound(
  ctx: EngineContext,
  type: string,
  assignment: Assignment,
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
    absorbFetched(ctx, fetched, assignment, cursor.counts)
    // whatever was found: these ids are dealt with, so that the pass comes to its end
    types.addToPass(type, unseen)
    types.dropFromPass(type, unseen.length > 0 ? [] : ids)
    save(cursor)
  })
  return true
}

/**
 * One step of looking at posts that are known to have changed, and of comparing all ids of the types whose number of posts is not ours: finds posts that were deleted, or came in with an
 * old time. A pass that breaks off deletes nothing.
 * @returns false when every type is done
 */
export async function reconcileRound(
  ctx: EngineContext,
  assignment: Assignment,
  cursor: RunCursor,
  save: (cursor: RunCursor) => void,
): Promise<boolean> {
  const [mending] = cursor.mending
  if (mending !== undefined) {
    if (await mendRound(ctx, mending, assignment, cursor, save)) return true
    cursor.mending = cursor.mending.slice(1)
    ctx.replica.database.transaction(() => {
      ctx.replica.types.clearPass(mending)
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
  if (fetched && fetched.items.length + fetched.missing.length > 0) {
    assertHeld(ctx)
    ctx.replica.database.transaction(() => {
      absorbFetched(ctx, fetched, assignment, cursor.counts)
      save(cursor)
    })
    return true
  }
  const [suspect, ...rest] = cursor.suspects
  if (suspect === undefined) return false
  cursor.suspects = rest
  await passRound(ctx, suspect, 0, cursor, save)
  return true
}
