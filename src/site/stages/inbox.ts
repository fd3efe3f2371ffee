import { importFetched, fetchPosts } from './fetch-posts.ts'
import { NO_COUNTS } from '../../contract/sync.ts'
import { assertHeld, type RunConfig, type EngineContext } from './context.ts'
import { itemBackoffMs } from '../items/failure.ts'

/** Posts that are looked at in one request. */
const BATCH = 50

interface Look {
  postIds: number[]
  /** Of which the number of posts may have changed. */
  types: string[]
  /** What is told after this is not settled by it. */
  askedAt: number
}

function takeDuePosts({ replica: { inbox, items }, now }: EngineContext): Look {
  const postIds = inbox.duePosts(now(), BATCH)
  const known = [...items.heads(postIds).values()].map(({ type }) => type)
  return { postIds, types: [...inbox.typesOf(postIds), ...known], askedAt: now() }
}

/**
 * Looks at the posts that webhooks named. An event only says where to look, so that order and repetition don't matter.
 * @returns the items' counts and that of the webhooks, or null when nothing was due
 */
export async function playInbox(ctx: EngineContext, runConfig: RunConfig) {
  const { inbox, database } = ctx.replica
  const look = ctx.memo<Look>() ?? takeDuePosts(ctx)
  const { postIds, askedAt } = look
  if (postIds.length === 0) return null
  ctx.memoize(look)
  const fetched = await fetchPosts(ctx, postIds, look.types)
  assertHeld(ctx)
  const enabled = new Set(runConfig.postTypes.map(({ slug }) => slug))
  const items = fetched.items.filter(({ type }) => enabled.has(type))
  const counts = { ...NO_COUNTS, webhooks: 0 }
  database.transaction(() => {
    counts.webhooks = inbox.acknowledge(postIds, askedAt, ctx.now())
    importFetched(ctx, { ...fetched, items }, runConfig, counts)
    ctx.commit()
  })
  return counts
}

/** Puts the look at what is due off, after the site could not be asked. */
export function deferInbox(
  { replica, now, random }: Pick<EngineContext, 'replica' | 'now' | 'random'>,
  reason: string,
): void {
  const postIds = replica.inbox.duePosts(now(), BATCH)
  replica.inbox.defer(postIds, (attempts) => now() + itemBackoffMs(attempts, random()), reason)
}
