/**
 * The inbox: fetches the posts that webhooks named. A webhook only says which post changed, so order and repetition
 * don't matter.
 *
 * The time the fetch began is fixed before the request and memoized with the post ids. A webhook that arrives later may
 * report a change that the fetch did not see, so only webhooks received until then are acknowledged; the later one
 * stays due. The acknowledgement and the imported posts commit together.
 */
import { NO_COUNTS } from '../../contract/sync.ts'
import { itemBackoffMs } from '../items/failure.ts'
import { assertHeld, type RunConfig, type EngineContext } from './context.ts'
import { fetchPosts, importFetched } from './fetch-posts.ts'

/** Posts fetched in one request. */
const BATCH = 50

interface InboxBatch {
  postIds: number[]
  /** Post types whose number of posts may have changed. */
  types: string[]
  /** When the fetch began. Webhooks received after this stay due. */
  fetchedAt: number
}

function takeDuePosts({ replica: { inbox, items }, now }: EngineContext): InboxBatch {
  const postIds = inbox.duePosts(now(), BATCH)
  const known = [...items.heads(postIds).values()].map(({ type }) => type)
  return { postIds, types: [...inbox.typesOf(postIds), ...known], fetchedAt: now() }
}

/**
 * Fetches and imports the next posts that are due.
 * @returns counts of items and webhooks, and when the first of these came; null if nothing was due
 */
export async function playInbox(ctx: EngineContext, runConfig: RunConfig) {
  const { inbox, database } = ctx.replica
  const batch = ctx.memo<InboxBatch>() ?? takeDuePosts(ctx)
  const { postIds, types, fetchedAt } = batch
  if (postIds.length === 0) return null
  ctx.memoize(batch)
  const fetched = await fetchPosts(ctx, postIds, types)
  assertHeld(ctx)
  const enabled = new Set(runConfig.postTypes.map(({ slug }) => slug))
  const items = fetched.items.filter(({ type }) => enabled.has(type))
  const counts = { ...NO_COUNTS, webhooks: 0 }
  let since: number | null = null
  database.transaction(() => {
    const savedBy = inbox.savedBy(postIds, fetchedAt)
    const acknowledged = inbox.acknowledge(postIds, fetchedAt, ctx.now())
    counts.webhooks = acknowledged.webhooks
    since = acknowledged.since
    importFetched({ ...ctx, savedBy }, { ...fetched, items }, runConfig, counts)
    ctx.commit()
  })
  return { counts, since }
}

/** Defers the posts that are due, after the site could not be reached. */
export function deferInbox(
  { replica, now, random }: Pick<EngineContext, 'replica' | 'now' | 'random'>,
  reason: string,
): void {
  const postIds = replica.inbox.duePosts(now(), BATCH)
  replica.inbox.defer(postIds, (attempts) => now() + itemBackoffMs(attempts, random()), reason, now())
}
