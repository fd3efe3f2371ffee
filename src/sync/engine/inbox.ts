import { absorbFetched, fetchPosts } from './reconcile.ts'
import { assertHeld, NO_COUNTS, type Assignment, type EngineContext } from './context.ts'
import { itemBackoffMs } from './retry.ts'

/** Posts that are looked at in one request. */
const BATCH = 50

interface Look {
  postIds: number[]
  /** What is told after this is not settled by it. */
  lookedAt: number
}

/**
 * Looks at the posts that webhooks named. An event only says where to look, so that order and repetition don't matter.
 * @returns the items' counts, or null when nothing was due
 */
export async function playInbox(ctx: EngineContext, assignment: Assignment) {
  const { inbox, database } = ctx.replica
  const look = ctx.frozen<Look>() ?? { postIds: inbox.duePosts(ctx.now(), BATCH), lookedAt: ctx.now() }
  const { postIds, lookedAt } = look
  if (postIds.length === 0) return null
  ctx.freeze(look)
  const fetched = await fetchPosts(ctx, postIds)
  assertHeld(ctx)
  const enabled = new Set(assignment.postTypes.map(({ slug }) => slug))
  const items = fetched.items.filter(({ type }) => enabled.has(type))
  const counts = { ...NO_COUNTS }
  database.transaction(() => {
    inbox.settle(postIds, lookedAt, ctx.now())
    absorbFetched(ctx, { items, missing: fetched.missing }, assignment, counts)
    ctx.commit()
  })
  return counts
}

/** Puts the look at what is due off, after the site could not be asked. */
export function postponeInbox(
  { replica, now, random }: Pick<EngineContext, 'replica' | 'now' | 'random'>,
  reason: string,
): void {
  const postIds = replica.inbox.duePosts(now(), BATCH)
  replica.inbox.postpone(postIds, (attempts) => now() + itemBackoffMs(attempts, random()), reason)
}
