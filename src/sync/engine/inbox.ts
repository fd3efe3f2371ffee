import { absorbFetched, fetchPosts } from './reconcile.ts'
import { assertHeld, NO_COUNTS, type Assignment, type EngineContext } from './context.ts'
import { itemBackoffMs } from './retry.ts'

/** Posts that are looked at in one request. */
const BATCH = 50

interface Look {
  postIds: number[]
  /** Of which the number of posts may have changed. */
  types: string[]
  /** What is told after this is not settled by it. */
  lookedAt: number
}

function beginLook({ replica: { inbox, items }, now }: EngineContext): Look {
  const postIds = inbox.duePosts(now(), BATCH)
  const known = [...items.heads(postIds).values()].map(({ type }) => type)
  return { postIds, types: [...inbox.typesOf(postIds), ...known], lookedAt: now() }
}

/**
 * Looks at the posts that webhooks named. An event only says where to look, so that order and repetition don't matter.
 * @returns the items' counts and that of the webhooks, or null when nothing was due
 */
export async function playInbox(ctx: EngineContext, assignment: Assignment) {
  const { inbox, database } = ctx.replica
  const look = ctx.frozen<Look>() ?? beginLook(ctx)
  const { postIds, lookedAt } = look
  if (postIds.length === 0) return null
  ctx.freeze(look)
  const fetched = await fetchPosts(ctx, postIds, look.types)
  assertHeld(ctx)
  const enabled = new Set(assignment.postTypes.map(({ slug }) => slug))
  const items = fetched.items.filter(({ type }) => enabled.has(type))
  const counts = { ...NO_COUNTS, webhooks: 0 }
  database.transaction(() => {
    counts.webhooks = inbox.settle(postIds, lookedAt, ctx.now())
    absorbFetched(ctx, { ...fetched, items }, assignment, counts)
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
