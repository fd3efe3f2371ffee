import type { Item } from '../../contract/content.ts'
import { writeProjection } from '../../db/projection.ts'
import { presentItem } from '../items/present.ts'
import type { ItemRecord } from '../items/record.ts'
import { refusal, type RpcCall, type RpcResult } from '../rpc.ts'
import { startCursor } from '../stages/cursor.ts'
import { fetchPosts, importFetched } from '../stages/fetch-posts.ts'
import { pushItem } from '../stages/push.ts'
import { describeFailure } from '../transport/failure.ts'
import type { ObjectContext } from './context.ts'
import { countsOf } from './counts.ts'
import { openEngine } from './open-engine.ts'

const DENIED = refusal('type_denied', 'IGNY8 may neither read nor write items of this type.')
const LEFT_ALONE = refusal('post_left_alone', 'IGNY8 may neither read nor write this post.')
const POST_ID = /^[1-9]\d{0,15}$/

/** Finds an item by our id, or by its post id at the site. */
function find({ replica }: ObjectContext['store'], contentId: string): ItemRecord | null {
  return POST_ID.test(contentId) ? replica.items.getByExternalId(Number(contentId)) : replica.items.get(contentId)
}

/** For a site that polls: queues the fetch and the push of the item for its next poll. */
function queueItem(ctx: ObjectContext, call: RpcCall, item: ItemRecord | null, postId: number | null): RpcResult<Item> {
  const { store, now } = ctx
  if (postId !== null) store.replica.inbox.remind(postId, now(), now())
  store.runs.repeat(store.runs.enqueue(ctx.newId('run'), call, 'to_external', now()).id)
  if (item) return { ok: true, value: presentItem(store.replica, call.siteId, item, now()) }
  return refusal('waiting_for_site', 'IGNY8 asks the site for this post when it polls next.')
}

/**
 * Synchronises one item now, outside of runs: fetches and imports its post, then pushes its changes. Parents that the
 * site lacks are sent before it. If the site polls, fetch and push are queued for its next poll instead.
 * @param contentId our id, or a post id of the site; a post that is no item yet is imported
 */
export async function syncItem(ctx: ObjectContext, call: RpcCall, contentId: string): Promise<RpcResult<Item>> {
  const startedAt = ctx.now()
  const before = find(ctx.store, contentId)
  const postId = before ? before.externalId : POST_ID.test(contentId) ? Number(contentId) : null
  if (!before && postId === null) return refusal('item_not_found', 'Item not found')
  if (before && ctx.store.replica.types.denied().has(before.type)) return DENIED
  if (ctx.store.transport.read().transport === 'polling') return queueItem(ctx, call, before, postId)
  const opened = await openEngine(ctx, call, call.requestId)
  if (!opened) return refusal('sync_disabled', 'The integration is switched off.')
  const cursor = startCursor('both', opened.integration.syncEpoch)
  const actor = call.actor ?? null
  const event = {
    action: 'sync_item',
    startedAt,
    actor,
    direction: 'both' as const,
    itemIds: before ? [before.id] : [],
  }
  try {
    const engine = opened.connect()
    if (postId !== null) {
      const fetched = await fetchPosts(engine, [postId])
      if (fetched.left_alone.includes(postId)) {
        engine.replica.items.leaveAlone([postId], ctx.now())
        return LEFT_ALONE
      }
      if (fetched.denied.includes(postId)) return DENIED
      engine.replica.database.transaction(() => importFetched(engine, fetched, opened.runConfig, cursor.counts))
    }
    const current = find(ctx.store, contentId)
    if (!current) return refusal('item_not_found', 'The site has no such post.')
    const pushed = await pushItem(engine, opened.runConfig, cursor, current)
    const after = ctx.store.replica.items.get(current.id) ?? current
    const failure = after.error && { code: after.error.code, detail: after.error.detail }
    await writeProjection(ctx, call, {
      epoch: null,
      counts: countsOf(ctx.store),
      event: { ...event, itemIds: pushed, counts: cursor.counts, ...(failure && { failure }) },
    })
    return { ok: true, value: presentItem(ctx.store.replica, call.siteId, after, ctx.now()) }
  } catch (cause) {
    const { code, detail, fix } = describeFailure(cause)
    await writeProjection(ctx, call, { epoch: null, event: { ...event, failure: { code, detail } } })
    return { ok: false, code, detail, fix }
  }
}
